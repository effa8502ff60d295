/**
 * Values as lines of a log.
 *
 * @module
 */

/** How deep values are shown. */
const MAX_DEPTH = 4;
/** How many members of one value are shown. */
const MAX_MEMBERS = 100;

/** What `console.log` prints: strings as they are, anything else as it would be written in code; one space between. */
export function formatLine(values: readonly unknown[]): string {
  return values.map((value) => typeof value === "string" ? value : show(value, [])).join(" ");
}

function show(value: unknown, around: readonly object[]): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "bigint":
      return `${value}n`;
    case "function":
      return `[function ${value.name || "(anonymous)"}]`;
    case "object":
      return value === null ? "null" : showObject(value, around);
    default:
      return String(value);
  }
}

function showObject(value: object, around: readonly object[]): string {
  if (around.includes(value)) return "[circular]";
  if (value instanceof Error) return `${value.name}: ${value.message}\n${value.stack ?? ""}`.trimEnd();
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  if (value instanceof RegExp) return String(value);
  const name = value.constructor?.name ?? "";
  if (around.length >= MAX_DEPTH) return Array.isArray(value) ? "[…]" : "{…}";
  const within = [...around, value];
  if (Array.isArray(value)) return `[${members(value, (item) => show(item, within))}]`;
  if (ArrayBuffer.isView(value)) {
    return `${name}(${value.byteLength}) [${
      members(value instanceof DataView ? [] : value as unknown as ArrayLike<unknown>, String)
    }]`;
  }
  if (value instanceof Map) {
    return `Map(${value.size}) {${
      members([...value], ([key, item]) => `${show(key, within)} => ${show(item, within)}`)
    }}`;
  }
  if (value instanceof Set) {
    return `Set(${value.size}) {${members([...value], (item) => show(item, within))}}`;
  }
  const shown = members(Object.entries(value), ([key, item]) => `${keyText(key)}: ${show(item, within)}`);
  return `${name === "" || name === "Object" ? "" : `${name} `}{${shown}}`;
}

function keyText(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
}

function members<T>(items: ArrayLike<T>, text: (item: T) => string): string {
  const shown = Array.from({ length: Math.min(items.length, MAX_MEMBERS) }, (_, at) => text(items[at] as T));
  if (items.length > MAX_MEMBERS) shown.push(`… ${items.length - MAX_MEMBERS} more`);
  return shown.length === 0 ? "" : ` ${shown.join(", ")} `;
}
