/**
 * One script becomes a component.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import { runDeno } from "./deno.ts";
import { BuildError } from "./errors.ts";
import { TREE_CONFIG, TREE_LOCK } from "./toolchain.ts";
import type { WorkFolder } from "./work_folder.ts";

const CHILD = fromFileUrl(new URL("./child/main.ts", import.meta.url));

/**
 * Makes the component, in a process of its own: the author's module is evaluated by the engine that goes into the
 * component, and what happens to it there happens to nothing else.
 *
 * @param script Path of the script.
 * @returns The component's bytes.
 * @throws {BuildError} when the module throws while it is loaded.
 */
export async function componentize(script: string, work: WorkFolder): Promise<Uint8Array<ArrayBuffer>> {
  const output = join(work.path, "component.wasm");
  const { success, stderr } = await runDeno(
    [
      "run",
      "-A",
      "--quiet",
      "--config",
      TREE_CONFIG,
      "--lock",
      TREE_LOCK,
      "--frozen",
      CHILD,
      work.wit,
      script,
      output,
    ],
    { cwd: work.path },
  );
  if (!success) throw new BuildError("troupe.LoadFailed", stderr);
  return await Deno.readFile(output);
}
