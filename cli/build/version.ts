/**
 * Versions of compilers.
 *
 * @module
 */

/** The first release that will do. */
export type LeastVersion = readonly [major: number, minor: number];

/**
 * Whether a release came before another one.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 *
 * assert(isBefore("1.9.12", [1, 24]));
 * assert(!isBefore("1.24rc1", [1, 24]));
 * ```
 */
export function isBefore(version: string, [major, minor]: LeastVersion): boolean {
  const [ofMajor = NaN, ofMinor = NaN] = version.split(".").map((part) => Number.parseInt(part, 10));
  return ofMajor < major || (ofMajor === major && ofMinor < minor);
}
