/**
 * The mark on an actor that has something outside of the cluster to be cleaned up before it goes: its queue.
 *
 * @module
 */

import { type KubeClient, type KubeObject, refOf } from "../kube/mod.ts";

/** The mark. */
export const FINALIZER = "troupe.dev/queue";

/** Whether an actor has the mark. */
export function hasFinalizer({ metadata }: KubeObject): boolean {
  return metadata.finalizers?.includes(FINALIZER) ?? false;
}

/**
 * Sets the mark, or takes it away; nothing is written when that is so already.
 *
 * @returns The actor as it is then; nothing when there was nothing to write.
 * @throws {KubeError} `troupe.KubeConflict` when the actor has changed meanwhile.
 */
export async function setFinalizer(
  client: KubeClient,
  object: KubeObject,
  { wanted, signal }: { readonly wanted: boolean; readonly signal: AbortSignal },
): Promise<KubeObject | undefined> {
  if (hasFinalizer(object) === wanted) return undefined;
  const { finalizers: before = [], resourceVersion } = object.metadata;
  const finalizers = wanted ? [...before, FINALIZER] : before.filter((each) => each !== FINALIZER);
  return await client.merge(refOf(object), { metadata: { finalizers, resourceVersion } }, { signal });
}
