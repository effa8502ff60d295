/**
 * The folders of a mesh in which sources may be.
 *
 * @module
 */

import { join } from "@std/path";
import { OUTPUT_FOLDERS } from "../../build/folder_digest.ts";

/**
 * The folder and every folder below it that may hold sources, sorted. Hidden ones may not; links are not followed.
 *
 * @param except Folders that are passed over, such as that of the mesh's state.
 */
export async function sourceFolders(dir: string, except: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  const visit = async (folder: string): Promise<void> => {
    if (!except.includes(folder)) found.push(folder);
    for (const name of await foldersIn(folder)) {
      if (!name.startsWith(".") && !OUTPUT_FOLDERS.has(name)) await visit(join(folder, name));
    }
  };
  await visit(dir);
  return found.sort();
}

async function foldersIn(folder: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    return entries.filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
  } catch (error) {
    // Gone since it was listed, or not to be read: whatever reads the mesh says so.
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) return [];
    throw error;
  }
}
