/**
 * `troupe build`: every actor of a folder.
 *
 * @module
 */

import { loadMesh } from "@troupe/controller/mesh";
import { buildActor } from "../../build/mod.ts";
import { Output } from "../../view/output.ts";
import { EXIT } from "../exit_code.ts";

/** Options of `troupe build`. */
export interface BuildCommandOptions {
  /** Folder in which every `actor.yaml` is looked for. */
  readonly dir: string;
  /** Whether to check the types of the sources. */
  readonly check: boolean;
  readonly json: boolean;
}

/**
 * Builds every actor.
 *
 * @returns The exit code.
 */
export async function build({ dir, check }: BuildCommandOptions): Promise<number> {
  const out = new Output();
  for (const spec of await loadMesh(dir)) {
    const { built } = await buildActor(spec, { check });
    await out.line(`${spec.name} ${built ? "built" : "up to date"}`);
  }
  await out.flush();
  return EXIT.ok;
}
