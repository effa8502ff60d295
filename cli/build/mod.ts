/**
 * Builds actors: from an author's source to a component.
 *
 * @module
 */

import type { ActorSpec } from "@troupe/controller/spec";
import { dirname } from "@std/path";
import { bundle } from "./bundle.ts";
import { componentize } from "./componentize.ts";
import { BuildError } from "./errors.ts";
import { findSource, isFile } from "./source.ts";
import { makeWorkFolder } from "./work_folder.ts";

export { BuildError, type BuildErrorCode } from "./errors.ts";

/** Options of {@linkcode buildActor}. */
export interface BuildOptions {
  /** Whether to check the types of the source. */
  readonly check: boolean;
}

/** Builds the component of an actor, if it is out of date. */
export async function buildActor(spec: ActorSpec, _options: BuildOptions): Promise<{ built: boolean }> {
  if (spec.component.kind !== "file") return { built: false };
  const { path } = spec.component;
  const source = await findSource(spec);
  if (source === undefined) {
    if (await isFile(path)) return { built: false };
    throw new BuildError(
      "troupe.NoSource",
      `${path} does not exist, and there is no source beside ${spec.file}`,
    );
  }
  await using work = await makeWorkFolder(source);
  const component = await componentize(await bundle(work), work);
  await Deno.mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${crypto.randomUUID()}`;
  await Deno.writeFile(temporary, component);
  await Deno.rename(temporary, path);
  return { built: true };
}
