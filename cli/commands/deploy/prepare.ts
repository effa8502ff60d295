/**
 * What a folder says, as it is to be in a cluster; no cluster is asked.
 *
 * @module
 */

import { buildActor } from "@troupe/controller/build";
import { readClusterActor } from "@troupe/controller/cluster_actor";
import { installation } from "@troupe/controller/install";
import type { KubeObject } from "@troupe/controller/kube";
import { ActorSpecError } from "@troupe/controller/mesh";
import { meshesOf } from "@troupe/controller/mesh_place";
import type { ControllerSettings } from "@troupe/controller/settings";
import type { ActorComponent } from "./components.ts";
import { loadManifests, loadSettings, type MeshActor, meshNameOf } from "./mesh_folder.ts";
import type { DeployOptions } from "./options.ts";
import { ACTOR } from "./ours.ts";
import type { Teller } from "./tell.ts";
import { actorObject, inOrder } from "./wanted.ts";

/** A mesh that is to be deployed. */
export interface PreparedMesh {
  readonly mesh: string;
  readonly actors: readonly MeshActor[];
  /** Undefined where somebody else installs the controller, and they are not said. */
  readonly settings: ControllerSettings | undefined;
  /** Objects of the controller and the crew; none where somebody else installs them. */
  readonly installation: readonly KubeObject[];
}

/**
 * Reads a folder.
 *
 * @throws {ActorSpecError} with everything that is wrong in its files.
 * @throws {DeployError} when there are no settings, and there have to be.
 */
export async function prepare(
  { dir, settings: file, actorsOnly, systemNamespace }: DeployOptions,
  namespace: string,
): Promise<PreparedMesh> {
  const actors = await loadManifests(dir, namespace);
  const settings = await loadSettings(dir, { file, needed: !actorsOnly });
  return {
    mesh: await meshNameOf(dir),
    actors,
    settings,
    installation: actorsOnly || settings === undefined
      ? []
      : installation(settings, { namespace: systemNamespace }) as unknown as KubeObject[],
  };
}

/** Everything that is to be applied, in order. */
export function objectsOf(
  { mesh, actors, installation }: PreparedMesh,
  { namespace, components }: {
    readonly namespace: string;
    readonly components: readonly ActorComponent[];
  },
): KubeObject[] {
  const byActor = new Map(components.map((each) => [each.actor, each]));
  return inOrder([
    ...installation,
    ...components.flatMap(({ object }) => object ?? []),
    ...actors.map(({ name, manifest }) =>
      actorObject(manifest, { mesh, namespace, component: byActor.get(name)?.component })
    ),
  ]);
}

/**
 * Checks actors as the controller will.
 *
 * @throws {ActorSpecError} with everything that they ask for and its settings do not have, or do not allow.
 */
export function checkActors(objects: readonly KubeObject[], settings: ControllerSettings | undefined): void {
  if (settings === undefined) return;
  const problems = objects.filter(({ kind }) => kind === ACTOR.kind).flatMap((object) => {
    try {
      // An API server would give it a uid, of which nothing here depends.
      buildActor(readClusterActor({ ...object, metadata: { ...object.metadata, uid: "" } }), settings);
      return [];
    } catch (error) {
      if (!(error instanceof ActorSpecError)) throw error;
      return error.problems;
    }
  });
  if (problems.length > 0) throw new ActorSpecError(problems);
}

/** Says when nobody would record what comes to its end here. */
export function checkCrew({ settings, installation }: PreparedMesh, namespace: string, teller: Teller): void {
  if (settings === undefined || installation.length === 0) return;
  const places = meshesOf(settings);
  for (const [transport, { address, crew }] of Object.entries(settings.transports)) {
    // Where somebody else has the crew, or all actors of the cluster have one, there is nothing to name.
    if (!crew || /[?&]namespace=/.test(address)) continue;
    if (places.some((place) => place.transport === transport && place.namespace === namespace)) continue;
    teller.step({
      state: "warn",
      text:
        `the queues of ${namespace} on the transport ${transport} have no crew: what ends there is not recorded`,
      advice: `In the settings, name it: crew: { namespaces: [${
        [...new Set([...settings.crew.namespaces.filter((each) => each !== "default"), namespace])].join(", ")
      }] }`,
    });
  }
}
