/**
 * By which names an author's folder finds the SDK, for an editor and for `deno test`; the build finds it by itself.
 *
 * @module
 */

import { dirname } from "@std/path";
import { namesOf, readConfig } from "./config.ts";
import { TREE_CONFIG } from "./toolchain.ts";
import { findWorkspace } from "./workspace.ts";

/** What an author imports of the SDK. */
const AUTHORS_NAMES = ["@troupe/sdk", "@troupe/sdk/testing"];
/** What an author imports of it who waits, or keeps something between envelopes. */
const FURTHER_NAMES = ["@troupe/sdk/sleep", "@troupe/sdk/state"];
/** What the SDK's test kit imports in its turn. */
const TEST_KITS_NAMES = ["@troupe/host/draft", "@troupe/host/limits"];

/** How it stands with the SDK's names in a folder; neither of both when it finds them. */
export interface SdkNames {
  /** What a `deno.json` has to map, where none counts. */
  readonly toMap?: Readonly<Record<string, string>>;
  /** The `deno.json` that counts and does not map them. */
  readonly missingIn?: string;
}

/** Tells how it stands in a folder, which need not exist. @throws {BuildError} when a `deno.json` cannot be read. */
export async function sdkNames(folder: string): Promise<SdkNames> {
  const { configs, packages } = await findWorkspace(folder);
  const nearest = configs.at(-1);
  if (!nearest) return { toMap: await allNames() };
  const maps = await Promise.all(configs.map(namesOf));
  const known = Object.assign({}, packages, ...maps.map(({ imports }) => imports));
  return AUTHORS_NAMES.every((name) => name in known) ? {} : { missingIn: nearest.path };
}

async function allNames(): Promise<Record<string, string>> {
  const tree = await readConfig(dirname(TREE_CONFIG));
  const resolved = [...AUTHORS_NAMES, ...FURTHER_NAMES, ...TEST_KITS_NAMES].map((
    name,
  ) => [name, import.meta.resolve(name)]);
  return { ...Object.fromEntries(resolved), ...(tree?.imports.zod ? { zod: tree.imports.zod } : {}) };
}
