/**
 * The actor that a command line names.
 *
 * @module
 */

import { SPEC_FILE } from "@troupe/controller/mesh";
import { type ActorSpec, parseActorSpec } from "@troupe/controller/spec";
import { join } from "@std/path";
import { UsageError } from "../usage_error.ts";

/**
 * Reads the spec of an actor.
 *
 * @param named Its folder, or its `actor.yaml`.
 * @throws {UsageError} when there is none.
 * @throws {ActorSpecError} when it is wrong.
 */
export async function findActor(named: string): Promise<ActorSpec> {
  const file = await isFolder(named) ? join(named, SPEC_FILE) : named;
  if (!/\.(ya?ml|json)$/.test(file)) {
    throw new UsageError(`${named} is no actor.yaml: name the folder of an actor, or its actor.yaml`);
  }
  try {
    return parseActorSpec(await Deno.readTextFile(file), { file });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    const problem = file === named ? `There is no ${named}` : `${named} has no ${SPEC_FILE} in it`;
    throw new UsageError(`${problem}: name the folder of an actor, or its actor.yaml`, { cause: error });
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) throw error;
    throw new UsageError(`There is no ${path}: name the folder of an actor, or its actor.yaml`, {
      cause: error,
    });
  }
}
