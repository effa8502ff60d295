/**
 * Runs the tools that Deno brings.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";

/** What a tool came to. */
export interface ToolRun {
  readonly success: boolean;
  readonly stdout: string;
  /** What it said, without what only Deno's own developers read; files by their paths. */
  readonly stderr: string;
}

/** Lines that say nothing to an author. */
const NOISE =
  /^(⚠️ .*experimental.*|error: (bundling failed|Type checking failed\.)|Check .*|Found \d+ errors\.)$/gm;

/** Runs `deno` with the arguments, in a folder. */
export async function runDeno(
  args: readonly string[],
  { cwd }: { readonly cwd: string },
): Promise<ToolRun> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    // Names are as the work folder's configuration says, whatever lies above that folder.
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", DENO_NO_PACKAGE_JSON: "1" },
    stdin: "null",
  }).output();
  return { success, stdout: decode(stdout), stderr: readable(decode(stderr)) };
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
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
