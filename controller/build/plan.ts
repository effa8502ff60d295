/**
 * What all builders have to know: an actor, the settings, and what follows from both.
 *
 * @module
 */

import type { Topology } from "@troupe/host/transport/rabbitmq/topology";
import { topologyOf } from "@troupe/host/transport/rabbitmq/topology";
import type { ClusterActor } from "../cluster_actor.ts";
import { ActorSpecError, type SpecProblem } from "../errors.ts";
import { meshesOf, type MeshPlace, transportAddress } from "../mesh_place.ts";
import { API_VERSION } from "../resource.ts";
import type { ControllerSettings } from "../settings.ts";
import { readTransport, type TransportSettings } from "../transport_settings.ts";
import { objectName } from "./names.ts";
import type { Metadata } from "./objects.ts";

/** Where the queue of an actor is. */
export interface QueuePlan {
  /** Address of the transport, with the mesh's namespace, without credentials. */
  readonly address: string;
  readonly transport: TransportSettings;
  /** Names of everything on the broker. */
  readonly topology: Topology;
  /** Name of the actor's queue. */
  readonly queue: string;
  /** Name of the queue of its suspects; undefined where deliveries are not counted. */
  readonly suspects: string | undefined;
}

/** What builders work with. */
export interface Plan {
  readonly actor: ClusterActor;
  readonly settings: ControllerSettings;
  readonly queue: QueuePlan;
  /** Name of each of its objects. */
  readonly name: string;
}

/** The mesh of an actor. */
export function meshOf({ actor, queue }: Plan): MeshPlace {
  return { transport: actor.spec.transport, namespace: queue.topology.namespace };
}

/** Whether nobody is installed who would record what ends in its mesh. */
export function lacksCrew(plan: Plan): boolean {
  const { transport, namespace } = meshOf(plan);
  // One that runs elsewhere is somebody else's.
  return plan.queue.transport.crew &&
    !meshesOf(plan.settings).some((mesh) => mesh.transport === transport && mesh.namespace === namespace);
}

/** Labels by which the pods of an actor are found. They never change: a Deployment could not be applied any more. */
export function selectorOf({ actor }: Plan): Record<string, string> {
  return { "app.kubernetes.io/name": "troupe-actor", "app.kubernetes.io/instance": actor.name };
}

/** Labels of everything that is made for an actor. */
export function labelsOf(plan: Plan): Record<string, string> {
  return {
    ...selectorOf(plan),
    "app.kubernetes.io/component": "actor",
    "app.kubernetes.io/part-of": "troupe",
    "app.kubernetes.io/managed-by": "troupe-controller",
  };
}

/** What every object of an actor has. */
export function metadataOf(plan: Plan, annotations?: Readonly<Record<string, string>>): Metadata {
  const { actor, name } = plan;
  return {
    name,
    namespace: actor.namespace,
    labels: labelsOf(plan),
    ...(annotations === undefined || Object.keys(annotations).length === 0 ? {} : { annotations }),
    ownerReferences: [{
      apiVersion: API_VERSION,
      kind: "Actor",
      name: actor.name,
      uid: actor.uid,
      controller: true,
      blockOwnerDeletion: true,
    }],
  };
}

/**
 * What follows from an actor and the settings.
 *
 * @throws {ActorSpecError} when the actor asks for what the settings do not have, or do not allow.
 */
export function planOf(actor: ClusterActor, settings: ControllerSettings): Plan {
  const transport = Object.hasOwn(settings.transports, actor.spec.transport)
    ? settings.transports[actor.spec.transport]
    : undefined;
  const problems = [...problemsOf(actor, settings)];
  if (!transport) {
    const known = Object.keys(settings.transports).join(", ");
    problems.push({
      path: "spec.transport",
      message:
        `names ${actor.spec.transport}, which the controller's settings do not have: there is ${known}`,
    });
  }
  if (!transport || problems.length > 0) {
    const file = `actor ${actor.namespace}/${actor.name}`;
    throw new ActorSpecError(problems.map((problem) => ({ file, ...problem })));
  }
  return { actor, settings, name: objectName(actor.name), queue: queuePlanOf(actor, transport) };
}

/** Where the queue of an actor is with a transport. */
export function queuePlanOf(
  { name, namespace }: Pick<ClusterActor, "name" | "namespace">,
  transport: TransportSettings,
): QueuePlan {
  // Namespaces of the cluster that share a broker do not share queues, unless somebody says so.
  const address = transportAddress(transport, namespace);
  const topology = topologyOf(readTransport(address));
  return {
    address,
    transport,
    topology,
    queue: topology.queueOf(name),
    suspects: topology.suspectsOf(name),
  };
}

type Problem = Omit<SpecProblem, "file">;

function* problemsOf({ spec }: ClusterActor, settings: ControllerSettings): Generator<Problem> {
  for (const [i, { type }] of spec.scaling.triggers.entries()) {
    if (settings.triggers.includes(type)) continue;
    yield {
      path: `spec.scaling.triggers[${i}].type`,
      message:
        `is ${type}, which the controller's settings do not allow: there is ${
          settings.triggers.join(", ")
        }. ` +
        "Whoever runs the cluster can add it",
    };
  }
  if (spec.grants.state && !settings.state) {
    yield {
      path: "spec.grants.state",
      message:
        "needs a place, and the controller's settings have no state: whoever runs the cluster can add it",
    };
  }
  const reserved = reservedSecrets(settings);
  for (const [path, name] of secretsOf(spec)) {
    if (!reserved.has(name)) continue;
    yield {
      path,
      message: `names the Secret ${name}, which is the host's own: no actor is given what is in it`,
    };
  }
}

/** The Secrets that hosts sign in with. */
function reservedSecrets({ transports, store, objects, state }: ControllerSettings): ReadonlySet<string> {
  const names = [
    ...Object.values(transports).flatMap(({ credentials, tls }) => [credentials.secret, tls?.secret]),
    ...[store?.password?.name, state?.password?.name, objects?.keys?.secret],
  ];
  return new Set(names.filter((name) => name !== undefined));
}

/** The Secrets that an actor asks for. */
function* secretsOf({ grants }: ClusterActor["spec"]): Generator<[path: string, name: string]> {
  for (const [name, { secretKeyRef }] of Object.entries(grants.secrets ?? {})) {
    if (secretKeyRef) yield [`spec.grants.secrets.${name}`, secretKeyRef.name];
  }
  for (const [i, { headers = {} }] of (grants.http ?? []).entries()) {
    for (const [name, { from: { secretKeyRef } }] of Object.entries(headers)) {
      if (secretKeyRef) yield [`spec.grants.http[${i}].headers.${name}`, secretKeyRef.name];
    }
  }
  for (const [i, { secret }] of (grants.files ?? []).entries()) {
    if (secret !== undefined) yield [`spec.grants.files[${i}].secret`, secret];
  }
}
