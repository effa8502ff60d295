/**
 * Finds the actors of a mesh: every `actor.yaml` below a folder.
 *
 * @module
 */

import { TroupeError } from "@troupe/host/errors";
import { join } from "@std/path";
import { ActorSpecError, type SpecProblem } from "./errors.ts";
import { type ActorSpec, parseActorSpec } from "./spec.ts";

export { ActorSpecError, type SpecProblem } from "./errors.ts";
export type { ActorSpec } from "./spec.ts";

/** There is no actor where a mesh was looked for. */
export class NoActorsError extends TroupeError {
  /** @param problem What is the matter with the folder. */
  constructor(folder: string, problem: string, options?: ErrorOptions) {
    const advice = `name the mesh's folder, or make an actor with "troupe new NAME"`;
    super("troupe.NoActors", "user", `${folder} ${problem}: ${advice}`, options);
  }
}

/** Name of the file that describes an actor. */
export const SPEC_FILE = "actor.yaml";

/** Folders that hold no actors of the mesh. Hidden ones hold none, either. */
const SKIPPED = new Set(["build", "node_modules"]);

/**
 * Reads every `actor.yaml` below a folder. Hidden folders, `build` and `node_modules` are passed over, links to folders
 * are not followed.
 *
 * @param dir The folder.
 * @returns The actors, sorted by name.
 * @throws {ActorSpecError} with everything that is wrong in all of the files; also when two actors share a name.
 * @throws {NoActorsError} when there is no actor, or no such folder.
 */
export function loadMesh(dir: string): Promise<ActorSpec[]> {
  return loadActors(dir, parseActorSpec);
}

/**
 * As {@linkcode loadMesh}, with another way to read a file.
 *
 * @param read Makes of a file's text what is wanted of it.
 */
export async function loadActors<T extends { readonly name: string; readonly file: string }>(
  dir: string,
  read: (text: string, place: { readonly file: string }) => T,
): Promise<T[]> {
  const files = await Array.fromAsync(findSpecs(dir));
  if (files.length === 0) {
    throw new NoActorsError(dir, `has no ${SPEC_FILE} in it or below`);
  }
  const specs: T[] = [];
  const problems: SpecProblem[] = [];
  for (const file of files.sort()) {
    try {
      specs.push(read(await Deno.readTextFile(file), { file }));
    } catch (error) {
      if (!(error instanceof ActorSpecError)) throw error;
      problems.push(...error.problems);
    }
  }
  problems.push(...doubles(specs));
  if (problems.length > 0) throw new ActorSpecError(problems);
  return specs.sort((a, b) => a.name < b.name ? -1 : 1);
}

async function* findSpecs(folder: string): AsyncGenerator<string> {
  let entries: Deno.DirEntry[];
  try {
    entries = await Array.fromAsync(Deno.readDir(folder));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new NoActorsError(folder, "does not exist", { cause: error });
    }
    if (error instanceof Deno.errors.NotADirectory) {
      throw new NoActorsError(folder, "is not a folder", { cause: error });
    }
    throw error;
  }
  for (const { name, isDirectory, isFile } of entries) {
    if (isFile && name === SPEC_FILE) yield join(folder, name);
    if (isDirectory && !name.startsWith(".") && !SKIPPED.has(name)) yield* findSpecs(join(folder, name));
  }
}

function doubles(specs: readonly Pick<ActorSpec, "name" | "file">[]): SpecProblem[] {
  const first = new Map<string, string>();
  const problems: SpecProblem[] = [];
  for (const { name, file } of specs) {
    const other = first.get(name);
    if (other === undefined) first.set(name, file);
    else {
      const message = `is ${name}, and so is that of ${other}: rename one of them`;
      problems.push({ file, path: "metadata.name", message });
    }
  }
  return problems;
}
