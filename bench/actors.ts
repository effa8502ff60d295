/**
 * The actor that does nothing, under as many names as the measurements need.
 *
 * @module
 */

import { buildActor } from "@troupe/cli/build";
import { parseActorSpec } from "@troupe/controller/spec";
import type { ActorSpec } from "@troupe/controller/spec";
import type { Isolation } from "@troupe/host/limits";
import { join } from "@std/path";

/** Builds an actor out of one file of JavaScript, as another folder beside. @returns Its spec. */
export async function buildBenchActor(
  folder: string,
  { name, source, spec = "" }: { readonly name: string; readonly source: string; readonly spec?: string },
): Promise<ActorSpec> {
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(join(folder, "actor.js"), source);
  const text = `apiVersion: troupe.dev/v1alpha1
kind: Actor
metadata: { name: ${name} }
spec:
  component: { file: build/${name}.wasm }
${spec}`;
  const parsed = parseActorSpec(text, { file: join(folder, "actor.yaml") });
  await buildActor(parsed, { check: false });
  return parsed;
}

/** Makes the specs; the component is built once. */
export interface BenchActors {
  /** The spec of a no-op actor. */
  spec(name: string, isolation: Isolation): ActorSpec;
  /**
   * Path of its `actor.yaml`, written anew.
   *
   * @param options `concurrency`: envelopes in hand at once. @default as many as an actor has that says nothing of it
   */
  file(name: string, isolation: Isolation, options?: { readonly concurrency?: number }): Promise<string>;
}

/** Builds the no-op actor in a folder. */
export async function buildBenchActors(folder: string): Promise<BenchActors> {
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(join(folder, "actor.js"), "export const handle = (payload) => payload;\n");
  const text = (name: string, isolation: Isolation, concurrency?: number) =>
    `apiVersion: troupe.dev/v1alpha1
kind: Actor
metadata: { name: ${name} }
spec:
  component: { file: build/noop.wasm }
  isolation: ${isolation}
${concurrency === undefined ? "" : `  limits: { concurrency: ${concurrency} }\n`}`;
  const file = join(folder, "actor.yaml");
  const spec = (name: string, isolation: Isolation) => parseActorSpec(text(name, isolation), { file });
  await buildActor(spec("noop", "fresh"), { check: false });
  return {
    spec,
    async file(name, isolation, { concurrency } = {}) {
      await Deno.writeTextFile(file, text(name, isolation, concurrency));
      return file;
    },
  };
}
