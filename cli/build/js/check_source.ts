/**
 * What can be said of an author's modules without running them: names that are absent, handlers that cannot work, types.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { z } from "zod";
import { runDeno } from "./deno.ts";
import { BuildError } from "../errors.ts";
import { authoredCode, type Graph } from "./graph.ts";
import type { WorkFolder } from "./work_folder.ts";

/** What is used of what `deno lint --json` prints. */
const LintSchema = z.object({
  diagnostics: z.array(z.object({
    filename: z.string(),
    range: z.object({ start: z.object({ line: z.number(), col: z.number() }) }),
    message: z.string(),
    code: z.string(),
  })),
});

/**
 * Refuses what actors do not have, and a handler that is asynchronous.
 *
 * @throws {BuildError} with a line for each place: file, line, column, what, and why.
 */
export async function checkSurroundings(work: WorkFolder, graph: Graph): Promise<void> {
  const { stdout, stderr } = await runDeno(["lint", "--json", ...work.configFlags, ...authoredCode(graph)], {
    cwd: work.path,
  });
  if (stdout === "") throw new BuildError("troupe.BuildFailed", `The source cannot be looked at: ${stderr}`);
  const found = LintSchema.parse(JSON.parse(stdout)).diagnostics.map((
    { filename, range, message, code },
  ) => ({
    file: fromFileUrl(filename),
    place: `${fromFileUrl(filename)}:${range.start.line}:${range.start.col + 1}`,
    message,
    code,
  }));
  const absent = found.filter(({ code }) => code === "troupe/absent-global");
  // Only the actor's own module has a handler; another's function of that name is its own affair.
  const handlers = found.filter(({ code, file }) => code === "troupe/async-handler" && file === work.source);
  const refused = [...handlers, ...absent];
  if (refused.length === 0) return;
  throw new BuildError(
    handlers.length > 0 ? "troupe.BadHandler" : "troupe.AbsentGlobal",
    refused.map(({ place, message }) => `${place}: ${message}`).join("\n"),
  );
}

/** Checks the types, in an actor's surroundings. @throws {BuildError} with what the compiler says. */
export async function checkTypes(work: WorkFolder): Promise<void> {
  const { success, stderr } = await runDeno(["check", ...work.flags, work.source], { cwd: work.path });
  if (!success) {
    throw new BuildError("troupe.TypeMismatch", `${work.source}: the types do not fit:\n${stderr}`);
  }
}
