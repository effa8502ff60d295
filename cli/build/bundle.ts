/**
 * The author's modules, the libraries and the SDK's runtime become one script.
 *
 * @module
 */

import { join } from "@std/path";
import { runDeno } from "./deno.ts";
import { BuildError } from "./errors.ts";
import { ENTRY } from "./toolchain.ts";
import type { WorkFolder } from "./work_folder.ts";

/** Bundles. Nothing is run. @throws {BuildError} with file and line, when the source cannot be bundled. */
export async function bundle(work: WorkFolder): Promise<string> {
  const output = join(work.path, "bundle.js");
  const { success, stderr } = await runDeno([
    "bundle",
    "--quiet",
    "--platform=browser",
    "--sourcemap=external",
    "--external=troupe:actor/*",
    "--external=wasi:*",
    ...work.flags,
    `--output=${output}`,
    ENTRY,
  ], { cwd: work.path });
  if (!success) throw new BuildError("troupe.SourceError", stderr);
  return output;
}
