/**
 * Compiles an actor in C to a core module.
 *
 * @module
 */

import { join } from "@std/path";
import { BuildError, cannotCompile } from "../errors.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { runTool } from "../tool.ts";
import type { Compiler } from "./compiler.ts";
import { SDK_FOLDER } from "./sources.ts";

/**
 * Options of every compilation. What the compiler warns of unasked is an error: nobody would read it otherwise. The stack
 * is there from the start, and is cleared after each envelope.
 */
export const FLAGS = [
  ...["-std=gnu17", "-Os", "-Werror", "-mexec-model=reactor"],
  ...["-Wl,-z,stack-size=262144", "-Wl,--strip-all", "-fmacro-prefix-map=./="],
] as const;

/**
 * Compiles and links.
 *
 * @param files The author's files, relative to the folder.
 * @throws {BuildError} in the compiler's words, which name file and line.
 */
export async function compile(
  compiler: Compiler,
  { folder, files }: { readonly folder: string; readonly files: readonly string[] },
): Promise<Uint8Array<ArrayBuffer>> {
  await using work = await temporaryFolder();
  const output = join(work.path, "core.wasm");
  const sources = [...files.map((name) => `./${name}`), join(SDK_FOLDER, "troupe.c")];
  const args = [...compiler.args, ...FLAGS, `-I${SDK_FOLDER}`, ...sources, "-o", output];
  const run = await runTool(compiler.program, args, { cwd: folder });
  if (!run.success) throw refused(folder, run.stderr);
  const bytes = await Deno.readFile(output);
  requireNoSystem(folder, bytes);
  return bytes;
}

function refused(folder: string, text: string): BuildError {
  if (/undefined symbol:? handle\b/.test(text)) {
    return new BuildError(
      "troupe.BadHandler",
      `No file in ${folder} defines the actor's function: write "troupe_json handle(troupe_json payload)"`,
    );
  }
  return cannotCompile(folder, text.replaceAll(/^\.\//gm, `${folder}/`));
}

/** What the C library would ask of a system that has files and sockets is imported under this name. */
const SYSTEM = "wasi_snapshot_preview1";

function requireNoSystem(folder: string, bytes: Uint8Array<ArrayBuffer>): void {
  const calls = WebAssembly.Module.imports(new WebAssembly.Module(bytes))
    .filter(({ module }) => module === SYSTEM).map(({ name }) => name);
  if (calls.length === 0) return;
  throw new BuildError(
    "troupe.AbsentGlobal",
    `The source in ${folder} uses functions of the C library that need the system's ${
      calls.join(", ")
    }: there are no ` +
      "files, folders and sockets for an actor in C; leave fopen and its kin out",
  );
}
