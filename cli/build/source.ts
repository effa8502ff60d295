/**
 * Where an actor's source is.
 *
 * @module
 */

import type { ActorSpec } from "@troupe/controller/spec";
import { join } from "@std/path";
import { BuildError } from "./errors.ts";
import { isFile } from "./files.ts";

/** Names of the file that is an actor's source, beside its `actor.yaml`. */
export const SOURCE_FILES = ["actor.ts", "actor.js"] as const;

/**
 * Finds the source of an actor.
 *
 * @returns Its path; undefined when there is none, so that the component has to be there as it is.
 * @throws {BuildError} when there are two.
 */
export async function findSource({ folder }: Pick<ActorSpec, "folder">): Promise<string | undefined> {
  const found: string[] = [];
  for (const name of SOURCE_FILES) {
    const path = join(folder, name);
    if (await isFile(path)) found.push(path);
  }
  if (found.length > 1) {
    throw new BuildError(
      "troupe.NoSource",
      `${found.join(" and ")} could both be the source: remove one of them`,
    );
  }
  return found[0];
}
