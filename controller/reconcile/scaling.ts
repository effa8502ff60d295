/**
 * How it goes with the scaling of an actor, as KEDA says.
 *
 * @module
 */

import { z } from "zod";
import type { KubeObject } from "../kube/mod.ts";
import type { Verdict } from "./conditions.ts";

const ScaledObjectShape = z.looseObject({
  status: z.looseObject({
    conditions: z.array(z.looseObject({
      type: z.string(),
      status: z.string(),
      message: z.string().default(""),
    })).default([]),
  }).prefault({}),
});

/** Said where there is no KEDA. */
export const KEDA_MISSING: Verdict = {
  status: "False",
  reason: "KedaMissing",
  message:
    "This cluster has no KEDA, which adds and takes away replicas: install it (https://keda.sh), version 2.20 or " +
    "later. Until then, an actor has spec.scaling.min replicas, or one, and more where its Deployment is given more.",
};

/** Said while the queue is not declared: KEDA would take its absence for an error. */
export const QUEUE_FIRST: Verdict = {
  status: "Unknown",
  reason: "WaitsForQueue",
  message: "KEDA is told of the actor when its queue is there.",
};

/** What is said of the scaling of an actor. @param suspend Whether it is to run no replicas. */
export function scalingVerdict(
  scaledObject: KubeObject,
  { suspend, paused }: { readonly suspend: boolean; readonly paused: boolean },
): Verdict {
  const { status: { conditions } } = ScaledObjectShape.parse(scaledObject);
  const ready = conditions.find(({ type }) => type === "Ready");
  if (ready?.status === "False") {
    return { status: "False", reason: "KedaFails", message: `KEDA does not scale it: ${ready.message}` };
  }
  if (suspend) {
    return {
      status: "True",
      reason: "Suspended",
      message: "It is to run no replicas, as spec.suspend says.",
    };
  }
  if (paused) {
    return {
      status: "True",
      reason: "Paused",
      message: "The number of its replicas stays, as spec.scaling.paused says.",
    };
  }
  const fallback = conditions.find(({ type }) => type === "Fallback");
  if (fallback?.status === "True") {
    return { status: "False", reason: "Fallback", message: `KEDA cannot see its queue: ${fallback.message}` };
  }
  if (ready?.status !== "True") {
    return { status: "Unknown", reason: "WaitsForKeda", message: "KEDA has not looked at it yet." };
  }
  return {
    status: "True",
    reason: "Scaling",
    message: "KEDA adds and takes away replicas as its queue is long.",
  };
}
