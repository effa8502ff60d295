/**
 * JSON values whose numbers keep their text, so that what is recorded is what was said: `1.0`, `-0` and integers beyond
 * 2^53 are other texts than what JavaScript would print for them.
 *
 * @module
 */

declare global {
  interface JSON {
    /** A value that is printed as the text that it was made of. */
    rawJSON(text: string): RawNumber;
    /** Whether a value was made so. */
    isRawJSON(value: unknown): value is RawNumber;
  }
}

/** A number that JavaScript would print in another way. */
export interface RawNumber {
  /** Its text. */
  readonly rawJSON: string;
}

/** A JSON value; `JSON.stringify` prints it with the numbers that were read. */
export type ExactJson =
  | null
  | boolean
  | number
  | string
  | RawNumber
  | readonly ExactJson[]
  | { readonly [key: string]: ExactJson };

/**
 * Reads a JSON text. Of keys that are there twice, the last one counts.
 *
 * @throws {SyntaxError} when it is none.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(JSON.stringify(parseExact('{"n": 9007199254740993, "x": 1.0}')), '{"n":9007199254740993,"x":1.0}');
 * ```
 */
export function parseExact(text: string): ExactJson {
  return JSON.parse(text, keepNumber);
}

function keepNumber(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== "number" || context?.source === undefined) return value;
  return JSON.stringify(value) === context.source ? value : JSON.rawJSON(context.source);
}

/** Whether a value is an object with members of its own. */
export function isExactObject(value: ExactJson): value is { readonly [key: string]: ExactJson } {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);
}

/** Whether a value is an array. */
export function isExactArray(value: ExactJson): value is readonly ExactJson[] {
  return Array.isArray(value);
}
