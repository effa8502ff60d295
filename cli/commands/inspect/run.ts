/**
 * `troupe inspect`: what a component needs, and whether it would be accepted.
 *
 * @module
 */

import { type ActorSpec, parseActorSpec } from "@troupe/controller/spec";
import type { ComponentSource } from "@troupe/host/component";
import { inspect } from "@troupe/host/component/prepare";
import { describeSource } from "@troupe/host/component/read";
import { DEFAULT_LIMITS } from "@troupe/host/limits";
import { OciReferenceError } from "@troupe/host/oci/errors";
import { type OciReference, parseReference } from "@troupe/host/oci/reference";
import { resolve } from "@std/path";
import { Output } from "../../view/output.ts";
import { stylesFor } from "../../view/styles.ts";
import { EXIT } from "../exit_code.ts";
import { UsageError } from "../usage_error.ts";
import { inspectionJson, inspectionLines } from "./print.ts";

/** Options of `troupe inspect`. */
export interface InspectOptions {
  /** A component, or its reference in a registry. @default the actor's */
  readonly file: string | undefined;
  /** The `actor.yaml` whose grants and limits count. @default no grants, and the default limits */
  readonly actor?: string;
  readonly json: boolean;
}

/**
 * Inspects a component, in a sandbox, and prints what was found.
 *
 * @returns The exit code: failed when it would be refused.
 * @throws {ComponentSourceError} when it cannot be read; {@linkcode RegistryError} of a registry.
 * @throws {UsageError} when nothing is named, or there is no such `actor.yaml`; {@linkcode ActorSpecError} when it is wrong.
 */
export async function inspectFile({ file, actor, json }: InspectOptions): Promise<number> {
  const spec = actor === undefined ? undefined : await readSpec(actor);
  const { grants, limits } = spec ?? ANYBODY;
  const source = file === undefined ? sourceOf(spec) : await findSource(file);
  // What is transpiled on the way is of no use afterwards: a mesh has a cache of its own.
  const cacheDir = await Deno.makeTempDir({ prefix: "troupe-inspect-" });
  try {
    const onWarning = (message: string) => console.error(`warning: ${message}`);
    const found = await inspect(source, { cacheDir, grants, limits, onWarning });
    const out = new Output();
    const named = { file: file ?? describeSource(source) };
    const lines = json
      ? [inspectionJson(found, named)]
      : inspectionLines(found, { ...named, styles: stylesFor(Deno.stdout) });
    for (const line of lines) await out.line(line);
    await out.flush();
    return found.refusals.length > 0 ? EXIT.failed : EXIT.ok;
  } finally {
    await Deno.remove(cacheDir, { recursive: true });
  }
}

function sourceOf(spec: ActorSpec | undefined): ComponentSource {
  if (spec === undefined) throw new UsageError("Name a component, or an actor.yaml with --actor");
  return spec.component;
}

/** What has a tag or a digest, and is no file, is in a registry. */
async function findSource(what: string): Promise<ComponentSource> {
  const source = { kind: "file", path: resolve(what) } as const;
  let named: OciReference;
  try {
    named = parseReference(what);
  } catch (error) {
    if (!(error instanceof OciReferenceError)) throw error;
    return source;
  }
  if (named.tag === undefined && named.digest === undefined) return source;
  const isThere = await Deno.stat(source.path).then(() => true, () => false);
  return isThere ? source : { kind: "oci", reference: what };
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
