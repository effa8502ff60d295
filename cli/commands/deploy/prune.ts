/**
 * What a former deployment made, and that is not wanted any more.
 *
 * @module
 */

import { isKubeError, type KubeClient, type KubeObject, refOf } from "@troupe/controller/kube";
import type { MeshPlace } from "./components_there.ts";
import { ACTOR, isOf, MESH_LABEL } from "./ours.ts";
import { nameOf } from "./wanted.ts";

/** The actors of a mesh that are in a cluster, whoever runs there beside them. */
export async function deployedActors(
  client: KubeClient,
  { mesh, namespace }: MeshPlace,
  signal?: AbortSignal,
): Promise<KubeObject[]> {
  try {
    const selection = { namespace, labelSelector: `${MESH_LABEL}=${mesh}` };
    const { items } = await client.list(ACTOR, selection, { signal });
    return items.filter((actor) => isOf(mesh, actor));
  } catch (error) {
    if (isKubeError(error, "troupe.KubeUnknownKind", "troupe.KubeNotFound")) return [];
    throw error;
  }
}

/** Those that are not among these. */
export function leftover(there: readonly KubeObject[], wanted: readonly KubeObject[]): KubeObject[] {
  const names = new Set(wanted.map(nameOf));
  return there.filter((object) => !names.has(nameOf(object)));
}

/** Deletes objects; one that somebody has made anew meanwhile stays. @returns Those that were there. */
export async function deleteAll(
  client: KubeClient,
  objects: readonly KubeObject[],
  signal?: AbortSignal,
): Promise<KubeObject[]> {
  const gone: KubeObject[] = [];
  for (const object of objects) {
    if (signal?.aborted) break;
    try {
      if (await client.delete(refOf(object), { uid: object.metadata.uid })) gone.push(object);
    } catch (error) {
      if (!isKubeError(error, "troupe.KubeConflict")) throw error;
    }
  }
  return gone;
}
