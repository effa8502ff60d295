/**
 * The packages in the image, and what Deno makes of a program before it runs.
 *
 * @module
 */

import { join } from "@std/path";
import { z } from "zod";
import {
  CONTROLLER_COMMAND,
  DENO,
  HOST_ENTRYPOINT,
  IMAGE_ENV,
  MODULES_FOLDER,
  PROGRAM_FOLDER,
} from "./commands.ts";
import { ENTRIES, UNREAD } from "./contents.ts";
import { Lock, packageFolder } from "./lock.ts";
import { run } from "./process.ts";

/**
 * Adds the packages, and what Deno makes of a program when it first runs: it cannot write that down later, and with it a
 * program is loaded in a quarter of the time. So each is run once, in its place.
 */
export async function addModules(folder: string): Promise<void> {
  const program = join(folder, PROGRAM_FOLDER);
  const modules = join(folder, MODULES_FOLDER);
  await takePackages(
    join(modules, "npm"),
    Lock.parse(JSON.parse(await Deno.readTextFile(join(program, "deno.lock")))),
  );
  // Sees that nothing is missing.
  await run([Deno.execPath(), "cache", "--quiet", "--frozen", ...ENTRIES], {
    cwd: program,
    env: { DENO_DIR: modules },
  });
  // What was made of the sources is kept by their paths, and these are others in the image.
  for await (const { name } of Deno.readDir(modules)) {
    if (name !== "npm") await Deno.remove(join(modules, name), { recursive: true });
  }
  await removeFiles(join(modules, "npm"), UNREAD);
  const self = join(folder, "proc/self");
  await Deno.mkdir(self);
  try {
    // Deno asks where it is itself. A real /proc cannot be mounted where an image is built.
    await Deno.symlink(DENO, join(self, "exe"));
    for (const command of [HOST_ENTRYPOINT, CONTROLLER_COMMAND]) {
      await run(["/usr/sbin/chroot", folder, ...command, "--help"], { env: IMAGE_ENV, clearEnv: true });
    }
  } finally {
    await Deno.remove(self, { recursive: true });
  }
  // A link to Deno under the name of Node, for programs that start that.
  await Deno.remove(join(modules, "node_compat_bin"), { recursive: true });
}

const Caches = z.object({ npmCache: z.string() });

/** Takes packages from where Deno keeps them here: it has had them when the graph was made. */
async function takePackages(folder: string, { npm }: Lock): Promise<void> {
  const { npmCache } = Caches.parse(JSON.parse(await run([Deno.execPath(), "info", "--json"])));
  const found: string[] = [];
  for await (const { name: registry, isDirectory } of Deno.readDir(npmCache)) {
    if (!isDirectory) continue;
    for (const key of Object.keys(npm)) {
      const at = join(registry, packageFolder(key));
      if (await exists(join(npmCache, at))) found.push(at);
    }
  }
  await Deno.mkdir(folder, { recursive: true });
  await run(["cp", "--recursive", "--parents", "--no-preserve=mode", ...found, folder], { cwd: npmCache });
}

async function exists(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function removeFiles(folder: string, unread: RegExp): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) await removeFiles(path, unread);
    else if (unread.test(name)) await Deno.remove(path);
  }
}
