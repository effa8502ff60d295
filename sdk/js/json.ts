/**
 * JSON values, and how an actor's own values become JSON texts.
 *
 * @module
 */

/** A JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A value that has to travel cannot be written as JSON. */
export class NotJsonError extends Error {
  override readonly name = "NotJsonError";
}

/**
 * The JSON text of a value, as `JSON.stringify` makes it: members that are undefined are left out, NaN becomes null.
 *
 * @param value What has to travel.
 * @param what What it is, for the error's message, such as `the returned payload`.
 * @throws {NotJsonError} for what JSON cannot say: a BigInt, a cycle, a function, nothing at all; and for a promise or a
 * generator, which would silently become `{}`.
 *
 * @example
 * ```ts
 * import { jsonText, NotJsonError } from "@troupe/sdk/json";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(jsonText({ a: 1, b: undefined }, "the payload"), '{"a":1}');
 * assertThrows(() => jsonText(1n, "the payload"), NotJsonError, "the payload");
 * ```
 */
export function jsonText(value: unknown, what: string): string {
  if (isPromise(value)) throw new NotJsonError(`${what} is a promise; await it, in an async handler`);
  if (isGenerator(value) || isAsyncGenerator(value)) {
    throw new NotJsonError(`${what} is a generator; write yield* to run it`);
  }
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new NotJsonError(`${what} cannot be written as JSON: ${reason}`, { cause: error });
  }
  if (text === undefined) throw new NotJsonError(`${what} cannot be written as JSON: it is ${kindOf(value)}`);
  return text;
}

/** Whether a value is a promise, or behaves like one. */
export function isPromise(value: unknown): boolean {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/** Whether a value is what a generator function returns. */
export function isGenerator(value: unknown): value is Generator<unknown, unknown, unknown> {
  return Object.prototype.toString.call(value) === "[object Generator]";
}

/** Whether a value is what an async generator function returns. */
export function isAsyncGenerator(value: unknown): value is AsyncGenerator<unknown, unknown, unknown> {
  return Object.prototype.toString.call(value) === "[object AsyncGenerator]";
}

function kindOf(value: unknown): string {
  return value === undefined ? "undefined" : `a ${typeof value}`;
}
