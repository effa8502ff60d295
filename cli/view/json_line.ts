/**
 * JSON lines that carry texts which must not be changed.
 *
 * @module
 */

/** A value of a member: a JSON text to be spliced in as it is. */
export interface JsonText {
  readonly json: string;
}

/** A member's value: spliced text, or something to be encoded; `undefined` leaves the member out. */
export type Member = JsonText | string | number | boolean | null | undefined;

/**
 * A JSON object on one line. Texts are spliced in, not parsed and printed again, so that numbers beyond 2^53, `-0` and
 * double keys come out as they went in; line breaks between their tokens become spaces.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const line = jsonLine({ id: "a", payload: { json: "9007199254740993" } });
 * assertEquals(line, '{"id":"a","payload":9007199254740993}');
 * ```
 */
export function jsonLine(members: Readonly<Record<string, Member>>): string {
  const parts: string[] = [];
  for (const [key, value] of Object.entries(members)) {
    if (value !== undefined) parts.push(`${JSON.stringify(key)}:${memberText(value)}`);
  }
  return `{${parts.join(",")}}`;
}

/** A JSON array on one line, of JSON texts. */
export function jsonArray(items: readonly string[]): JsonText {
  return { json: `[${items.join(",")}]` };
}

function memberText(value: Exclude<Member, undefined>): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  // A line break inside of a JSON string is always escaped: one that is not stands between tokens.
  return value.json.replaceAll(/[\r\n]+/g, " ");
}
