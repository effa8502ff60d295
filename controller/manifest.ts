/**
 * An `actor.yaml` on its way into a cluster.
 *
 * @module
 */

import { parse } from "yaml";
import { http } from "./http_grant.ts";
import { CLUSTER_RULES, keeps } from "./place_rules.ts";
import { readResource } from "./read_resource.ts";
import { type ActorManifest, ActorResource } from "./resource.ts";
import { unknownActorField } from "./unknown_field.ts";

export type { ActorManifest } from "./resource.ts";

/** A file is let through: whoever deploys the actor puts it where the cluster finds it. */
const RULES = CLUSTER_RULES.filter(({ path, field }) => !(path === "spec.component" && field === "file"));

const DeployableActor = ActorResource.superRefine(keeps(RULES));

/**
 * Reads an `actor.yaml` that is to go into a cluster: checked by all rules of a cluster but that for `component.file`, and
 * as it is written, except that what can be written in a short form has the long one, which API servers take alone.
 *
 * @param text YAML, or JSON.
 * @param options `file`: where it is from, for messages.
 * @throws {ActorSpecError} with everything that is wrong: file, line, field, what, and what to do.
 *
 * @example
 * ```ts
 * import { readManifest } from "@troupe/controller/manifest";
 * import { assertEquals } from "@std/assert";
 *
 * const { spec } = readManifest(`
 * apiVersion: troupe.dev/v1alpha1
 * kind: Actor
 * metadata: { name: split }
 * spec:
 *   component: { file: build/split.wasm }
 *   grants: { state: true }
 * `, { file: "actor.yaml" });
 * assertEquals(spec.grants, { state: {} });
 * ```
 */
export function readManifest(text: string, { file }: { readonly file: string }): ActorManifest {
  readResource(text, { file, schema: DeployableActor, unknownField: unknownActorField });
  return inLongForm(parse(text) as ActorManifest);
}

/** The same, with the long form of what has a short one. What it says has been checked. */
function inLongForm(manifest: ActorManifest): ActorManifest {
  const { grants } = manifest.spec;
  if (grants === undefined) return manifest;
  const long = {
    ...grants,
    ...(grants.state === true ? { state: {} } : {}),
    ...(Array.isArray(grants.http) ? { http: grants.http.map(longRule) } : {}),
  };
  return { ...manifest, spec: { ...manifest.spec, grants: long } };
}

function longRule(entry: unknown): unknown {
  return typeof entry === "string" ? http.parse([entry])[0] : entry;
}
