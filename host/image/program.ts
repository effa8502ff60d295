/**
 * The program in the image: its sources, and what runs in sandboxes.
 *
 * @module
 */

import { dirname, fromFileUrl, join } from "@std/path";
import { bundleForSandbox, scriptFile } from "../sandbox/bundle.ts";
import { PROGRAM_FOLDER, SCRIPTS_FOLDER } from "./commands.ts";
import { ENTRIES, MEMBERS, READ_ONLY_PACKAGES, SCRIPTS } from "./contents.ts";
import { graphOf } from "./graph.ts";
import { Config, configFor, Lock, lockFor } from "./lock.ts";

const ROOT = fromFileUrl(new URL("../..", import.meta.url));

/** Adds the sources, and a configuration and a lock file for them. */
export async function addProgram(folder: string): Promise<void> {
  const { sources, packages } = await graphOf(ROOT, ENTRIES);
  const configs = MEMBERS.map((member) => `${member}/deno.json`);
  for (const file of [...sources, ...configs]) await copy(join(ROOT, file), inside(folder, file));
  const wanted = { packages, readOnly: READ_ONLY_PACKAGES, members: MEMBERS };
  const read = async (file: string) => JSON.parse(await Deno.readTextFile(join(ROOT, file)));
  const write = (file: string, value: unknown) =>
    Deno.writeTextFile(inside(folder, file), JSON.stringify(value));
  await write("deno.json", configFor(Config.parse(await read("deno.json")), wanted));
  await write("deno.lock", lockFor(Lock.parse(await read("deno.lock")), wanted));
}

/** Adds what runs in sandboxes. */
export async function addScripts(folder: string): Promise<void> {
  const temporary = await Deno.makeTempDir({ prefix: "troupe-image-" });
  try {
    for (const script of SCRIPTS) {
      const entry = join(ROOT, script);
      const made = await bundleForSandbox(new URL(`file://${entry}`), temporary);
      await copy(made, join(folder, SCRIPTS_FOLDER, scriptFile(entry)));
    }
  } finally {
    await Deno.remove(temporary, { recursive: true });
  }
}

function inside(folder: string, file: string): string {
  return join(folder, PROGRAM_FOLDER, file);
}

/** Copies a file, with what of its rights counts. */
async function copy(from: string, to: string): Promise<void> {
  await Deno.mkdir(dirname(to), { recursive: true });
  await Deno.copyFile(from, to);
  await Deno.chmod(to, 0o644);
}
