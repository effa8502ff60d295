/**
 * `troupe test --record`.
 *
 * @module
 */

import type { ActorSpec } from "@troupe/controller/spec";
import type { Envelope } from "@troupe/host/envelope";
import { TroupeError } from "@troupe/host/errors";
import { scanJson } from "@troupe/host/json_text";
import { parsePath } from "@troupe/host/path";
import { UsageError } from "../usage_error.ts";
import { ignoreProblem } from "./case_file.ts";
import { CaseFolder, checkCaseName } from "./case_folder.ts";
import type { Difference } from "./compare.ts";
import { expectationOf, marked } from "./expectation.ts";
import { CaseRunner } from "./runner.ts";
import type { HopRun } from "./stage.ts";
import { differencesWhenRepeated } from "./steady.ts";

/** What is to be recorded. */
export interface Recording {
  readonly name: string;
  readonly envelope: Envelope;
  readonly ignore: readonly string[];
  /** Whether a case of that name is written over. */
  readonly force: boolean;
}

/** What came of it. */
export interface Recorded {
  readonly run: HopRun;
  readonly file: string;
  /** Where a second run came out differently; nothing was written unless there are none. */
  readonly differences: readonly Difference[];
}

/** Checks what can be known before anything is run. @throws {UsageError} */
export async function checkRecording(
  { name, ignore, force }: Omit<Recording, "envelope">,
  folder: CaseFolder,
): Promise<void> {
  checkCaseName(name);
  for (const path of ignore) {
    const problem = ignoreProblem(path);
    if (problem !== undefined) throw new UsageError(`--ignore: ${problem}`);
  }
  if ((await folder.names()).includes(name) && !force) {
    throw new UsageError(
      `${
        folder.file(name)
      } exists already: --force writes over it, --replay ${name} --update brings it up to date`,
    );
  }
}

/** Runs an envelope twice, and keeps what came of it, if that was the same. @throws what running an actor throws. */
export async function recordCase(spec: ActorSpec, { name, envelope, ignore }: Recording): Promise<Recorded> {
  const folder = new CaseFolder(spec);
  const paths = ignore.map(parsePath);
  requireShallow(envelope);
  await using runner = new CaseRunner(spec);
  const run = await runner.run(envelope);
  const outcome = expectationOf(run.result);
  const differences = await differencesWhenRepeated(runner, { envelope, outcome, ignore: paths });
  if (differences.length === 0) {
    await folder.write(name, { envelope, expect: marked(outcome, paths), ignore });
  }
  return { run, file: folder.file(name), differences };
}

/** What an envelope brings may be nested to any depth; what is printed may not. */
function requireShallow({ payload }: Envelope): void {
  try {
    scanJson(payload);
  } catch (error) {
    if (!(error instanceof TroupeError)) throw error;
    throw new UsageError(`The payload cannot be kept in a case: ${error.message}`, { cause: error });
  }
}
