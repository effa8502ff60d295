/**
 * The files that an actor is granted, as the host reads them.
 *
 * @module
 */

import { join, relative } from "@std/path";
import { TroupeError } from "../errors.ts";
import type { FileGrant } from "../grants.ts";
import type { MountedFile } from "../sandbox/file_tree.ts";

/** Files that are granted cannot be given. */
export class GrantedFilesError extends TroupeError {
  constructor({ from, path }: FileGrant, problem: string, options?: ErrorOptions) {
    super("troupe.GrantedFiles", "user", `spec.grants.files, ${from} at ${path}: ${problem}`, options);
  }
}

/** Bounds of all files of an actor together: each of its sandboxes has them in memory. */
export interface FileBounds {
  /** @default 64 MiB */
  readonly bytes?: number;
  /** @default 10000 */
  readonly files?: number;
}

/**
 * Reads the files of folders. What lies outside of a folder is not given, also not by a symbolic link.
 *
 * @throws {GrantedFilesError} when one cannot be read, or all together are too much.
 */
export async function readGrantedFiles(
  grants: readonly FileGrant[],
  { bytes = 64 * 1024 * 1024, files = 10_000 }: FileBounds = {},
): Promise<{ readonly mounts: readonly string[]; readonly files: readonly MountedFile[] }> {
  const found: MountedFile[] = [];
  let left = bytes;
  for (const grant of grants) {
    const root = await reading(grant, () => Deno.realPath(grant.from));
    if (!(await reading(grant, () => Deno.stat(root))).isDirectory) {
      throw new GrantedFilesError(grant, "it is not a folder");
    }
    for await (const path of filesIn(grant, root)) {
      if (found.length === files) throw new GrantedFilesError(grant, `there are more than ${files} files`);
      const { size } = await reading(grant, () => Deno.stat(path));
      left -= size;
      if (left < 0) {
        const advice = "give the actor what is larger through spec.grants.http or spec.grants.state";
        throw new GrantedFilesError(grant, `the files have more than ${bytes} bytes: ${advice}`);
      }
      const read = await reading(grant, () => Deno.readFile(path));
      found.push({ mount: grant.path, path: relative(root, path).replaceAll("\\", "/"), bytes: read });
    }
  }
  return { mounts: grants.map(({ path }) => path), files: found };
}

async function* filesIn(grant: FileGrant, root: string): AsyncGenerator<string> {
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const entries = await reading(grant, () => Array.fromAsync(Deno.readDir(folder as string)));
    // In an order that does not depend on the file system.
    for (
      const { name, isDirectory, isFile, isSymlink } of entries.toSorted((a, b) => a.name < b.name ? -1 : 1)
    ) {
      const path = join(folder, name);
      if (isDirectory) folders.push(path);
      else if (isFile) yield path;
      else if (isSymlink && await isInside(path, root)) yield path;
    }
  }
}

/** Whether a link leads to a file in the folder. One that leads to a folder could lead around for ever. */
async function isInside(link: string, root: string): Promise<boolean> {
  try {
    const path = await Deno.realPath(link);
    return path.startsWith(join(root, "/")) && (await Deno.stat(path)).isFile;
  } catch (error) {
    // It leads nowhere.
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.FilesystemLoop) return false;
    throw error;
  }
}

async function reading<T>(grant: FileGrant, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new GrantedFilesError(grant, `it cannot be read: ${problem}`, { cause: error });
  }
}
