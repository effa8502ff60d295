/**
 * Builds actors: from an author's source to a component.
 *
 * What is the same in every language is here: that a component is up to date when its record says that it was made of
 * these inputs, that one process builds it while others wait, and that whoever reads the file has the old one or the new.
 *
 * @module
 */

import { Slots } from "@troupe/host/slots";
import type { ActorSpec } from "@troupe/controller/spec";
import { digestBytes } from "./digest.ts";
import { BuildError, cannotWrite } from "./errors.ts";
import { readIfThere } from "./files.ts";
import { type BuildRecord, holdRecord, readRecord } from "./record.ts";
import { findSource, type FoundSource, sourceNames } from "./source.ts";

export { BuildError, type BuildErrorCode } from "./errors.ts";

/** Options of {@linkcode buildActor}. */
export interface BuildOptions {
  /** Whether to check the types of the source. */
  readonly check: boolean;
}

/** A component that is there. */
export interface BuiltComponent {
  readonly path: string;
  /** SHA-256 of its bytes, in hex. */
  readonly digest: string;
  /** In bytes. */
  readonly size: number;
}

/** What came of a build. */
export interface BuildResult {
  /** Whether the component was made now; false when it was up to date, or there is nothing that it is made of. */
  readonly built: boolean;
  /** How long it took, in milliseconds, without the time that it waited for others. */
  readonly ms: number;
  /** The component; none when it is fetched over the network when the actor starts. */
  readonly component?: BuiltComponent;
  /** The language of its source; none when it is taken as it is. */
  readonly language?: string;
}

/** Each build is several processes; more at once would only take memory. */
const slots = new Slots(navigator.hardwareConcurrency);

/**
 * Builds the component of an actor, if it is out of date. Any number of processes may do so at once: one builds, the
 * others wait and find it up to date.
 *
 * @param spec The actor. Its source is beside its `actor.yaml`: see {@linkcode findSource}.
 * @throws {BuildError} when it cannot be built; what was there before is left as it was.
 */
export async function buildActor(spec: ActorSpec, options: BuildOptions): Promise<BuildResult> {
  if (spec.component.kind !== "file") return { built: false, ms: 0 };
  const { path } = spec.component;
  const source = await findSource(spec);
  if (source !== undefined) {
    return await slots.use(async () => {
      const started = performance.now();
      const result = await buildSource(source, { ...options, path });
      return { ...result, language: source.language.name, ms: performance.now() - started };
    });
  }
  const component = await readComponent(path);
  if (component) return { built: false, ms: 0, component };
  throw new BuildError(
    "troupe.NoSource",
    `${spec.file} names the component ${path}, which does not exist, and there is no source beside it to build it ` +
      `from: write one (${sourceNames()}), or put the component there`,
  );
}

interface Target extends BuildOptions {
  /** Where the component is to be. */
  readonly path: string;
}

async function buildSource(
  source: FoundSource,
  { path, check }: Target,
): Promise<{ readonly built: boolean; readonly component: BuiltComponent }> {
  await using opened = await source.language.open(source);
  const inputs = await opened.inputs();
  const before = await current(path, inputs);
  if (before && (before.record.checked || !check)) return { built: false, component: before.component };
  using held = await holdRecord(path);
  // Somebody else may have built it meanwhile.
  const found = await current(path, inputs);
  if (found) {
    if (check && !found.record.checked) {
      await opened.check();
      await held.write({ ...found.record, checked: true });
    }
    return { built: false, component: found.component };
  }
  if (check) await opened.check();
  const bytes = await opened.make();
  const component = { path, digest: await digestBytes(bytes), size: bytes.length };
  await putInPlace(bytes, path).catch(cannotWrite(path));
  // A source that was changed meanwhile may be in it or not: without a record it is built again.
  if (await opened.inputs() === inputs) {
    const { language: { name: language } } = source;
    const tools = await opened.tools();
    await held.write({ inputs, component: component.digest, checked: check, language, tools });
  }
  return { built: true, component };
}

/** The component and its record, when it was made of these inputs and is what was made. */
async function current(
  path: string,
  inputs: string,
): Promise<{ readonly record: BuildRecord; readonly component: BuiltComponent } | undefined> {
  const record = await readRecord(path);
  if (record?.inputs !== inputs) return undefined;
  const component = await readComponent(path);
  return component?.digest === record.component ? { record, component } : undefined;
}

async function readComponent(path: string): Promise<BuiltComponent | undefined> {
  const bytes = await readIfThere(path);
  return bytes && { path, digest: await digestBytes(bytes), size: bytes.length };
}

/**
 * Whoever reads the file has the old component or the new one, never a part. Only who holds the record does this: what a
 * process that was killed has left is written over.
 */
async function putInPlace(bytes: Uint8Array<ArrayBuffer>, path: string): Promise<void> {
  const temporary = `${path}.tmp`;
  await Deno.writeFile(temporary, bytes);
  await Deno.rename(temporary, path);
}
