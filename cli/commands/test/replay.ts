/**
 * `troupe test --replay`.
 *
 * @module
 */

import type { ActorSpec } from "@troupe/controller/spec";
import type { Failure } from "@troupe/host/hop";
import { parsePath } from "@troupe/host/path";
import { UsageError } from "../usage_error.ts";
import { BadCaseError, type Case } from "./case_file.ts";
import { CaseFolder, checkCaseName } from "./case_folder.ts";
import { compareOutcomes, type Expectation, expectationOf, marked } from "./expectation.ts";
import type { Difference } from "./compare.ts";
import { CaseRunner } from "./runner.ts";
import { differencesWhenRepeated } from "./steady.ts";

/** What came of a case. */
export type CaseOutcome = { readonly name: string } & (Compared | Unreadable);

/** A case that was run. */
export type Compared =
  | { readonly state: "same"; readonly ms: number }
  | {
    /** `unsteady`: it was to be brought up to date, and comes out differently each time. */
    readonly state: "differs" | "updated" | "unsteady";
    readonly ms: number;
    /** `unsteady`: between two runs; else between the case and the run. */
    readonly differences: readonly Difference[];
    /** Why the run failed, if it did. */
    readonly failure?: Failure;
  };

/** A file that is no case. */
export interface Unreadable {
  readonly state: "bad";
  readonly error: BadCaseError;
}

/** Options of {@linkcode replayCases}. */
export interface ReplayOptions {
  /** Names of cases. @default all of them */
  readonly names: readonly string[];
  /** Whether cases that come out differently are rewritten. */
  readonly update: boolean;
}

/**
 * The cases that are meant.
 *
 * @throws {UsageError} when there are none, or not those that are named.
 */
export async function casesMeant(folder: CaseFolder, wanted: readonly string[]): Promise<string[]> {
  wanted.forEach(checkCaseName);
  const names = await folder.names();
  if (names.length === 0) {
    throw new UsageError(`There are no cases in ${folder.path}: make one with --record NAME`);
  }
  const missing = wanted.find((name) => !names.includes(name));
  if (missing !== undefined) {
    throw new UsageError(`There is no case ${missing} in ${folder.path}; there are ${names.join(", ")}`);
  }
  return wanted.length > 0 ? [...new Set(wanted)] : names;
}

/** Runs cases, one after another. @throws what {@linkcode casesMeant} and running an actor throw. */
export async function* replayCases(
  spec: ActorSpec,
  { names, update }: ReplayOptions,
): AsyncGenerator<CaseOutcome> {
  const folder = new CaseFolder(spec);
  await using runner = new CaseRunner(spec);
  for (const name of await casesMeant(folder, names)) {
    let found: Case;
    try {
      found = await folder.read(name);
    } catch (error) {
      // The others are run all the same.
      if (!(error instanceof BadCaseError)) throw error;
      yield { name, state: "bad", error };
      continue;
    }
    yield {
      name,
      ...await replayOne(found, { runner, rewrite: update ? rewriteIn(folder, name) : undefined }),
    };
  }
}

type Rewrite = (found: Case) => Promise<void>;

function rewriteIn(folder: CaseFolder, name: string): Rewrite {
  return (found) => folder.write(name, found);
}

async function replayOne(
  found: Case,
  { runner, rewrite }: { readonly runner: CaseRunner; readonly rewrite: Rewrite | undefined },
): Promise<Compared> {
  const { envelope, expect } = found;
  const ignore = found.ignore.map(parsePath);
  const { result, ms } = await runner.run(envelope);
  const outcome: Expectation = expectationOf(result);
  const differences = compareOutcomes(expect, outcome, ignore);
  if (differences.length === 0) return { state: "same", ms };
  const failure = result.ok ? {} : { failure: result.failure };
  if (!rewrite) return { state: "differs", ms, differences, ...failure };
  const between = await differencesWhenRepeated(runner, { envelope, outcome, ignore });
  if (between.length > 0) return { state: "unsteady", ms, differences: between, ...failure };
  await rewrite({ ...found, expect: marked(outcome, ignore) });
  return { state: "updated", ms, differences, ...failure };
}
