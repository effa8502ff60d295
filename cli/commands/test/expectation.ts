/**
 * What is recorded of a hop: that which should be the same each time.
 *
 * @module
 */

import type { HopResult } from "@troupe/host/hop";
import type { Segment } from "@troupe/host/path";
import { type Difference, differencesOf } from "./compare.ts";
import { type ExactJson, parseExact } from "./exact_json.ts";
import { intoKey, withMarks } from "./ignore.ts";

/** One emit, as a case has it. */
export interface ExpectedEmit {
  readonly payload: ExactJson;
  /** The route that remains, a list; the first is where it goes, and with none it goes to `x-sink`. */
  readonly next: ExactJson;
  /** All of its headers, an object. @default none */
  readonly headers?: ExactJson;
}

/** What became of a hop, as a case has it. */
export type Expectation =
  | { readonly verdict: "ok"; readonly emits: readonly ExpectedEmit[] }
  | {
    readonly verdict: "failed";
    readonly failure: { readonly type: string; readonly mro: readonly string[] };
  };

/** Places within each emit whose values are not compared. */
export type IgnoredPaths = readonly (readonly Segment[])[];

/** What a hop came to, as far as it is recorded; messages, tracebacks and details of failures are not. */
export function expectationOf(result: HopResult): Expectation {
  if (!result.ok) {
    const { type, mro } = result.failure;
    return { verdict: "failed", failure: { type, mro } };
  }
  const emits = result.emits.map(({ payload, route, headers }) => ({
    payload: parseExact(payload),
    next: route.next,
    ...(Object.keys(headers).length > 0 ? { headers } : {}),
  }));
  return { verdict: "ok", emits };
}

/** The same with a mark in place of each value that is not compared. */
export function marked(expectation: Expectation, ignore: IgnoredPaths): Expectation {
  if (expectation.verdict === "failed") return expectation;
  const emits = expectation.emits.map(({ payload, next, headers }) => ({
    payload: withMarks(payload, intoKey(ignore, "payload")),
    next: withMarks(next, intoKey(ignore, "next")),
    ...(headers === undefined ? {} : { headers: withMarks(headers, intoKey(ignore, "headers")) }),
  }));
  return { ...expectation, emits };
}

/** Where two outcomes differ. */
export function compareOutcomes(
  expected: Expectation,
  actual: Expectation,
  ignore: IgnoredPaths,
): Difference[] {
  const everyEmit = ignore.map((
    path,
  ): Segment[] => [{ kind: "key", key: "emits" }, { kind: "slice" }, ...path]);
  return differencesOf(jsonOf(expected), jsonOf(actual), everyEmit);
}

function jsonOf(expectation: Expectation): ExactJson {
  if (expectation.verdict === "failed") return { ...expectation, failure: { ...expectation.failure } };
  return { ...expectation, emits: expectation.emits.map((emit) => ({ ...emit })) };
}
