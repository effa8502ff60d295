/**
 * The component that is to be pushed: of an actor, built first, or one that is there.
 *
 * @module
 */

import { parseActorSpec } from "@troupe/controller/spec";
import type { Inspection } from "@troupe/host/component";
import { ComponentRefusedError } from "@troupe/host/component/errors";
import { readComponent } from "@troupe/host/component/read";
import { join, resolve } from "@std/path";
import { inspectBuilt } from "../../build/inspect_built.ts";
import { buildActor } from "../../build/mod.ts";
import { UsageError } from "../usage_error.ts";

/** A component, and what a person should know of it. */
export interface PushedBytes {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly inspection: Inspection;
  /** Why a host would refuse it as its actor is granted now. */
  readonly warnings: readonly string[];
}

/**
 * Finds it.
 *
 * @param what A folder with an `actor.yaml`, an `actor.yaml`, or a component.
 * @throws {UsageError} when there is nothing there to be pushed.
 * @throws {BuildError} when it cannot be built; {@linkcode ComponentSourceError} when it cannot be read.
 * @throws {ComponentRefusedError} when it could be the component of no actor.
 */
export async function componentToPush(
  what: string,
  options: { readonly check: boolean },
): Promise<PushedBytes> {
  const file = await specFile(what);
  return file === undefined ? await fromFile(resolve(what)) : await fromActor(file, options);
}

/** The `actor.yaml`; undefined when it is a component that is named. */
async function specFile(what: string): Promise<string | undefined> {
  if (/\.ya?ml$/.test(what)) return what;
  const isFolder = await Deno.stat(what).then(({ isDirectory }) => isDirectory, (cause: unknown) => {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new UsageError(`There is no ${what}: name an actor's folder, or a component`, { cause });
  });
  return isFolder ? join(what, "actor.yaml") : undefined;
}

/** Grants and memory are for the actor to say. */
const ANYBODY = { grants: { route: [] }, limits: { memoryBytes: Infinity } };

async function fromFile(path: string): Promise<PushedBytes> {
  const bytes = await readComponent({ kind: "file", path });
  const inspection = await inspectBuilt({ path, bytes, builtHere: false }, ANYBODY);
  requireComponent(path, inspection);
  // What nobody can be granted is worth a word.
  const never = inspection.imports.filter(({ need }) => need === "unknown");
  const warnings = never.map(({ name }) => `It imports ${name}, which no actor has: no host would run it`);
  return { bytes, inspection, warnings };
}

async function fromActor(file: string, { check }: { readonly check: boolean }): Promise<PushedBytes> {
  const text = await Deno.readTextFile(file).catch((cause: unknown) => {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new UsageError(`There is no ${file}: name an actor's folder, or a component`, { cause });
  });
  const spec = parseActorSpec(text, { file });
  const { component, language } = await buildActor(spec, { check });
  if (component === undefined) {
    throw new UsageError(`The component of ${file} is fetched from elsewhere: there is nothing to push`);
  }
  const { path } = component;
  const bytes = await readComponent({ kind: "file", path });
  const inspection = await inspectBuilt({ path, bytes, builtHere: language !== undefined }, spec);
  requireComponent(path, inspection);
  return { bytes, inspection, warnings: inspection.refusals.map(({ message }) => message) };
}

/** Grants may be given later, and by whoever runs it. */
function requireComponent(from: string, inspection: Inspection): void {
  const refusals = inspection.refusals.filter(({ code }) => code !== "troupe.ImportDenied");
  if (refusals.length > 0) throw new ComponentRefusedError(from, { ...inspection, refusals });
}
