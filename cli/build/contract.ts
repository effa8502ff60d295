/**
 * The contract, for tools that read it as one text.
 *
 * @module
 */

import { join } from "@std/path";
import { CONTRACT_FOLDER } from "./sdk_folders.ts";

const FILES = ["actor.wit", "timers.wit"] as const;

/**
 * Text of the contract with a world of a language, which says what actors in it can import.
 *
 * @param world WIT: a world of the contract's package, or packages in braces.
 */
export async function contractWith(world: string): Promise<string> {
  const [first = "", ...others] = await Promise.all(
    FILES.map((name) => Deno.readTextFile(join(CONTRACT_FOLDER, name))),
  );
  // In one text, only the first file of a package says which one it is.
  return [first, ...others.map((text) => text.replace(/^package .*$/m, "")), world].join("\n");
}
