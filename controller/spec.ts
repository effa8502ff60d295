/**
 * Reads an `actor.yaml`.
 *
 * @module
 */

import type { Grants } from "@troupe/host/grants";
import { DEFAULT_LIMITS, type Isolation, type Limits } from "@troupe/host/limits";
import type { Rate } from "@troupe/host/rate";
import type { Resiliency } from "@troupe/host/resiliency";
import { dirname, resolve } from "@std/path";
import { grantsOf } from "./grants_resource.ts";
import { nearest } from "./nearest.ts";
import { readResource } from "./read_resource.ts";
import { resiliencyOf } from "./resiliency_resource.ts";
import { ActorResource, FIELDS, NOT_YET } from "./resource.ts";

export { ActorSpecError, type SpecProblem } from "./errors.ts";

/** An actor, ready to be run: paths are absolute, sizes bytes, times milliseconds. */
export interface ActorSpec {
  /** A DNS label; the name of its queue too. */
  readonly name: string;
  /** Where its component is. */
  readonly component:
    | { readonly kind: "file"; readonly path: string }
    | { readonly kind: "https"; readonly url: string; readonly sha256: string };
  readonly isolation: Isolation;
  readonly limits: Limits;
  readonly grants: Grants;
  readonly resiliency: Resiliency;
  /** How often it may run; as often as there is something to do, where nothing is said. */
  readonly rate?: Rate | undefined;
  /** The `actor.yaml`. */
  readonly file: string;
  /** The folder that it is in, with the actor's source if there is one. */
  readonly folder: string;
}

/**
 * Reads the spec of one actor.
 *
 * @param text YAML, or JSON.
 * @param options `file`: where the text is from; relative paths in it start at its folder.
 * @throws {ActorSpecError} with everything that is wrong: file, line, field, what, and what to do.
 *
 * @example
 * ```ts
 * import { parseActorSpec } from "@troupe/controller/spec";
 * import { assertEquals } from "@std/assert";
 *
 * const text = `
 * apiVersion: troupe.dev/v1alpha1
 * kind: Actor
 * metadata: { name: split }
 * spec:
 *   component: { file: build/split.wasm }
 *   limits: { timeout: 2s }
 * `;
 * const spec = parseActorSpec(text, { file: "/mesh/split/actor.yaml" });
 * assertEquals(spec.component, { kind: "file", path: "/mesh/split/build/split.wasm" });
 * assertEquals(spec.limits.timeoutMs, 2000);
 * ```
 */
export function parseActorSpec(text: string, { file }: { readonly file: string }): ActorSpec {
  const { metadata, spec } = readResource(text, { file, schema: ActorResource, unknownField });
  const path = resolve(file);
  return {
    name: metadata.name,
    component: componentOf(spec.component, dirname(path)),
    isolation: spec.isolation,
    limits: limitsOf(spec.limits),
    grants: grantsOf(spec.grants, dirname(path)),
    resiliency: resiliencyOf(spec.resiliency),
    ...(spec.rate === undefined ? {} : { rate: spec.rate }),
    file: path,
    folder: dirname(path),
  };
}

function limitsOf(limits: ActorResource["spec"]["limits"]): Limits {
  const { memory, timeout, cpu, residentMemory, requestTimeout, requestBytes, responseBytes, ...rest } =
    limits;
  return {
    ...rest,
    memoryBytes: memory,
    timeoutMs: timeout,
    requestBytes: requestBytes ?? DEFAULT_LIMITS.requestBytes,
    responseBytes: responseBytes ?? DEFAULT_LIMITS.responseBytes,
    requestMs: requestTimeout ?? DEFAULT_LIMITS.requestMs,
    ...(cpu === undefined ? {} : { cpuMs: cpu }),
    ...(residentMemory === undefined ? {} : { residentBytes: residentMemory }),
  };
}

function componentOf(
  { file, url, sha256 }: ActorResource["spec"]["component"],
  folder: string,
): ActorSpec["component"] {
  if (file !== undefined) return { kind: "file", path: resolve(folder, file) };
  // The schema lets nothing else through.
  return { kind: "https", url: url as string, sha256: sha256 as string };
}

function unknownField(key: string, within: string): string {
  if (NOT_YET.has(within === "" ? key : `${within}.${key}`)) {
    return "is not supported by this version of Troupe: remove it";
  }
  if (within === "" && key === "status") return "is written by the controller: remove it";
  const known = FIELDS.get(kindOf(within)) ?? [];
  const meant = nearest(key, known);
  const advice = meant === undefined ? `the fields here are ${known.join(", ")}` : `did you mean ${meant}?`;
  return `is not a field of an Actor; ${advice}`;
}

/** The path of an object as `FIELDS` has it: whatever people named is left out. */
function kindOf(path: string): string {
  return path.replace(/\[\d+\]/g, "[]").replace(
    /^(spec\.resiliency\.policies|spec\.grants\.secrets)\..+$/,
    "$1.*",
  );
}
