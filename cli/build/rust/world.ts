/**
 * The actor's world as the Rust SDK carries it: the custom section that tells `wasm-component-ld` what the module imports
 * and exports. `deno run -A cli/build/rust/world.ts` writes it anew.
 *
 * @module
 */

import { componentEmbed } from "@bytecodealliance/jco-transpile/wasm-tools";
import { TroupeError } from "@troupe/host/errors";

/** The contract in its two files, and the world. */
const TEXTS = ["wit/actor.wit", "wit/timers.wit", "rust/wit/world.wit"] as const;
const WORLD = "troupe:rust-actor/rust-actor";
/** A core module without anything. */
const EMPTY_MODULE = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);

/** Where the SDK has it. */
export const WORLD_FILE: URL = new URL("../../../sdk/rust/src/world.bin", import.meta.url);

/**
 * What has to stand in {@linkcode WORLD_FILE}, made of the contract.
 *
 * @throws {TroupeError} `troupe.ToolChanged` when the tool does not put in what is expected.
 */
export async function worldSection(): Promise<Uint8Array<ArrayBuffer>> {
  const witSource = await contractText();
  const module = await componentEmbed({ binary: EMPTY_MODULE, witSource, world: WORLD });
  const sections = WebAssembly.Module.customSections(
    new WebAssembly.Module(new Uint8Array(module)),
    "component-type",
  );
  const [section] = sections;
  if (!section || sections.length > 1) {
    throw new TroupeError(
      "troupe.ToolChanged",
      "system",
      `jco-transpile has put ${sections.length} descriptions of the world ${WORLD} into a module; one was expected`,
    );
  }
  return new Uint8Array(section);
}

/** One text of all. Files of one package are one text when only the first says which it is. */
async function contractText(): Promise<string> {
  const [contract = "", timers = "", world = ""] = await Promise.all(
    TEXTS.map((name) => Deno.readTextFile(new URL(`../../../sdk/${name}`, import.meta.url))),
  );
  return [contract, timers.replace(/^package .*$/m, ""), world].join("\n");
}

if (import.meta.main) await Deno.writeFile(WORLD_FILE, await worldSection());
