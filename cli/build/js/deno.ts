/**
 * Runs the tools that Deno brings.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { runTool, type ToolRun } from "../tool.ts";

/** Lines that say nothing to an author. */
const NOISE =
  /^(⚠️ .*experimental.*|error: (bundling failed|Type checking failed\.)|Check .*|Found \d+ errors\.)$/gm;

/** Runs `deno` with the arguments, in a folder. What it said is as {@linkcode readable} has it. */
export async function runDeno(
  args: readonly string[],
  { cwd }: { readonly cwd: string },
): Promise<ToolRun> {
  const run = await runTool(Deno.execPath(), args, {
    cwd,
    // Names are as the work folder's configuration says, whatever lies above that folder.
    env: { DENO_NO_UPDATE_CHECK: "1", DENO_NO_PACKAGE_JSON: "1" },
  });
  return { ...run, stderr: readable(run.stderr) };
}

/**
 * What a tool said, for an author.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const said = "error: Expression expected\n    at file:///mesh/my%20actor.ts:4:13\nerror: bundling failed\n";
 * assertEquals(readable(said), "error: Expression expected\n    at /mesh/my actor.ts:4:13");
 * ```
 */
export function readable(stderr: string): string {
  return stderr
    .replace(/\n*^Stack backtrace:\n[\s\S]*$/m, "")
    .replaceAll(NOISE, "")
    .replaceAll(/file:\/\/\/[^\s"')]*/g, pathOf)
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim();
}

function pathOf(url: string): string {
  const [, file = url, position = ""] = /^(.*?)((?::\d+)*)$/.exec(url) ?? [];
  return URL.canParse(file) ? fromFileUrl(file) + position : url;
}
