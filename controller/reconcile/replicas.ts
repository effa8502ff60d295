/**
 * How many replicas a Deployment is written with.
 *
 * KEDA and the autoscaler say how many there are, and anybody else may. Whoever says nothing of it when a Deployment is made
 * is given one replica, though; and who said something once, and then nothing any more, takes it away. So each writing names a
 * number: at first the least, and then what is there already, on condition that nobody has changed it meanwhile.
 *
 * @module
 */

import { z } from "zod";
import type { KubeObject } from "../kube/mod.ts";

const DeploymentShape = z.looseObject({ spec: z.looseObject({ replicas: z.number().default(1) }) });

/** What the number follows from. */
export interface ReplicaRules {
  /** `spec.suspend`. */
  readonly suspend: boolean;
  readonly scaling: {
    readonly min: number;
    /** `spec.scaling.paused`. */
    readonly paused: boolean;
  };
  /** Whether the cluster has KEDA: without it, nobody would start a first replica. */
  readonly hasKeda: boolean;
}

/**
 * How many replicas a Deployment is to have.
 *
 * @param there It as it is; nothing when there is none yet.
 *
 * @example
 * ```ts
 * import { replicasFor } from "./replicas.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const rules = { suspend: false, scaling: { min: 0, paused: false }, hasKeda: true };
 * assertEquals(replicasFor(undefined, rules), 0);
 * assertEquals(replicasFor(undefined, { ...rules, hasKeda: false }), 1);
 * ```
 */
export function replicasFor(
  there: KubeObject | undefined,
  { suspend, scaling: { min, paused }, hasKeda }: ReplicaRules,
): number {
  if (suspend) return 0;
  const least = hasKeda ? min : Math.max(min, 1);
  if (!there) return least;
  const now = specReplicas(there);
  return hasKeda || paused ? now : Math.max(now, least);
}

/** How many replicas a Deployment asks for. */
export function specReplicas(deployment: KubeObject): number {
  return DeploymentShape.parse(deployment).spec.replicas;
}

/** A Deployment that is to be applied, with a number of replicas, if it is as it was when that number was found. */
export function withReplicas(
  wanted: KubeObject,
  { there, replicas }: { readonly there: KubeObject | undefined; readonly replicas: number },
): KubeObject {
  const { resourceVersion } = there?.metadata ?? {};
  return {
    ...wanted,
    metadata: { ...wanted.metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) },
    spec: { ...wanted["spec"] as Record<string, unknown>, replicas },
  };
}
