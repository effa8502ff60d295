/**
 * The status of an actor, written when it is not what it was.
 *
 * @module
 */

import { FIELD_MANAGER } from "../build/mod.ts";
import type { KubeClient, KubeObject } from "../kube/mod.ts";
import { type ActorCondition, ActorStatus } from "../status_resource.ts";
import { conditionsOf, type Verdicts } from "./conditions.ts";

/** The status of an actor as it is; empty where it is none that the controller writes. */
export function statusOf(object: KubeObject): ActorStatus {
  return ActorStatus.safeParse(object.status ?? {}).data ?? {};
}

/** The conditions of an actor as they are. */
export function conditionsIn(object: KubeObject): readonly ActorCondition[] {
  return statusOf(object).conditions ?? [];
}

/** What a status is made of. */
export interface StatusFacts {
  readonly verdicts: Verdicts;
  readonly replicas: number;
  readonly readyReplicas: number;
  readonly queue: string | undefined;
  readonly componentDigest: string | undefined;
  /** When, as RFC 3339. */
  readonly now: string;
}

/** The status that an actor is to have. */
export function statusFrom(object: KubeObject, facts: StatusFacts): ActorStatus {
  const { verdicts, replicas, readyReplicas, queue, componentDigest, now } = facts;
  const generation = object.metadata.generation ?? 0;
  return {
    observedGeneration: generation,
    conditions: conditionsOf(verdicts, { generation, now, before: conditionsIn(object) }),
    replicas,
    readyReplicas,
    ...(queue === undefined ? {} : { queue }),
    ...(componentDigest === undefined ? {} : { componentDigest }),
  };
}

/** Whether two statuses say the same. */
export function sameStatus(a: ActorStatus, b: ActorStatus): boolean {
  const text = (status: ActorStatus) =>
    JSON.stringify([
      status.observedGeneration,
      status.replicas,
      status.readyReplicas,
      status.queue,
      status.componentDigest,
      [...status.conditions ?? []].sort((one, other) => one.type < other.type ? -1 : 1).map((condition) =>
        Object.entries(condition).sort(([one], [other]) => one < other ? -1 : 1)
      ),
    ]);
  return text(a) === text(b);
}

/** Writes a status. @returns The actor as it is then. */
export async function writeStatus(
  client: KubeClient,
  object: KubeObject,
  { status, signal }: { readonly status: ActorStatus; readonly signal: AbortSignal },
): Promise<KubeObject> {
  const { apiVersion, kind, metadata: { name, namespace, uid } } = object;
  // With its uid: an actor of the same name that was made meanwhile is another one.
  return await client.apply({ apiVersion, kind, metadata: { name, namespace, uid }, status }, {
    fieldManager: FIELD_MANAGER,
    subresource: "status",
    force: true,
    signal,
  });
}
