/**
 * The actor's world as the Rust SDK carries it: the custom section that tells `wasm-component-ld` what the module imports
 * and exports. `deno run -A cli/build/rust/world.ts` writes it anew.
 *
 * @module
 */

import { componentEmbed } from "@bytecodealliance/jco-transpile/wasm-tools";
import { TroupeError } from "@troupe/host/errors";
import { join, toFileUrl } from "@std/path";
import { contractWith } from "../contract.ts";
import { sdkFolder } from "../sdk_folders.ts";

const WORLD = "troupe:rust-actor/rust-actor";
/** A core module without anything. */
const EMPTY_MODULE = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);

/** Where the SDK has it. */
export const WORLD_FILE: URL = toFileUrl(join(sdkFolder("rust"), "src/world.bin"));

/**
 * What has to stand in {@linkcode WORLD_FILE}, made of the contract.
 *
 * @throws {TroupeError} `troupe.ToolChanged` when the tool does not put in what is expected.
 */
export async function worldSection(): Promise<Uint8Array<ArrayBuffer>> {
  const witSource = await contractWith(await Deno.readTextFile(join(sdkFolder("rust"), "wit/world.wit")));
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

if (import.meta.main) await Deno.writeFile(WORLD_FILE, await worldSection());
