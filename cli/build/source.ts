/**
 * Where an actor's source is, and in which language.
 *
 * @module
 */

import type { ActorSpec } from "@troupe/controller/spec";
import { join } from "@std/path";
import { BuildError } from "./errors.ts";
import { isFile } from "./files.ts";
import type { Language, Source } from "./language.ts";
import { LANGUAGES } from "./languages.ts";

/** A source that was found. */
export interface FoundSource extends Source {
  readonly language: Language;
}

/**
 * Finds the source of an actor.
 *
 * @returns Undefined when there is none, so that the component has to be there as it is.
 * @throws {BuildError} when there are two.
 */
export async function findSource(
  { folder, name: actor }: Pick<ActorSpec, "folder" | "name">,
): Promise<FoundSource | undefined> {
  const found: FoundSource[] = [];
  for (const language of LANGUAGES) {
    for (const name of language.sources) {
      const file = join(folder, name);
      if (await isFile(file)) found.push({ language, file, folder, actor });
    }
  }
  if (found.length > 1) {
    throw new BuildError(
      "troupe.NoSource",
      `${found.map(({ file }) => file).join(" and ")} could both be the source: remove one of them`,
    );
  }
  return found[0];
}

/** Names of all files that can be a source, for a person: `actor.ts, actor.js or Cargo.toml`. */
export function sourceNames(): string {
  const names = LANGUAGES.flatMap(({ sources }) => sources);
  return [names.slice(0, -1).join(", "), ...names.slice(-1)].filter((part) => part !== "").join(" or ");
}
