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

/** What is said of the scaling of an actor follows from these. */
export interface ScalingFacts {
  readonly scaledObject: KubeObject;
  /** `spec.suspend`. */
  readonly suspend: boolean;
  /** `spec.scaling.paused`. */
  readonly paused: boolean;
  /** Where KEDA looks at the queue, and the Secret with which it signs in there. */
  readonly looks: { readonly host: string; readonly secret: string };
}

/** What is said of the scaling of an actor. */
export function scalingVerdict({ scaledObject, suspend, paused, looks }: ScalingFacts): Verdict {
  const { status: { conditions } } = ScaledObjectShape.parse(scaledObject);
  const of = (type: string) => conditions.find((each) => each.type === type);
  const ready = of("Ready");
  if (ready?.status === "False") {
    const { name = "" } = scaledObject.metadata;
    return {
      status: "False",
      reason: "KedaFails",
      message: `KEDA does not scale it: ${ready.message}. It looks at ${looks.host}, with the user and the ` +
        `password of the Secret ${looks.secret}; the events of the ScaledObject ${name} have what it was told`,
    };
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
  const fallback = of("Fallback");
  if (fallback?.status === "True") {
    return { status: "False", reason: "Fallback", message: `KEDA cannot see its queue: ${fallback.message}` };
  }
  // It calls itself ready once it has read its rules; of the queue it knows something when it has looked.
  if (ready?.status !== "True" || of("Active")?.status === "Unknown") {
    return { status: "Unknown", reason: "WaitsForKeda", message: "KEDA has not looked at it yet." };
  }
  const autoscaler = of("HPAActive");
  if (autoscaler?.status === "False") {
    return {
      status: "False",
      reason: "AutoscalerFails",
      message: `It has as many replicas as it had: ${autoscaler.message}`,
    };
  }
  return {
    status: "True",
    reason: "Scaling",
    message: "KEDA adds and takes away replicas as its queue is long.",
  };
}

/** What KEDA says right after it has failed, though it may fail still. */
export const HASTY: ReadonlySet<string> = new Set(["Scaling", "AutoscalerFails", "WaitsForKeda"]);
