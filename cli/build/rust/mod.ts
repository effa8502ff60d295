/**
 * Builds actors in Rust: cargo makes components itself, for the target `wasm32-wasip2`.
 *
 * The same source comes to the same bytes, wherever it is, as long as the packages that it uses by their path are where
 * they were: of those cargo puts a number into the names of things that it makes of the path. That is so of the SDK as long
 * as it is used from a folder.
 *
 * @module
 */

import { compiled } from "../compiled.ts";
import type { Language, OpenSource, Source } from "../language.ts";
import { BUILD_FLAGS, compile, COMPILER_FLAGS, optionsInEnvironment } from "./compile.ts";
import { digestPackage, readPackage } from "./package.ts";
import { findToolchain } from "./toolchain.ts";

/** Rust. Its tools are those of the author's machine: see {@linkcode findToolchain}. */
export const RUST: Language = { name: "rust", sources: ["Cargo.toml"], open };

/** Raised when the build makes something else of the same inputs. */
const FORMAT = 1;

async function open({ folder }: Source): Promise<OpenSource> {
  const toolchain = await findToolchain(folder);
  const source = await readPackage(toolchain, folder);
  return compiled({
    inputs: async () => ({
      format: FORMAT,
      compiler: toolchain.identity,
      options: [BUILD_FLAGS, COMPILER_FLAGS, optionsInEnvironment()],
      source: await digestPackage(source),
    }),
    tools: () => Promise.resolve({ rustc: toolchain.version, ...source.crates }),
    make: () => compile(toolchain, source),
  });
}
