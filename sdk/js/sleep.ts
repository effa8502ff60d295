/**
 * Waiting, in a handler of any kind. Whoever imports it has a component that can wait for its host; others are handled
 * meanwhile.
 *
 * @example
 * ```ts
 * import { sleep } from "@troupe/sdk/sleep";
 * import { run } from "@troupe/sdk/testing";
 * import { assertEquals } from "@std/assert";
 *
 * function handle(text: string) {
 *   sleep(250);
 *   return text;
 * }
 *
 * // A test does not wait for it.
 * assertEquals(run(handle, "late").sleeps, [250]);
 * ```
 *
 * @module
 */

import { currentHop } from "./_hop.ts";

/** The longest that a hop can wait at once, in milliseconds. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Waits, and does nothing else meanwhile. To wait for several things at once, use `setTimeout` and promises.
 *
 * @param ms For how many milliseconds, at least. The actor's `limits.timeout` goes on.
 * @throws {RangeError} when that is no time to wait. {Error} while no envelope is being handled.
 */
export function sleep(ms: number): void {
  if (!(ms >= 0 && ms <= LONGEST_MS)) throw new RangeError(`${ms} ms is not a time to sleep`);
  const hop = currentHop();
  if (!hop) throw new Error("sleep was called while no envelope is being handled: call it in the handler");
  if (!hop.sleep) throw new Error("the component was built without sleep: build it again with this SDK");
  hop.sleep(Math.ceil(ms));
}
