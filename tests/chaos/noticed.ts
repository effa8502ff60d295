/**
 * Whether an account notices that a promise is broken.
 *
 * @module
 */

import { AssertionError } from "@std/assert";

/** For a broken promise to show, a process has to be killed within a moment of a few milliseconds: in some runs, none is. */
const MOST_RUNS = 6;

/**
 * Runs a mesh with a broken promise until that shows in the account.
 *
 * @param run Its number is part of what is random in it.
 * @throws {AssertionError} when the account comes out even each time.
 */
export async function assertNoticed<Report>(
  run: (number: number) => Promise<Report>,
  shows: (report: Report) => boolean,
): Promise<void> {
  for (let number = 0; number < MOST_RUNS; number++) if (shows(await run(number))) return;
  throw new AssertionError(`the account came out even in each of ${MOST_RUNS} runs`);
}
