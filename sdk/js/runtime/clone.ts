/**
 * `structuredClone`, for what actors compute with. Algorithm: HTML Standard, section 2.7.3, without transfers.
 *
 * @module
 */

/**
 * A deep copy: primitives, arrays, plain objects, dates, regular expressions, maps, sets, errors, buffers and typed
 * arrays; what is there twice is there twice in the copy, cycles too.
 *
 * @throws {DOMException} named DataCloneError for what cannot be copied: functions, symbols, weak collections, promises.
 */
export function clone<T>(value: T): T {
  return copy(value, new Map()) as T;
}

type Seen = Map<object, object>;

function copy(value: unknown, seen: Seen): unknown {
  if (typeof value === "symbol" || typeof value === "function") return refuse(value);
  if (typeof value !== "object" || value === null) return value;
  const known = seen.get(value);
  if (known) return known;
  const simple = copySimple(value, seen);
  if (simple) {
    seen.set(value, simple);
    return simple;
  }
  if (value instanceof Map) {
    const map = remember(value, new Map<unknown, unknown>(), seen);
    for (const [key, item] of [...value]) map.set(copy(key, seen), copy(item, seen));
    return map;
  }
  if (value instanceof Set) {
    const set = remember(value, new Set<unknown>(), seen);
    for (const item of [...value]) set.add(copy(item, seen));
    return set;
  }
  if (value instanceof Error) return copyError(value, seen);
  if (!Array.isArray(value) && Object.prototype.toString.call(value) !== "[object Object]") {
    return refuse(value);
  }
  const target: object = remember(value, Array.isArray(value) ? new Array(value.length) : {}, seen);
  for (const key of Object.keys(value)) {
    define(target, key, copy((value as Record<string, unknown>)[key], seen));
  }
  return target;
}

/** A copy of what has no parts that would have to be copied first. */
function copySimple(value: object, seen: Seen): object | undefined {
  if (value instanceof Date) return new Date(value.getTime());
  if (value instanceof RegExp) return new RegExp(value.source, value.flags);
  if (value instanceof Boolean || value instanceof Number || value instanceof String) {
    return Object(value.valueOf());
  }
  if (value instanceof ArrayBuffer) return value.slice(0);
  if (!ArrayBuffer.isView(value)) return undefined;
  // Views of the same buffer go on sharing it.
  const buffer = copy(value.buffer, seen) as ArrayBuffer;
  if (value instanceof DataView) return new DataView(buffer, value.byteOffset, value.byteLength);
  const View = value.constructor as new (buffer: ArrayBuffer, offset: number, length: number) => object;
  return new View(buffer, value.byteOffset, (value as unknown as ArrayLike<unknown>).length);
}

function copyError(value: Error, seen: Seen): Error {
  const kinds: Record<string, new (message?: string) => Error> = {
    EvalError,
    RangeError,
    ReferenceError,
    SyntaxError,
    TypeError,
    URIError,
  };
  const error = remember(value, new (kinds[value.name] ?? Error)(value.message), seen);
  Object.defineProperty(error, "stack", { value: value.stack, configurable: true, writable: true });
  if (Object.hasOwn(value, "cause")) {
    Object.defineProperty(error, "cause", {
      value: copy(value.cause, seen),
      configurable: true,
      writable: true,
    });
  }
  return error;
}

function remember<T extends object>(value: object, copied: T, seen: Seen): T {
  seen.set(value, copied);
  return copied;
}

/** Sets a member, even one named `__proto__`. */
function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, configurable: true, enumerable: true, writable: true });
}

function refuse(value: unknown): never {
  const what = typeof value === "object" ? Object.prototype.toString.call(value) : `a ${typeof value}`;
  throw new DOMException(`${what} cannot be cloned`, "DataCloneError");
}
