/**
 * The files that an actor in C is made of.
 *
 * @module
 */

import { basename, fromFileUrl, join } from "@std/path";
import { digestFile } from "../digest.ts";
import { digestFolder } from "../folder_digest.ts";

/** Folder of the SDK: that of `troupe.h`. */
export const SDK_FOLDER: string = fromFileUrl(new URL("../../../sdk/c", import.meta.url));
/** Files of the contract: those of one package. */
const CONTRACT = ["actor.wit", "timers.wit"].map((name) =>
  fromFileUrl(new URL(`../../../sdk/wit/${name}`, import.meta.url))
);
const WASI = join(SDK_FOLDER, "wit", "wasi.wit");

/** A name, and the digest of the file. */
export type NamedDigest = readonly [name: string, digest: string];

/** The author's files, without tests and without what says how it runs: any of them may be included by another. */
export async function authorFiles(folder: string): Promise<NamedDigest[]> {
  return (await digestFolder(folder)).filter(([name]) => name !== "actor.yaml" && !name.endsWith("_test.c"));
}

/** Those of the author's files that are compiled: every `.c` in the folder and below, but for tests. */
export function compiledFiles(files: readonly NamedDigest[]): string[] {
  return files.map(([name]) => name).filter((name) => name.endsWith(".c"));
}

/** The files of the SDK and of the contract that go into a component. */
export async function sdkFiles(): Promise<NamedDigest[]> {
  const files = (await digestFolder(SDK_FOLDER)).filter(([name]) =>
    /^(troupe\.[ch]|troupe_state\.h|src\/|wit\/)/.test(name)
  );
  return [
    ...files,
    ...await Promise.all(CONTRACT.map(async (path) => [basename(path), await digestFile(path)] as const)),
  ];
}

/** The text of the contract, with the world that a component in C has. */
export async function contractText(): Promise<string> {
  const [first = "", ...others] = await Promise.all(CONTRACT.map((path) => Deno.readTextFile(path)));
  const rest = others.map((text) => text.replace(/^package .*;$/m, ""));
  return [first, ...rest, await Deno.readTextFile(WASI)].join("\n");
}
