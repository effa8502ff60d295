/**
 * Runs the tools that Deno brings.
 *
 * @module
 */

/** What a tool came to. */
export interface ToolRun {
  readonly success: boolean;
  readonly stdout: string;
  /** What it said, without what only Deno's own developers read. */
  readonly stderr: string;
}

/** Lines that say nothing to an author. */
const NOISE = /^(⚠️ .*experimental.*|error: (bundling failed|Type checking failed\.)|Check \S+)$/gm;

/** Runs `deno` with the arguments, in a folder. */
export async function runDeno(
  args: readonly string[],
  { cwd }: { readonly cwd: string },
): Promise<ToolRun> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { success, stdout: text(stdout), stderr: tidy(text(stderr)) };
}

function tidy(stderr: string): string {
  return stderr
    .replace(/\n*^Stack backtrace:\n[\s\S]*$/m, "")
    .replaceAll(NOISE, "")
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim();
}
