/**
 * The parts that every component is made of, besides the author's: the SDK, the contract, the tools.
 *
 * @module
 */

import { dirname, fromFileUrl, join } from "@std/path";
import { readConfig } from "./config.ts";

const SDK = new URL("./", import.meta.resolve("@troupe/sdk"));
const TREE = new URL("../../../", import.meta.url);

/** Folder of the SDK. */
export const SDK_FOLDER: string = fromFileUrl(SDK).replace(/\/$/, "");
/** What there is in an actor beside the language: its types. */
export const SURROUNDINGS: string = join(SDK_FOLDER, "surroundings.d.ts");
/** The configuration by which Troupe itself finds its packages, and their lock file. */
export const TREE_CONFIG: string = fromFileUrl(new URL("deno.json", TREE));
/** Versions of what Troupe was made and tested with. */
export const TREE_LOCK: string = fromFileUrl(new URL("deno.lock", TREE));

/** Files of the contract, with the folder in which the tools look for each. */
export const WIT_FILES: readonly (readonly [place: string, path: string])[] = [
  ["world.wit", join(SDK_FOLDER, "wit", "world.wit")],
  ["deps/wasi-random/random.wit", join(SDK_FOLDER, "wit", "deps", "wasi-random", "random.wit")],
  ["deps/wasi-cli/exit.wit", join(SDK_FOLDER, "wit", "deps", "wasi-cli", "exit.wit")],
  ["deps/troupe-actor/actor.wit", fromFileUrl(new URL("../wit/actor.wit", SDK))],
  ["deps/troupe-actor/timers.wit", fromFileUrl(new URL("../wit/timers.wit", SDK))],
];

/** A package that the SDK puts into components that need it, and by which name it imports it. */
export const URL_PACKAGE = "whatwg-url-minimum";

/** Files of the SDK that a component may come to have without the author importing them. */
export async function runtimeFiles(): Promise<string[]> {
  const folder = join(SDK_FOLDER, "runtime");
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (name.endsWith(".ts") && !name.endsWith("_test.ts")) names.push(name);
  }
  return [...names.sort().map((name) => join(folder, name)), join(SDK_FOLDER, "async_handler.ts")];
}

/** Versions of the tools, by their names. */
export async function toolVersions(): Promise<Readonly<Record<string, string>>> {
  const tree = await readConfig(dirname(TREE_CONFIG));
  return { deno: Deno.version.deno, componentize: tree?.imports["componentize-qjs"] ?? "" };
}
