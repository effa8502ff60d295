/**
 * A folder for one build: copies of the SDK, of the author's modules and of the packages that these use. CPython writes
 * what it has compiled beside the modules, and the author's own folder stays as it is.
 *
 * @module
 */

import { dirname, join } from "@std/path";
import { digestFolder } from "../folder_digest.ts";
import { CONTRACT_FOLDER } from "../sdk_folders.ts";
import { type TemporaryFolder, temporaryFolder } from "../temporary_folder.ts";
import { PACKAGE, WASI } from "./toolchain.ts";
import { worldOf } from "./world.ts";

/** Folders in the order in which modules are looked for; the interpreter knows them by their numbers. */
export const SEARCHED = ["sdk", "actor", "vendor"] as const;

/** Where packages are that the author has put there with `pip install --target vendor`. */
export const VENDOR = "vendor";

/** A file that goes into the component, or may. */
export interface InputFile {
  /** Where it is in the work folder. */
  readonly name: string;
  /** Where it is. */
  readonly path: string;
  readonly digest: string;
}

/** All files that a build of the modules in a folder can read. */
export async function inputFiles(folder: string): Promise<InputFile[]> {
  const from = async (root: string, to: (name: string) => string | undefined) => {
    const files = await digestFolder(root);
    return files.flatMap(([name, digest]) => {
      const place = to(name);
      return place === undefined ? [] : [{ name: place, path: join(root, name), digest }];
    });
  };
  return [
    ...await from(PACKAGE, (name) => `sdk/${name}`),
    ...await from(WASI, (name) => `wit/deps/${name}`),
    ...await from(CONTRACT_FOLDER, (name) => `wit/deps/troupe/${name}`),
    ...await from(folder, placeOf),
  ];
}

/** What no component is made of stays out: tests, and what describes the actor. */
function placeOf(name: string): string | undefined {
  if (name === "actor.yaml" || /(^|\/)(test_[^/]*|[^/]*_test|conftest)\.py$/.test(name)) return undefined;
  return name.startsWith(`${VENDOR}/`) ? name : `actor/${name}`;
}

/** Makes the folder. */
export async function makeWorkFolder(files: readonly InputFile[]): Promise<TemporaryFolder> {
  await using resources = new AsyncDisposableStack();
  const { path } = resources.use(await temporaryFolder());
  const folders = new Set(files.map(({ name }) => dirname(join(path, name))));
  // Where the tool looks for packages of the machine: none of these shall come in unasked.
  folders.add(join(path, "none/lib/site-packages"));
  for (const name of SEARCHED) folders.add(join(path, name));
  for (const each of folders) await Deno.mkdir(each, { recursive: true });
  for (const { name, path: from } of files) {
    const to = join(path, name);
    if (name.endsWith(".wit")) await Deno.writeTextFile(to, withoutHead(await Deno.readTextFile(from)));
    else await Deno.copyFile(from, to);
  }
  const modules = files.filter(({ name }) => /^(actor|vendor)\/.*\.py$/.test(name));
  const texts = await Promise.all(modules.map(({ name }) => Deno.readTextFile(join(path, name))));
  await Deno.writeTextFile(join(path, "wit/world.wit"), worldOf(texts));
  const kept = resources.move();
  return { path, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** Of a package, only one file may say something before its first line. */
function withoutHead(wit: string): string {
  return wit.replace(/^(\/\/.*\n|\n)+/, "");
}
