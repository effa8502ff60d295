/**
 * `troupe inspect`: what a component needs, and whether it would be accepted.
 *
 * @module
 */

import { type ActorSpec, parseActorSpec } from "@troupe/controller/spec";
import { inspect } from "@troupe/host/component/prepare";
import { DEFAULT_LIMITS } from "@troupe/host/limits";
import { resolve } from "@std/path";
import { Output } from "../../view/output.ts";
import { stylesFor } from "../../view/styles.ts";
import { EXIT } from "../exit_code.ts";
import { UsageError } from "../usage_error.ts";
import { inspectionJson, inspectionLines } from "./print.ts";

/** Options of `troupe inspect`. */
export interface InspectOptions {
  /** The component. */
  readonly file: string;
  /** The `actor.yaml` whose grants and limits count. @default no grants, and the default limits */
  readonly actor?: string;
  readonly json: boolean;
}

/**
 * Inspects a component, in a sandbox, and prints what was found.
 *
 * @returns The exit code: failed when it would be refused.
 * @throws {ComponentSourceError} when it cannot be read.
 * @throws {UsageError} when there is no such `actor.yaml`; {@linkcode ActorSpecError} when it is wrong.
 */
export async function inspectFile({ file, actor, json }: InspectOptions): Promise<number> {
  const { grants, limits } = actor === undefined ? ANYBODY : await readSpec(actor);
  // What is transpiled on the way is of no use afterwards: a mesh has a cache of its own.
  const cacheDir = await Deno.makeTempDir({ prefix: "troupe-inspect-" });
  try {
    const found = await inspect({ kind: "file", path: resolve(file) }, { cacheDir, grants, limits });
    const out = new Output();
    const lines = json
      ? [inspectionJson(found, { file })]
      : inspectionLines(found, { file, styles: stylesFor(Deno.stdout) });
    for (const line of lines) await out.line(line);
    await out.flush();
    return found.refusals.length > 0 ? EXIT.failed : EXIT.ok;
  } finally {
    await Deno.remove(cacheDir, { recursive: true });
  }
}

const ANYBODY: Pick<ActorSpec, "grants" | "limits"> = { grants: { route: [] }, limits: DEFAULT_LIMITS };

async function readSpec(file: string): Promise<ActorSpec> {
  let text: string;
  try {
    text = await Deno.readTextFile(file);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new UsageError(`There is no ${file}: name the actor.yaml with --actor`, { cause: error });
  }
  return parseActorSpec(text, { file });
}
