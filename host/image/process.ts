/**
 * Programs that are run to make an image.
 *
 * @module
 */

import { ImageError } from "./image_error.ts";

/** How a program is run. */
export interface RunOptions {
  readonly cwd?: string;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether it has nothing else in its environment. @default false */
  readonly clearEnv?: boolean;
}

/** Runs a program to its end. @returns What it printed. @throws {ImageError} with what it said when it fails. */
export async function run(
  [program = "", ...args]: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { ...options, args, stdin: "null" })
    .output();
  const decoder = new TextDecoder();
  if (success) return decoder.decode(stdout);
  throw new ImageError(`${program} ${args.join(" ")}: ${decoder.decode(stderr).trim()}`);
}
