/**
 * The files that an actor in C is made of.
 *
 * @module
 */

import { digestFolder } from "../folder_digest.ts";
import { sdkFolder } from "../sdk_folders.ts";

/** Folder of the SDK: that of `troupe.h`. */
export const SDK_FOLDER: string = sdkFolder("c");

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

/** The files of the SDK that go into a component. */
export async function sdkFiles(): Promise<NamedDigest[]> {
  return (await digestFolder(SDK_FOLDER)).filter(([name]) =>
    /^(troupe\.[ch]|troupe_state\.h|src\/)/.test(name)
  );
}
