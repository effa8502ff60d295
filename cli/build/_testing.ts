/**
 * Actors of a few lines, made for one test.
 *
 * @module
 */

import { type ActorSpec, parseActorSpec } from "@troupe/controller/spec";
import { prepareComponent } from "@troupe/host/component/prepare";
import { parseEnvelope } from "@troupe/host/envelope";
import type { HopResult } from "@troupe/host/hop";
import { startStage } from "@troupe/host/stage/supervisor";
import { assertRejects } from "@std/assert";
import { dirname, join } from "@std/path";
import { buildActor } from "./mod.ts";
import { BuildError } from "./errors.ts";

/** An actor in a folder that is gone when it goes out of scope (`await using`). */
export interface TestActor extends AsyncDisposable {
  readonly folder: string;
  readonly spec: ActorSpec;
  /** Writes a file below the folder. */
  write(name: string, text: string): Promise<void>;
}

/** Makes an actor outside of any `deno.json`. */
export async function testActor(files: Readonly<Record<string, string>>): Promise<TestActor> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "troupe-actor-" }));
  const write = async (name: string, text: string) => {
    await Deno.mkdir(dirname(join(folder, name)), { recursive: true });
    await Deno.writeTextFile(join(folder, name), text);
  };
  for (const [name, text] of Object.entries(files)) await write(name, text);
  return {
    folder,
    spec: specIn(folder),
    write,
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

/** The spec of an actor in a folder. */
export function specIn(folder: string): ActorSpec {
  const text = `
apiVersion: troupe.dev/v1alpha1
kind: Actor
metadata: { name: tested }
spec: { component: { file: build/tested.wasm } }
`;
  return parseActorSpec(text, { file: join(folder, "actor.yaml") });
}

/** The message with which an actor cannot be built; paths of its folder are told as `~`. */
export async function problemOf(files: Readonly<Record<string, string>>, code: string): Promise<string> {
  await using actor = await testActor(files);
  const error = await assertRejects(() => buildActor(actor.spec, { check: true }), BuildError);
  if (error.code !== code) throw new Error(`${error.code} is not ${code}: ${error.message}`);
  return error.message.replaceAll(actor.folder, "~");
}

/** Runs a built actor on payloads, in its sandbox. */
export async function hops(
  { spec, folder }: Pick<TestActor, "spec" | "folder">,
  payloads: readonly unknown[],
): Promise<HopResult[]> {
  const { name, limits, grants, isolation } = spec;
  const cacheDir = join(folder, "cache");
  const component = await prepareComponent(spec.component, { cacheDir, grants, limits });
  const stage = await startStage({ actor: name, component, limits, isolation, grants, cacheDir });
  try {
    const results: HopResult[] = [];
    for (const [n, payload] of payloads.entries()) {
      const body = JSON.stringify({ id: `hop-${n}`, route: { prev: [], curr: name, next: [] }, payload });
      results.push(await stage.run(parseEnvelope(new TextEncoder().encode(body))));
    }
    return results;
  } finally {
    await stage.close();
  }
}
