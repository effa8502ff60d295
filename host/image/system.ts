/**
 * The system in the image: the runtime, a few programs, and the libraries that these need.
 *
 * @module
 */

import { dirname, join } from "@std/path";
import { DENO } from "./commands.ts";
import { COPIED, FOLDERS, TOOLS, WRITTEN } from "./contents.ts";
import { ImageError } from "./image_error.ts";
import { run } from "./process.ts";

/** Adds all of it, out of the system that this runs on. */
export async function addSystem(folder: string): Promise<void> {
  const programs: Record<string, string> = {
    [DENO]: Deno.execPath(),
    ...Object.fromEntries(TOOLS.map((path) => [path, path])),
  };
  const libraries = new Set<string>();
  for (const [path, from] of Object.entries(programs)) {
    for (const library of librariesIn(await run(["ldd", from]), from)) libraries.add(library);
    await copy(from, join(folder, path), 0o755);
  }
  // The loader has to be executable.
  for (const library of libraries) await copy(library, join(folder, library), 0o755);
  for (const path of COPIED) await copy(path, join(folder, path), 0o644);
  for (const path of FOLDERS) await Deno.mkdir(join(folder, path), { recursive: true });
  for (const [path, text] of Object.entries(WRITTEN)) {
    await Deno.writeTextFile(join(folder, path), text, { mode: 0o644 });
  }
}

/**
 * The files of libraries that `ldd` names, the loader among them.
 *
 * @param program What it was asked for.
 * @throws {ImageError} when one of them is not on this system, or the program needs none.
 *
 * @example
 * ```ts
 * import { librariesIn } from "./system.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const said = "\tlinux-vdso.so.1 (0x1)\n\tlibc.so.6 => /lib/libc.so.6 (0x2)\n\t/lib64/ld-linux.so.2 (0x3)\n";
 * assertEquals(librariesIn(said, "deno"), ["/lib/libc.so.6", "/lib64/ld-linux.so.2"]);
 * ```
 */
export function librariesIn(said: string, program: string): string[] {
  const missing = /^\s*(\S+) => not found$/m.exec(said)?.[1];
  if (missing !== undefined) throw new ImageError(`${program} needs ${missing}, which this system lacks`);
  const found = [...said.matchAll(/^\s*(?:\S+ => )?(\/\S+) \(0x[0-9a-f]+\)$/gm)].map(([, path]) =>
    path as string
  );
  if (found.length === 0) {
    throw new ImageError(`which libraries ${program} needs cannot be seen: ${said.trim()}`);
  }
  return found;
}

async function copy(from: string, to: string, mode: number): Promise<void> {
  await Deno.mkdir(dirname(to), { recursive: true });
  await Deno.copyFile(from, to);
  await Deno.chmod(to, mode);
}
