/**
 * Runs compilers and other tools of an author's machine.
 *
 * @module
 */

import { join } from "@std/path";
import { isFile } from "./files.ts";

/** What a tool came to. */
export interface ToolRun {
  readonly success: boolean;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether it was ended because it took too long. */
  readonly late: boolean;
}

/** Where a tool is run. */
export interface ToolOptions {
  readonly cwd: string;
  /** What it finds in its environment beside the machine's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** After how many milliseconds it is ended. @default never */
  readonly timeoutMs?: number;
}

/**
 * Finds a program.
 *
 * @param name As on `PATH`.
 * @param folders Further folders in which it may be, where its installer does not always add them to `PATH`.
 * @returns Its path; undefined when there is none.
 */
export async function findTool(name: string, folders: readonly string[] = []): Promise<string | undefined> {
  const onPath = (Deno.env.get("PATH") ?? "").split(":").filter((folder) => folder !== "");
  for (const folder of [...onPath, ...folders]) {
    const path = join(folder, name);
    if (await isFile(path)) return path;
  }
  return undefined;
}

/**
 * Runs a program to its end. Its standard input is empty. That it fails is no error here: whoever runs it knows what that means.
 *
 * @param program A path, as {@linkcode findTool} gives it.
 */
export async function runTool(
  program: string,
  args: readonly string[],
  { cwd, env = {}, timeoutMs }: ToolOptions,
): Promise<ToolRun> {
  const signal = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    ...(signal ? { signal } : {}),
  }).output();
  return {
    success,
    stdout: decode(stdout),
    stderr: decode(stderr),
    late: !success && signal?.aborted === true,
  };
}

/**
 * Asks a program for its version.
 *
 * @param program A path, as {@linkcode findTool} gives it.
 * @param pattern Its first group is the version, in what the program prints.
 * @returns Undefined when it cannot be run, fails, or prints something else.
 */
export async function askVersion(
  program: string,
  args: readonly string[],
  pattern: RegExp,
): Promise<string | undefined> {
  const run = await runTool(program, args, { cwd: Deno.cwd() }).catch((error: unknown) => {
    // Such as a script whose interpreter is not there.
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  });
  return run?.success ? pattern.exec(run.stdout)?.[1] : undefined;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
