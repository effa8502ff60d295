/**
 * The Rust toolchain of this machine.
 *
 * @module
 */

import { dirname, join } from "@std/path";
import { BuildError, toolchainMissing } from "../errors.ts";
import { isFolder } from "../files.ts";
import { findTool, runTool } from "../tool.ts";
import { isBefore, type LeastVersion } from "../version.ts";

/** What actors are compiled for. Its linker makes components. */
export const TARGET = "wasm32-wasip2";
/** The first release that is tried: that of the SDK's `rust-version`. */
const LEAST: LeastVersion = [1, 85];

/** The toolchain that builds a package. */
export interface Toolchain {
  /** Path of the command `cargo`. */
  readonly cargo: string;
  /** Such as `1.95.0`. */
  readonly version: string;
  /** All that the compiler says of itself; nothing of where it is. */
  readonly identity: string;
  /** Folder of the compiler and its libraries. */
  readonly sysroot: string;
}

/**
 * Finds it. A package can name another one in its `rust-toolchain.toml`.
 *
 * @param folder The package's.
 * @throws {BuildError} `troupe.ToolchainMissing`, with what to do; `troupe.BuildFailed` when it does not say what it is.
 */
export async function findToolchain(folder: string): Promise<Toolchain> {
  const folders = [join(cargoHome(), "bin")];
  const cargo = await findTool("cargo", folders);
  const rustc = cargo === undefined ? undefined : await findTool("rustc", [dirname(cargo), ...folders]);
  if (cargo === undefined || rustc === undefined) {
    throw missing(
      "Rust is not on this machine",
      `install it as https://www.rust-lang.org/tools/install says, and then "rustup target add ${TARGET}"`,
    );
  }
  const [told, places] = await Promise.all([
    ask(rustc, ["-vV"], folder),
    ask(rustc, ["--print=sysroot", "--print=target-libdir", `--target=${TARGET}`], folder),
  ]);
  const [, version] = /^release: (\S+)$/m.exec(told) ?? [];
  const [sysroot, libraries] = places.split("\n");
  if (!version || !sysroot || !libraries) {
    throw new BuildError("troupe.BuildFailed", `${rustc} does not say what it is: ${told}${places}`);
  }
  if (isBefore(version, LEAST)) throw missing(`Rust ${version} is too old`, `"rustup update"`);
  if (!await isFolder(libraries)) {
    throw missing(
      `Rust has no libraries for ${TARGET}`,
      `"rustup target add ${TARGET}", in ${folder} if it has a toolchain of its own`,
    );
  }
  return { cargo, version, identity: told.replace(/^host: .*$/m, "").trim(), sysroot };
}

/** Where cargo keeps what it has fetched. */
export function cargoHome(): string {
  return Deno.env.get("CARGO_HOME") ?? join(Deno.env.get("HOME") ?? "/", ".cargo");
}

async function ask(rustc: string, args: readonly string[], cwd: string): Promise<string> {
  const { success, stdout, stderr } = await runTool(rustc, args, { cwd });
  if (success) return stdout.trim();
  // Such as a toolchain that a rust-toolchain.toml names and that is not installed.
  throw missing(`Rust does not work: ${stderr.trim()}`, `what it says, or "rustup target add ${TARGET}"`);
}

function missing(found: string, remedy: string): BuildError {
  const needs = `${LEAST.join(".")} or later with the target ${TARGET}`;
  return toolchainMissing("Rust", { found, needs, remedy });
}
