/**
 * The actors of a mesh that is kept in a folder.
 *
 * @module
 */

import { TroupeError } from "@troupe/host/errors";
import { join } from "@std/path";
import { type ActorSpec, ActorSpecError, parseActorSpec } from "./spec.ts";

export type { ActorSpec } from "./spec.ts";

/** Folders in which no actor is looked for. */
const PASSED_OVER = new Set(["build", "node_modules", "target"]);

/** A folder that is no mesh. */
export class NoActorsError extends TroupeError {
  constructor(folder: string, options?: ErrorOptions) {
    super(
      "troupe.NoActors",
      "user",
      `There is no actor.yaml in ${folder} or below: name the mesh's folder, or make an actor with "troupe new NAME"`,
      options,
    );
  }
}

/**
 * Reads every `actor.yaml` below a folder, in the order of the actors' names.
 *
 * @throws {NoActorsError} when there is none.
 * @throws {MeshError} when any is wrong, or two have the same name.
 */
export async function loadMesh(folder: string): Promise<ActorSpec[]> {
  const files = await Array.fromAsync(actorFiles(folder));
  if (files.length === 0) throw new NoActorsError(folder);
  const specs: ActorSpec[] = [];
  const mistakes: string[] = [];
  for (const file of files) {
    try {
      specs.push(parseActorSpec(await Deno.readTextFile(file), { file }));
    } catch (error) {
      if (!(error instanceof ActorSpecError)) throw error;
      mistakes.push(error.message);
    }
  }
  const byName = new Map<string, ActorSpec>();
  for (const spec of specs) {
    const other = byName.get(spec.name);
    if (other) {
      mistakes.push(
        `${spec.file}: the name ${spec.name} is taken by ${other.file}: give one of them another`,
      );
    }
    byName.set(spec.name, spec);
  }
  if (mistakes.length > 0) throw new MeshError(mistakes);
  return specs.toSorted((a, b) => a.name < b.name ? -1 : 1);
}

/** Specs of a mesh that are wrong, all of them. */
export class MeshError extends TroupeError {
  constructor(mistakes: readonly string[]) {
    super("troupe.BadSpec", "user", mistakes.join("\n"));
  }
}

async function* actorFiles(folder: string): AsyncGenerator<string> {
  let entries: Deno.DirEntry[];
  try {
    entries = await Array.fromAsync(Deno.readDir(folder));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      throw new NoActorsError(folder, { cause: error });
    }
    throw error;
  }
  for (const { name, isFile, isDirectory } of entries) {
    if (isFile && name === "actor.yaml") yield join(folder, name);
    if (isDirectory && !name.startsWith(".") && !PASSED_OVER.has(name)) yield* actorFiles(join(folder, name));
  }
}
