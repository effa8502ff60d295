/**
 * Errors that mean something to the mesh. An actor may throw anything; these say more.
 *
 * @module
 */

/** Trying again is of no use: the envelope goes to `x-sump` at once. */
export class Fatal extends Error {
  override readonly name = "troupe.Fatal";
}

/**
 * Try again, but not before some time has passed.
 *
 * @example
 * ```ts
 * import { RetryAfter } from "@troupe/sdk";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new RetryAfter(30, "the model is loading").details, { seconds: 30 });
 * ```
 */
export class RetryAfter extends Error {
  override readonly name = "troupe.RetryAfter";
  /** How long to wait at least. */
  readonly details: { readonly seconds: number };

  /**
   * @param seconds How long to wait at least; not negative.
   * @throws {RangeError} when it is no such number.
   */
  constructor(seconds: number, message: string, options?: ErrorOptions) {
    super(message, options);
    if (!(seconds >= 0) || seconds === Infinity) throw new RangeError(`${seconds} is not a time to wait`);
    this.details = { seconds };
  }
}

/**
 * The mesh refused a call: a path that may not be written, an actor that may not be added to a route, too much output.
 * It can be caught around the call; uncaught, it fails the hop with its code as the error's type.
 */
export class RefusedError extends Error {
  /** Stable, such as `troupe.AccessError`. */
  readonly code: string;

  /** @param code Stable code, such as `troupe.RouteDenied`. */
  constructor(code: string, message: string) {
    super(message);
    this.name = code;
    this.code = code;
  }
}

/** Something was awaited that never comes. */
export class AwaitError extends Error {
  override readonly name = "AwaitError";
}

/** A verb was made but never yielded, so that nothing came of it. */
export class NotYieldedError extends Error {
  override readonly name = "NotYieldedError";
}
