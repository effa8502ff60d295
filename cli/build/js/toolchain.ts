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
/** What is around the author's module in a component. */
export interface Kit {
  /** The component's entry. */
  readonly entry: string;
  /** The world that it is built for. What is imported there has to be granted, whether or not it is ever called. */
  readonly world: string;
}

/** What most components have. */
export const PLAIN_KIT: Kit = { entry: join(SDK_FOLDER, "runtime", "entry.js"), world: "js-actor" };
/** What those have in which this module of the SDK is imported. */
export const STATE_KIT: Kit & { readonly module: string } = {
  module: join(SDK_FOLDER, "state.ts"),
  entry: join(SDK_FOLDER, "runtime", "entry_with_state.js"),
  world: "js-actor-with-state",
};
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
  ["deps/troupe-actor/actor.wit", fromFileUrl(new URL("../wit/actor.wit", SDK))],
];

/** Versions of the tools, by their names. */
export async function toolVersions(): Promise<Readonly<Record<string, string>>> {
  const tree = await readConfig(dirname(TREE_CONFIG));
  return { deno: Deno.version.deno, componentize: tree?.imports["componentize-qjs"] ?? "" };
}
