/**
 * Files that may be there or not.
 *
 * @module
 */

/** The bytes of a file; undefined when there is none. */
export async function readIfThere(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return await Deno.readFile(path).catch(ignoreAbsent);
}

/** The text of a file; undefined when there is none. */
export async function readTextIfThere(path: string): Promise<string | undefined> {
  return await Deno.readTextFile(path).catch(ignoreAbsent);
}

/** Whether there is a file at a path. */
export async function isFile(path: string): Promise<boolean> {
  return (await Deno.stat(path).catch(ignoreAbsent))?.isFile ?? false;
}

/** Whether there is a folder at a path. */
export async function isFolder(path: string): Promise<boolean> {
  return (await Deno.stat(path).catch(ignoreAbsent))?.isDirectory ?? false;
}

function ignoreAbsent(error: unknown): undefined {
  // The latter when something above it is a file.
  if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return undefined;
  throw error;
}
