/**
 * All that there is of an actor in a cluster, in a form in which two can be compared: without what differs by itself.
 *
 * @module
 */

import { OWNED_KINDS } from "@troupe/controller/build";
import { Informer, type KubeClient, type KubeObject } from "@troupe/controller/kube";

/** Set by the API server, or by the clock. */
const METADATA = ["uid", "resourceVersion", "creationTimestamp", "deletionTimestamp", "selfLink"];
const TIMES = ["lastTransitionTime", "time"];
/** What is in every namespace. */
const OTHERS: ReadonlySet<string> = new Set(["ConfigMap/kube-root-ca.crt", "ServiceAccount/default"]);
const ACTOR = { apiVersion: "troupe.dev/v1alpha1", kind: "Actor" };
const EVENT = { apiVersion: "events.k8s.io/v1", kind: "Event" };
/** Kinds whose status is said by others than the controller. */
const STATUS_OF_OTHERS: ReadonlySet<string> = new Set(["Deployment", "PodDisruptionBudget"]);

/** What is in a namespace. */
export interface Snapshot {
  /** The actors and what was made for them, by `KIND/NAME`. */
  readonly objects: Readonly<Record<string, unknown>>;
  /** Events about actors: `TYPE REASON ACTION`, with how often each was told. */
  readonly events: Readonly<Record<string, number>>;
}

/** Waits until an event with a reason has been told in a namespace. */
export async function told(client: KubeClient, namespace: string, reason: string): Promise<void> {
  const end = new AbortController();
  const informer = new Informer({
    client,
    kind: EVENT,
    namespace,
    fieldSelector: `reason=${reason}`,
    onChange: () => end.abort(),
  });
  await informer.run(end.signal);
}

/** All actors of a namespace, all that is of a kind that is made for actors, whosever it is, and all events about actors. */
export async function snapshot(client: KubeClient, namespace: string): Promise<Snapshot> {
  const objects: Record<string, unknown> = {};
  await Promise.all([ACTOR, ...OWNED_KINDS].map(async (kind) => {
    for (const object of (await client.list(kind, { namespace })).items) {
      const key = `${kind.kind}/${object.metadata.name}`;
      if (!OTHERS.has(key)) objects[key] = comparable(object, namespace);
    }
  }));
  const { items } = await client.list(EVENT, { namespace });
  const events: Record<string, number> = {};
  for (const { type, reason, action, regarding, series } of items) {
    if ((regarding as { kind?: string }).kind !== ACTOR.kind) continue;
    const key = `${type} ${reason} ${action}`;
    events[key] = (events[key] ?? 0) + ((series as { count?: number } | undefined)?.count ?? 1);
  }
  return { objects, events };
}

function comparable({ status, ...object }: KubeObject, namespace: string): unknown {
  const kept = STATUS_OF_OTHERS.has(object.kind) ? object : { ...object, status };
  const text = JSON.stringify(kept).replaceAll(namespace, "NAMESPACE")
    // Hashes are of what differs between two namespaces.
    .replace(/"[0-9a-f]{32}"/g, '"HASH"').replace(/"[0-9a-f]{64}"/g, '"HASH"');
  const copy = JSON.parse(text, (key, value) => TIMES.includes(key) ? undefined : sorted(key, value));
  for (const key of METADATA) delete copy.metadata[key];
  for (const owner of copy.metadata.ownerReferences ?? []) owner.uid = "UID";
  copy.metadata.managedFields = managers(copy.metadata.managedFields);
  return copy;
}

/** Who has set what; owners are in it by their ids. */
function managers(fields: readonly { readonly manager: string }[] | undefined) {
  return fields?.filter(({ manager }) => manager === "troupe-controller").map((each) =>
    JSON.parse(JSON.stringify(each).replace(/\\"uid\\":\\"[0-9a-f-]+\\"/g, "UID"))
  ).sort((a, b) => JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
}

/** Conditions in the order of their types. */
function sorted(key: string, value: unknown): unknown {
  if (key !== "conditions" || !Array.isArray(value)) return value;
  return value.sort((a, b) => String(a.type) < String(b.type) ? -1 : 1);
}
