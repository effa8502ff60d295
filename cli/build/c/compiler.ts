/**
 * Which compiler makes WebAssembly of C on this machine.
 *
 * @module
 */

import { join } from "@std/path";
import { toolchainMissing } from "../errors.ts";
import { isFolder } from "../files.ts";
import { askVersion, findTool } from "../tool.ts";

/** A compiler that has a C library for WebAssembly. */
export interface Compiler {
  readonly name: "zig" | "clang";
  readonly version: string;
  /** The program. */
  readonly program: string;
  /** What comes before all other arguments: target, and options that only this one needs. */
  readonly args: readonly string[];
}

/** Where Debian's packages, and the SDK of WASI, put the C library; the latter says so in `WASI_SDK_PATH`. */
const SYSROOTS = ["/usr/include/wasm32-wasi", "/usr/share/wasi-sysroot/include/wasm32-wasi"];

/**
 * Finds a compiler: `zig` on `PATH`, then the one that comes with the Python package `ziglang`, then the clang of
 * `WASI_SDK_PATH`, then `clang` on `PATH` where there is a C library for it.
 *
 * @throws {BuildError} `troupe.ToolchainMissing` when there is none.
 */
export async function findCompiler(): Promise<Compiler> {
  const found = await findZig() ?? await findZigOfPython() ?? await findClang();
  if (found) return found;
  throw toolchainMissing("C", {
    found: "A C compiler for WebAssembly is not on this machine",
    needs: "one",
    remedy:
      'install it with "python3 -m pip install ziglang==0.17.1" (zig on PATH, or a clang with wasi-libc, will ' +
      "do as well)",
  });
}

const ZIG_ARGS = ["-target", "wasm32-wasi"];
// The stack comes first, as with zig: one that overflows ends in a trap, and not in what lies below it.
const CLANG_ARGS = ["--target=wasm32-wasi", "-Wl,--stack-first"];

async function findZig(): Promise<Compiler | undefined> {
  const program = await findTool("zig");
  if (program === undefined) return undefined;
  const version = await askVersion(program, ["version"], /^(\S+)/);
  return version === undefined ? undefined : { name: "zig", version, program, args: ["cc", ...ZIG_ARGS] };
}

async function findZigOfPython(): Promise<Compiler | undefined> {
  for (const name of ["python3", "python"]) {
    const program = await findTool(name);
    if (program === undefined) continue;
    const version = await askVersion(program, ["-m", "ziglang", "version"], /^(\S+)/);
    if (version !== undefined) {
      return { name: "zig", version, program, args: ["-m", "ziglang", "cc", ...ZIG_ARGS] };
    }
  }
  return undefined;
}

async function findClang(): Promise<Compiler | undefined> {
  const sdk = Deno.env.get("WASI_SDK_PATH");
  const program = sdk ? join(sdk, "bin", "clang") : await findTool("clang");
  if (program === undefined) return undefined;
  if (!sdk && !(await Promise.all(SYSROOTS.map(isFolder))).includes(true)) return undefined;
  const version = await askVersion(program, ["--version"], /version (\S+)/);
  return version === undefined ? undefined : { name: "clang", version, program, args: CLANG_ARGS };
}
