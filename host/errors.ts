/**
 * The base of every error that a caller can act on.
 *
 * @module
 */

/** Whose mistake an error is: the person's who wrote the input, or the system's. */
export type ErrorFamily = "user" | "system";

/**
 * An error with a stable code. A subclass stands for one condition that a caller can act on; its message says what was
 * wrong, where, and what to do.
 *
 * @example
 * ```ts
 * import { TroupeError } from "@troupe/host/errors";
 * import { assertEquals } from "@std/assert";
 *
 * class NoSuchMesh extends TroupeError {
 *   constructor(folder: string) {
 *     super("troupe.NoSuchMesh", "user", `No mesh in ${folder}: run "troupe up" there first`);
 *   }
 * }
 * assertEquals(new NoSuchMesh("here").code, "troupe.NoSuchMesh");
 * ```
 */
export class TroupeError extends Error {
  /** Stable across releases, such as `troupe.BadOutput`; what a program compares. */
  readonly code: string;
  /** Whose mistake it is. */
  readonly family: ErrorFamily;

  /**
   * @param code Stable code, beginning with `troupe.`.
   * @param family Whose mistake it is.
   * @param message A sentence for a person.
   * @param options `cause`: the error beneath, if there is one.
   */
  constructor(code: string, family: ErrorFamily, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
    this.family = family;
  }
}
