/**
 * Looks at the author's files by the rules in `lint/`. Nothing of them is run.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { z } from "zod";
import { BuildError } from "../errors.ts";
import { runDeno } from "./deno.ts";
import { authoredCode, type Graph } from "./graph.ts";
import type { WorkFolder } from "./work_folder.ts";

/** What is used of what `deno lint --json` prints. A file that cannot be parsed is left out: the bundler says so better. */
const LintSchema = z.object({
  diagnostics: z.array(z.object({
    filename: z.string(),
    range: z.object({ start: z.object({ line: z.number(), col: z.number() }) }),
    message: z.string(),
    code: z.string(),
  })),
});

/** What a rule has found. */
export interface Finding {
  /** The rule's name. */
  readonly rule: string;
  /** File, line and column. */
  readonly place: string;
  readonly message: string;
}

/** Looks at them. @throws {BuildError} when that cannot be done. */
export async function lookAt(work: WorkFolder, graph: Graph): Promise<Finding[]> {
  const files = authoredCode(graph);
  const { stdout, stderr } = await runDeno(["lint", "--json", ...work.configFlags, ...files], {
    cwd: work.path,
  });
  if (stdout === "") throw new BuildError("troupe.BuildFailed", `The source cannot be looked at: ${stderr}`);
  return LintSchema.parse(JSON.parse(stdout)).diagnostics.map(({ filename, range, message, code }) => ({
    rule: code.replace(/^troupe\//, ""),
    place: `${fromFileUrl(filename)}:${range.start.line}:${range.start.col + 1}`,
    message,
  }));
}
