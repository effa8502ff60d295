/**
 * Reads an `actor.yaml`.
 *
 * @module
 */

import type { Grants } from "@troupe/host/grants";
import type { Isolation, Limits } from "@troupe/host/limits";
import type { Rate } from "@troupe/host/rate";
import type { Resiliency } from "@troupe/host/resiliency";
import { dirname, resolve } from "@std/path";
import { grantsOf } from "./grants_resource.ts";
import { limitsOf } from "./limits_resource.ts";
import { keeps, LAPTOP_RULES } from "./place_rules.ts";
import { readResource } from "./read_resource.ts";
import { resiliencyOf } from "./resiliency_resource.ts";
import { ActorResource } from "./resource.ts";
import { unknownActorField } from "./unknown_field.ts";

export { ActorSpecError, type SpecProblem } from "./errors.ts";

/** An actor, ready to be run: paths are absolute, sizes bytes, times milliseconds. */
export interface ActorSpec {
  /** A DNS label; the name of its queue too. */
  readonly name: string;
  /** Where its component is. */
  readonly component:
    | { readonly kind: "file"; readonly path: string; readonly sha256?: string }
    | { readonly kind: "https"; readonly url: string; readonly sha256: string }
    | { readonly kind: "oci"; readonly reference: string };
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

const LocalActorResource = ActorResource.superRefine(keeps(LAPTOP_RULES));

/**
 * Reads the spec of one actor, for a local mesh. What only a cluster makes something of, such as `scaling`, is checked and
 * left alone.
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
  const { metadata, spec } = readResource(text, {
    file,
    schema: LocalActorResource,
    unknownField: unknownActorField,
  });
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

function componentOf(
  { file, oci, url, sha256 }: ActorResource["spec"]["component"],
  folder: string,
): ActorSpec["component"] {
  if (file !== undefined) {
    return { kind: "file", path: resolve(folder, file), ...(sha256 === undefined ? {} : { sha256 }) };
  }
  if (oci !== undefined) return { kind: "oci", reference: oci };
  // The schema lets nothing else through.
  return { kind: "https", url: url as string, sha256: sha256 as string };
}
