/**
 * Folders as inputs of a build.
 *
 * @module
 */

import { join } from "@std/path";
import { digestFile } from "./digest.ts";

/** Folders in which the tools of some language put what they make. */
export const OUTPUT_FOLDERS: ReadonlySet<string> = new Set([
  "build",
  "node_modules",
  "target",
  "__pycache__",
]);

/**
 * The files below a folder that a build may read: not what is hidden, nor what the tools have put there. Links are read
 * as what they lead to; those that lead to a folder are not followed.
 *
 * @returns Their names relative to the folder, with `/`, in order, and the digest of each.
 */
export async function digestFolder(folder: string): Promise<(readonly [name: string, digest: string])[]> {
  const names = (await Array.fromAsync(filesBelow(folder, ""))).sort();
  return await Promise.all(names.map(async (name) => [name, await digestFile(join(folder, name))] as const));
}

async function* filesBelow(folder: string, prefix: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(join(folder, prefix))) {
    if (name.startsWith(".")) continue;
    if (!isDirectory) yield `${prefix}${name}`;
    else if (!OUTPUT_FOLDERS.has(name)) yield* filesBelow(folder, `${prefix}${name}/`);
  }
}
