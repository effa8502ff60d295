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
}

/** Where a tool is run. */
export interface ToolOptions {
  readonly cwd: string;
  /** What it finds in its environment beside the machine's own. */
  readonly env?: Readonly<Record<string, string>>;
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
 * Runs a program to its end. That it fails is no error here: whoever runs it knows what that means.
 *
 * @param program A path, as {@linkcode findTool} gives it.
 */
export async function runTool(
  program: string,
  args: readonly string[],
  { cwd, env = {} }: ToolOptions,
): Promise<ToolRun> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
  }).output();
  return { success, stdout: decode(stdout), stderr: decode(stderr) };
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
