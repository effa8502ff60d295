/**
 * `troupe test`: one envelope through an actor, and cases that are kept.
 *
 * @module
 */

import type { ActorSpec } from "@troupe/controller/spec";
import { buildActor } from "../../build/mod.ts";
import { Output } from "../../view/output.ts";
import { stylesFor } from "../../view/styles.ts";
import { EXIT } from "../exit_code.ts";
import { UsageError } from "../usage_error.ts";
import { findActor } from "./actor.ts";
import { CaseFolder } from "./case_folder.ts";
import { type GivenEnvelope, readGiven, saysSomething } from "./given.ts";
import { hopJson, hopLines, type Shown } from "./print.ts";
import { caseLines, casesJson, recordedJson, recordedLines, summaryLine } from "./print_cases.ts";
import { checkRecording, recordCase } from "./record.ts";
import { repeatHop } from "./repeat.ts";
import { type CaseOutcome, casesMeant, replayCases } from "./replay.ts";
import { TestStage } from "./stage.ts";

/** Options of `troupe test`. */
export interface TestOptions extends GivenEnvelope {
  /** The actor's folder, or its `actor.yaml`. */
  readonly actor: string;
  /** Name of the case that is made. */
  readonly record?: string;
  /** Paths within an emit that the case does not compare. */
  readonly ignore: readonly string[];
  /** Whether a case is written over. */
  readonly force: boolean;
  /** Names of cases to run, none for all; `true` for all as well. */
  readonly replay?: readonly string[] | true;
  /** Whether cases that come out differently are rewritten. */
  readonly update: boolean;
  /** How often the envelope is run once more, for its times. */
  readonly repeat?: number;
  /** The mesh whose state the actor has. @default one that is gone afterwards */
  readonly data?: string;
  /** Whether the component is built if it is out of date. */
  readonly build: boolean;
  /** Whether types are checked then. */
  readonly check: boolean;
  readonly json: boolean;
}

/**
 * Runs, records or replays.
 *
 * @returns The exit code.
 * @throws {UsageError} when the command line asks for what cannot be; and what building and starting an actor throw.
 */
export async function testActor(options: TestOptions): Promise<number> {
  checkOptions(options);
  const spec = await findActor(options.actor);
  if (options.replay !== undefined) return await replay(spec, options);
  if (options.record !== undefined) return await record(spec, { ...options, record: options.record });
  return await tryOnce(spec, options);
}

function checkOptions(options: TestOptions): void {
  const { record, replay, update, ignore, force, repeat, data } = options;
  if (record !== undefined && replay !== undefined) {
    throw new UsageError("--record makes a case and --replay runs those that there are: use one of them");
  }
  if (replay !== undefined && saysSomething(options)) {
    throw new UsageError("With --replay, the envelopes are in the cases: leave the other options away");
  }
  if (update && replay === undefined) throw new UsageError("--update goes with --replay");
  if ((force || ignore.length > 0) && record === undefined) {
    throw new UsageError("--force and --ignore go with --record");
  }
  if ((repeat !== undefined || data !== undefined) && (record ?? replay) !== undefined) {
    throw new UsageError("A case is run with a state of its own, and once: leave --repeat and --data away");
  }
}

async function tryOnce(spec: ActorSpec, options: TestOptions): Promise<number> {
  const envelope = await readGiven(options, spec.name);
  const builtMs = await build(spec, options);
  await using stage = await TestStage.open(spec, options);
  const run = await stage.run(envelope);
  const { repeat } = options;
  const repeated = repeat === undefined ? undefined : await repeatHop(stage, envelope, repeat);
  const { facts, startedMs } = stage;
  const shown: Shown = { spec, envelope, run, facts, startedMs, builtMs, repeated };
  await print(options.json ? [hopJson(shown)] : hopLines(shown, stylesFor(Deno.stdout)));
  return run.result.ok && !repeated?.failed ? EXIT.ok : EXIT.failed;
}

async function record(
  spec: ActorSpec,
  options: TestOptions & { readonly record: string },
): Promise<number> {
  const { record: name, ignore, force } = options;
  await checkRecording({ name, ignore, force }, new CaseFolder(spec));
  const envelope = await readGiven(options, spec.name);
  await build(spec, options);
  const recorded = await recordCase(spec, { name, envelope, ignore, force });
  const styles = stylesFor(Deno.stdout);
  await print(options.json ? [recordedJson(recorded, name)] : recordedLines(recorded, { name, styles }));
  return recorded.differences.length === 0 ? EXIT.ok : EXIT.failed;
}

async function replay(spec: ActorSpec, options: TestOptions): Promise<number> {
  const wanted = options.replay === true || options.replay === undefined ? [] : options.replay;
  const names = await casesMeant(new CaseFolder(spec), wanted);
  await build(spec, options);
  const styles = stylesFor(Deno.stdout);
  const width = Math.max(...names.map((name) => name.length));
  const outcomes: CaseOutcome[] = [];
  for await (const outcome of replayCases(spec, { names, update: options.update })) {
    outcomes.push(outcome);
    if (!options.json) await print(caseLines(outcome, { styles, width }));
  }
  if (options.json) await print([casesJson(outcomes, spec.name)]);
  else console.error(summaryLine(outcomes));
  return outcomes.every(({ state }) => state === "same" || state === "updated") ? EXIT.ok : EXIT.failed;
}

/** @returns How long it took, in milliseconds; undefined where nothing was built. */
async function build(spec: ActorSpec, { build, check }: TestOptions): Promise<number | undefined> {
  if (!build) return undefined;
  const { built, ms } = await buildActor(spec, { check });
  return built ? ms : undefined;
}

async function print(lines: readonly string[]): Promise<void> {
  const out = new Output();
  for (const line of lines) await out.line(line);
  await out.flush();
}
