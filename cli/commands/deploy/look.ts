/**
 * Looks whether objects of others are there, and never at what is in them: only their metadata are asked for, in which the
 * API server's account of who has set what names their entries.
 *
 * @module
 */

import {
  isKubeError,
  type KubeClient,
  type KubeObject,
  KubeObjectSchema,
  pathOf,
} from "@troupe/controller/kube";
import { accountsOf } from "./ours.ts";
import { type Reference, remedyFor } from "./references.ts";
import type { Teller } from "./tell.ts";

/** What an API server is asked for: an object's metadata, and nothing that is in it. */
export const METADATA_ALONE = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

/** What was seen of an object. */
export type Sight =
  | { readonly state: "missing" | "hidden" }
  /** `keys` is undefined where nobody has kept account of them. */
  | { readonly state: "there"; readonly keys: ReadonlySet<string> | undefined };

/** Looks at an object. */
export async function lookAt(
  client: KubeClient,
  { kind, namespace, name }: Pick<Reference, "kind" | "namespace" | "name">,
  signal: AbortSignal,
): Promise<Sight> {
  const path = pathOf(await client.resource({ apiVersion: "v1", kind }), { namespace, name });
  try {
    const answer = await client.requests.json("GET", path, { accept: METADATA_ALONE, signal });
    return { state: "there", keys: keysOf(KubeObjectSchema.parse(answer)) };
  } catch (error) {
    if (isKubeError(error, "troupe.KubeNotFound")) return { state: "missing" };
    if (isKubeError(error, "troupe.KubeForbidden")) return { state: "hidden" };
    throw error;
  }
}

/** The names of an object's entries. */
export function keysOf(object: KubeObject): ReadonlySet<string> | undefined {
  const accounts = accountsOf(object);
  if (accounts.length === 0) return undefined;
  const keys = accounts.flatMap(({ fieldsV1 }) => {
    const fields = (fieldsV1 ?? {}) as Readonly<
      Record<string, Readonly<Record<string, unknown>> | undefined>
    >;
    return ["f:data", "f:stringData", "f:binaryData"].flatMap((part) => Object.keys(fields[part] ?? {}));
  });
  return new Set(keys.filter((key) => key.startsWith("f:")).map((key) => key.slice(2)));
}

/** Says of each whether it is there. */
export async function checkReferences(
  client: KubeClient,
  references: readonly Reference[],
  { missing, teller, signal }: {
    /** Namespaces that are not there: nothing can be in them yet. */
    readonly missing: ReadonlySet<string>;
    readonly teller: Teller;
    readonly signal: AbortSignal;
  },
): Promise<boolean> {
  const sights = await Promise.all(references.map((reference) => lookAt(client, reference, signal)));
  let fits = true;
  const told = new Set<string>();
  for (const [i, reference] of references.entries()) {
    const { kind, namespace, name, keys } = reference;
    const what = `${kind} ${name} in ${namespace}, for ${reference.for.join(" and ")}`;
    const sight = sights[i] as Sight;
    const known = sight.state === "there" ? sight.keys : undefined;
    const lacking = known === undefined ? [] : keys.filter((key) => !known.has(key));
    if (sight.state === "hidden") {
      teller.step({
        state: "warn",
        text: `${what}: you may not look whether it is there`,
        advice: `If it is not: ${remedyFor(reference)}`,
      });
    } else if (sight.state === "missing") {
      fits = false;
      // Commands can be copied one after the other: what was made is not made again.
      const isMade = !missing.has(namespace) || told.has(namespace);
      const first = isMade ? "" : `kubectl create namespace ${namespace}\n`;
      told.add(namespace);
      teller.step({
        state: "bad",
        text: `${what}: it is not there`,
        advice: `${first}${remedyFor(reference)}`,
      });
    } else if (lacking.length > 0) {
      fits = false;
      const advice = `kubectl edit ${kind.toLowerCase()} ${name} -n ${namespace}`;
      teller.step({ state: "bad", text: `${what}: it has no entry ${lacking.join(" and ")}`, advice });
    } else teller.step({ state: "ok", text: what });
  }
  return fits;
}
