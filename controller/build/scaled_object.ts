/**
 * How many pods an actor has: KEDA's rules for it.
 *
 * @module
 */

import type { V2HorizontalPodAutoscalerBehavior } from "./kubernetes.ts";
import type { ScaledObject, ScaleTrigger } from "./objects.ts";
import { OWNED, type Permission } from "./permissions.ts";
import { metadataOf, type Plan } from "./plan.ts";
import { queueTriggers, seesAll } from "./queue_triggers.ts";

/** What the controller has to be allowed for it. */
export const PERMISSION: Permission = { group: "keda.sh", resource: "scaledobjects", verbs: OWNED };

/** For how long an autoscaler remembers what it wanted before it takes pods away, unless told otherwise; in seconds. */
const USUAL_WINDOW = 300;
const LONGEST_WINDOW = 3600;

/** The ScaledObject of an actor. */
export function scaledObject(plan: Plan): ScaledObject {
  const { actor: { spec: { scaling } }, name } = plan;
  const { min, max, pollingInterval, cooldownPeriod, fallback, advanced } = scaling;
  const behavior = behaviorOf(plan);
  return {
    apiVersion: "keda.sh/v1alpha1",
    kind: "ScaledObject",
    metadata: metadataOf(plan, pausing(plan)),
    spec: {
      scaleTargetRef: { name },
      minReplicaCount: min,
      maxReplicaCount: max,
      pollingInterval: pollingInterval / 1000,
      cooldownPeriod: Math.max(cooldownPeriod / 1000, inHandSeconds(plan)),
      ...(fallback === undefined ? {} : { fallback }),
      advanced: {
        // Of its own choice, KEDA would put "keda-hpa-" before it, which makes it too long.
        horizontalPodAutoscalerConfig: { name, ...(behavior === undefined ? {} : { behavior }) },
        ...(advanced?.modifiers === undefined ? {} : { scalingModifiers: advanced.modifiers }),
      },
      triggers: [...queueTriggers(plan), ...scaling.triggers.map(extraTrigger)],
    },
  };
}

/** Annotations that KEDA does not scale under. */
function pausing({ actor: { spec: { suspend, scaling } } }: Plan): Record<string, string> {
  if (suspend) return { "autoscaling.keda.sh/paused-replicas": "0" };
  return scaling.paused ? { "autoscaling.keda.sh/paused": "true" } : {};
}

/** For how long a replica may be busy though none of what it does can be seen, in seconds. */
function inHandSeconds(plan: Plan): number {
  return seesAll(plan) ? 0 : Math.ceil(plan.actor.spec.limits.timeout / 1000);
}

/** What the actor says of the autoscaler's behaviour; replicas that may be busy unseen stay for as long. */
function behaviorOf(plan: Plan): V2HorizontalPodAutoscalerBehavior | undefined {
  const given = plan.actor.spec.scaling.advanced?.behavior as V2HorizontalPodAutoscalerBehavior | undefined;
  const window = given?.scaleDown?.stabilizationWindowSeconds ?? USUAL_WINDOW;
  const least = Math.min(inHandSeconds(plan), LONGEST_WINDOW);
  if (window >= least) return given;
  return { ...given, scaleDown: { ...given?.scaleDown, stabilizationWindowSeconds: least } };
}

function extraTrigger(
  { name, type, metadata, metricType, useCachedMetrics, authenticationRef }: Plan["actor"]["spec"]["scaling"][
    "triggers"
  ][number],
): ScaleTrigger {
  return {
    type,
    name,
    metadata,
    ...(metricType === undefined ? {} : { metricType }),
    ...(useCachedMetrics ? { useCachedMetrics } : {}),
    ...(authenticationRef === undefined ? {} : { authenticationRef }),
  };
}
