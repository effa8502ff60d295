/**
 * Components that lie in a namespace, and those that nobody needs any more.
 *
 * @module
 */

import {
  isKubeError,
  type KubeClient,
  type KubeObject,
  KubeObjectSchema,
  pathOf,
  refOf,
} from "@troupe/controller/kube";
import { z } from "zod";
import { ACTOR, COMPONENT_LABEL, CONFIG_MAP, DEPLOYER, isOf, MESH_LABEL } from "./ours.ts";

/** Of none, an API server says so otherwise than of none with all that they have. */
const MetadataList = z.looseObject({ items: z.array(KubeObjectSchema.pick({ metadata: true })).nullish() });

const METADATA_ALONE = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

/** Where a mesh is. */
export interface MeshPlace {
  readonly mesh: string;
  readonly namespace: string;
}

/** The components of a mesh, without what is in them: their names and labels. */
export async function componentsThere(
  client: KubeClient,
  { mesh, namespace }: MeshPlace,
  signal?: AbortSignal,
): Promise<readonly KubeObject[]> {
  const path = pathOf(await client.resource(CONFIG_MAP), { namespace });
  const query = { labelSelector: `${MESH_LABEL}=${mesh},${COMPONENT_LABEL}` };
  const answer = await client.requests.json("GET", path, { query, accept: METADATA_ALONE, signal });
  const { items } = MetadataList.parse(answer);
  return (items ?? []).map(({ metadata }) => ({ ...CONFIG_MAP, metadata })).filter((object) =>
    isOf(mesh, object)
  );
}

const Spec = z.looseObject({
  spec: z.looseObject({
    component: z.looseObject({ configMap: z.looseObject({ name: z.string() }).optional() }),
  }),
});

/** Names of the components that actors of a namespace name, whosever they are. */
async function named(client: KubeClient, namespace: string): Promise<ReadonlySet<string>> {
  try {
    const { items } = await client.list(ACTOR, { namespace });
    const names = items.map((actor) => Spec.safeParse(actor).data?.spec.component.configMap?.name);
    return new Set(names.filter((name) => name !== undefined));
  } catch (error) {
    // Where there are no actors, nobody names anything.
    if (isKubeError(error, "troupe.KubeUnknownKind", "troupe.KubeNotFound")) return new Set();
    throw error;
  }
}

/** The components of a mesh that no actor names. @param kept Names of those that are needed all the same. */
export async function unneededComponents(
  client: KubeClient,
  place: MeshPlace,
  kept: ReadonlySet<string> = new Set(),
): Promise<KubeObject[]> {
  const [there, needed] = [await componentsThere(client, place), await named(client, place.namespace)];
  return there.filter(({ metadata: { name = "" } }) => !kept.has(name) && !needed.has(name));
}

/**
 * Removes components that no actor names.
 *
 * Somebody else may deploy an actor that names one in this very moment. So after it is gone, actors are looked at again, and
 * it is put back if one does; who deploys looks after its actors whether what they name is there. Whoever of both is last
 * finds it.
 *
 * @returns Names of those that are gone.
 */
export async function removeComponents(
  client: KubeClient,
  unneeded: readonly KubeObject[],
  namespace: string,
): Promise<string[]> {
  const gone: KubeObject[] = [];
  for (const object of unneeded) {
    const whole = await client.find(refOf(object));
    if (whole === undefined || whole.metadata.uid !== object.metadata.uid) continue;
    await client.delete(refOf(object), { uid: object.metadata.uid });
    gone.push(whole);
  }
  if (gone.length === 0) return [];
  const needed = await named(client, namespace);
  const back = gone.filter(({ metadata: { name = "" } }) => needed.has(name));
  for (const object of back) await putBack(client, object);
  return gone.filter((object) => !back.includes(object)).map(({ metadata: { name = "" } }) => name);
}

async function putBack(client: KubeClient, { metadata, ...object }: KubeObject): Promise<void> {
  const { name, namespace, labels } = metadata;
  const again = { ...object, metadata: { name, namespace, labels } } as KubeObject;
  try {
    await client.apply(again, { fieldManager: DEPLOYER });
  } catch (error) {
    // Who deployed the actor was faster.
    if (!isKubeError(error, "troupe.KubeAlreadyExists", "troupe.KubeConflict")) throw error;
  }
}
