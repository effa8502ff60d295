/**
 * Whether an actor makes the same of an envelope each time.
 *
 * @module
 */

import type { Envelope } from "@troupe/host/envelope";
import type { Difference } from "./compare.ts";
import { compareOutcomes, type Expectation, expectationOf, type IgnoredPaths } from "./expectation.ts";
import { pathText } from "./ignore.ts";
import type { CaseRunner } from "./runner.ts";

/** How far apart two runs are, in milliseconds: a clock that is read to the second shows, too. */
const APART_MS = 1_050;

/** A run that was made, and how it is compared with another. */
export interface FirstRun {
  readonly envelope: Envelope;
  readonly outcome: Expectation;
  readonly ignore: IgnoredPaths;
}

/** Runs an envelope once more, later, and says where it comes out differently. */
export async function differencesWhenRepeated(
  runner: CaseRunner,
  { envelope, outcome, ignore }: FirstRun,
): Promise<Difference[]> {
  await new Promise((resolve) => setTimeout(resolve, APART_MS));
  const { result } = await runner.run(envelope);
  return compareOutcomes(outcome, expectationOf(result), ignore);
}

/**
 * The paths to be ignored so that these differences are none; undefined where no path helps.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const random = { path: ["emits", 0, "payload", "items", 3, "id"], expected: "a", actual: "b" };
 * assertEquals(pathsToIgnore([random]), [".payload.items[:].id"]);
 * const more = { path: ["emits", 1], expected: undefined, actual: { payload: 1, next: [] } };
 * assertEquals(pathsToIgnore([random, more]), undefined);
 * ```
 */
export function pathsToIgnore(differences: readonly Difference[]): string[] | undefined {
  const paths = new Set<string>();
  for (const { path, expected, actual } of differences) {
    // What is ignored has to be there; where it comes and goes, that which it is a part of can be ignored.
    const isThere = expected !== undefined && actual !== undefined;
    const within = path.slice(2, isThere ? undefined : -1);
    if (path[0] !== "emits" || within.length === 0) return undefined;
    paths.add(pathText(within, { everyElement: true }));
  }
  return [...paths];
}
