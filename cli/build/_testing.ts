/**
 * Actors of a few lines, made for one test.
 *
 * @module
 */

import { type ActorSpec, parseActorSpec } from "@troupe/controller/spec";
import { parseEnvelope } from "@troupe/host/envelope";
import type { HopResult } from "@troupe/host/hop";
import { assertRejects } from "@std/assert";
import { dirname, join } from "@std/path";
import { TestStage } from "../commands/test/stage.ts";
import { BuildError } from "./errors.ts";
import { buildActor } from "./mod.ts";
import { temporaryFolder } from "./temporary_folder.ts";

/** An actor in a folder that is gone when it goes out of scope (`await using`). */
export interface TestActor extends AsyncDisposable {
  readonly folder: string;
  readonly spec: ActorSpec;
  /** Writes a file below the folder. */
  write(name: string, text: string): Promise<void>;
}

/** What a test says of an actor beside its files. */
export interface TestActorOptions {
  /** More of its spec, in YAML: fields beside `component`. @default nothing */
  readonly spec?: string;
}

/** Makes an actor outside of any `deno.json`. */
export async function testActor(
  files: Readonly<Record<string, string>>,
  options: TestActorOptions = {},
): Promise<TestActor> {
  await using resources = new AsyncDisposableStack();
  const { path: folder } = resources.use(await temporaryFolder());
  await writeFiles(folder, files);
  const spec = specIn(folder, options);
  const kept = resources.move();
  return {
    folder,
    spec,
    write: (name, text) => writeFiles(folder, { [name]: text }),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** Writes files below a folder, with the folders that they are in. */
export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await Deno.mkdir(dirname(join(folder, name)), { recursive: true });
    await Deno.writeTextFile(join(folder, name), text);
  }
}

/** The spec of an actor in a folder. */
export function specIn(folder: string, { spec = "" }: TestActorOptions = {}): ActorSpec {
  const text = `
apiVersion: troupe.dev/v1alpha1
kind: Actor
metadata: { name: tested }
spec:
  component: { file: build/tested.wasm }
${spec.replaceAll(/^/gm, "  ")}
`;
  return parseActorSpec(text, { file: join(folder, "actor.yaml") });
}

/** The message with which an actor cannot be built; paths of its folder are told as `~`. */
export async function problemOf(files: Readonly<Record<string, string>>, code: string): Promise<string> {
  await using actor = await testActor(files);
  return await problemIn(actor.spec, code);
}

/** The message with which the actor of a spec cannot be built; paths of its folder are told as `~`. */
export async function problemIn(spec: ActorSpec, code: string): Promise<string> {
  const error = await assertRejects(() => buildActor(spec, { check: true }), BuildError);
  if (error.code !== code) throw new Error(`${error.code} is not ${code}: ${error.message}`);
  return error.message.replaceAll(spec.folder, "~");
}

/** What came of payloads. */
export interface Hops {
  readonly results: readonly HopResult[];
  /** What the actor logged in all of them, as `level: message`. */
  readonly logs: readonly string[];
}

/** Runs a built actor on payloads, in its sandbox, with what it is granted. */
export async function runHops(spec: ActorSpec, payloads: readonly unknown[]): Promise<Hops> {
  await using stage = await TestStage.open(spec, {});
  const results: HopResult[] = [];
  const logs: string[] = [];
  for (const [n, payload] of payloads.entries()) {
    const body = JSON.stringify({ id: `hop-${n}`, route: { prev: [], curr: spec.name, next: [] }, payload });
    const { result, said } = await stage.run(parseEnvelope(new TextEncoder().encode(body)));
    results.push(result);
    for (const line of said) if (line.kind === "log") logs.push(`${line.level}: ${line.message}`);
  }
  return { results, logs };
}

/** What came of payloads, of an actor whose logs are of no interest. */
export async function hops(
  { spec }: Pick<TestActor, "spec">,
  payloads: readonly unknown[],
): Promise<readonly HopResult[]> {
  return (await runHops(spec, payloads)).results;
}
