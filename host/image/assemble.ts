/**
 * Makes the file tree of the image in a folder.
 *
 * @module
 */

import { join } from "@std/path";
import { addModules } from "./modules.ts";
import { addProgram, addScripts } from "./program.ts";
import { DENO_VERSION } from "./contents.ts";
import { ImageError } from "./image_error.ts";
import { addSystem } from "./system.ts";

/**
 * Makes the tree: sources and packages, the runtime, and of this machine's system the few files that these need. All of it
 * is root's, and everybody can read it.
 *
 * @param folder Does not exist yet, or is empty.
 * @throws {ImageError} when this is the wrong version of Deno, another user than root, or the folder is not empty.
 */
export async function assemble(folder: string): Promise<void> {
  const { deno } = Deno.version;
  if (deno !== DENO_VERSION) {
    throw new ImageError(
      `the image has Deno ${DENO_VERSION}, and this is ${deno}, which would be copied into it`,
    );
  }
  if (Deno.uid() !== 0) throw new ImageError("be root: what is assembled is run in there once, by chroot");
  Deno.umask(0o022);
  await Deno.mkdir(folder, { recursive: true });
  for await (const { name } of Deno.readDir(folder)) {
    throw new ImageError(`${join(folder, name)} is there already`);
  }
  await addSystem(folder);
  await addProgram(folder);
  await addScripts(folder);
  await addModules(folder);
}
