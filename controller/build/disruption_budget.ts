/**
 * How many pods of an actor may be taken away at once by who drains nodes: for actors that may have several.
 *
 * @module
 */

import type { PodDisruptionBudget } from "./objects.ts";
import { OWNED, type Permission } from "./permissions.ts";
import { metadataOf, type Plan, selectorOf } from "./plan.ts";

/** What the controller has to be allowed for it. */
export const PERMISSION: Permission = { group: "policy", resource: "poddisruptionbudgets", verbs: OWNED };

/** The PodDisruptionBudget of an actor; undefined for one with a single replica, which nothing could be left of. */
export function disruptionBudget(plan: Plan): PodDisruptionBudget | undefined {
  if (plan.actor.spec.scaling.max <= 1) return undefined;
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: metadataOf(plan),
    spec: {
      selector: { matchLabels: selectorOf(plan) },
      // Rounded up, so that one may always go: envelopes wait, and nothing is lost.
      maxUnavailable: "25%",
      // Pods that do not work keep no node from being drained.
      unhealthyPodEvictionPolicy: "AlwaysAllow",
    },
  };
}
