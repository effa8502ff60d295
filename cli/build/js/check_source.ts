/**
 * What can be said of an author's modules without running them: names that are absent, types.
 *
 * @module
 */

import { BuildError } from "../errors.ts";
import { runDeno } from "./deno.ts";
import type { Finding } from "./look_at.ts";
import type { WorkFolder } from "./work_folder.ts";

/**
 * Refuses what actors do not have.
 *
 * @throws {BuildError} with a line for each place: file, line, column, what, and why.
 */
export function refuseAbsent(found: readonly Finding[]): void {
  const absent = found.filter(({ rule }) => rule === "absent-global");
  if (absent.length === 0) return;
  throw new BuildError(
    "troupe.AbsentGlobal",
    absent.map(({ place, message }) => `${place}: ${message}`).join("\n"),
  );
}

/** Checks the types, in an actor's surroundings. @throws {BuildError} with what the compiler says. */
export async function checkTypes(work: WorkFolder): Promise<void> {
  const { success, stderr } = await runDeno(["check", ...work.flags, work.source], { cwd: work.path });
  if (!success) {
    throw new BuildError("troupe.TypeMismatch", `${work.source}: the types do not fit:\n${stderr}`);
  }
}
