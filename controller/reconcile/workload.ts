/**
 * How it goes with the pods of an actor.
 *
 * @module
 */

import { z } from "zod";
import type { KubeObject } from "../kube/mod.ts";
import type { ActorCondition } from "../status_resource.ts";
import type { Verdict } from "./conditions.ts";

const Condition = z.looseObject({
  type: z.string(),
  status: z.string(),
  reason: z.string().default(""),
  message: z.string().default(""),
});

const DeploymentShape = z.looseObject({
  metadata: z.looseObject({ generation: z.number().default(0) }),
  spec: z.looseObject({ replicas: z.number().default(1) }),
  status: z.looseObject({
    observedGeneration: z.number().default(0),
    replicas: z.number().default(0),
    readyReplicas: z.number().default(0),
    updatedReplicas: z.number().default(0),
    conditions: z.array(Condition).default([]),
  }).prefault({}),
});

const State = z.looseObject({
  waiting: z.looseObject({ reason: z.string().default(""), message: z.string().default("") }).optional(),
  terminated: z.looseObject({ exitCode: z.number().default(0), message: z.string().default("") }).optional(),
});

const PodShape = z.looseObject({
  metadata: z.looseObject({ name: z.string(), deletionTimestamp: z.string().optional() }),
  status: z.looseObject({
    conditions: z.array(Condition).default([]),
    containerStatuses: z.array(
      z.looseObject({ state: State.optional(), lastState: State.optional() }),
    ).default([]),
  }).prefault({}),
});

/** Why a container waits when it will not start by itself. */
const FAILURES: ReadonlySet<string> = new Set([
  ...["CrashLoopBackOff", "ImagePullBackOff", "ErrImagePull", "ErrImageNeverPull", "InvalidImageName"],
  ...["CreateContainerConfigError", "CreateContainerError", "RunContainerError"],
]);
/** Reasons that stay true of an actor until a replica works. */
const LASTING: ReadonlySet<string> = new Set([...FAILURES, "RolloutStuck", "PodsRefused"]);

/** How many pods there are. */
export interface Replicas {
  readonly replicas: number;
  readonly readyReplicas: number;
}

/** How many pods a Deployment has. */
export function replicasOf(deployment: KubeObject | undefined): Replicas {
  if (!deployment) return { replicas: 0, readyReplicas: 0 };
  const { status: { replicas, readyReplicas } } = DeploymentShape.parse(deployment);
  return { replicas, readyReplicas };
}

/** What the pods of an actor are judged by. */
export interface WorkloadFacts {
  readonly deployment: KubeObject;
  /** Its pods. */
  readonly pods: readonly KubeObject[];
  /** What was said before, of the same generation of the actor: a failure does not become good because nobody tries. */
  readonly before: ActorCondition | undefined;
}

/** What is said of the pods of an actor. */
export function workloadVerdict({ deployment, pods, before }: WorkloadFacts): Verdict {
  const { metadata, spec, status } = DeploymentShape.parse(deployment);
  const broken = status.conditions.find(({ type, status }) => type === "ReplicaFailure" && status === "True");
  if (broken) return { status: "False", reason: "PodsRefused", message: broken.message };
  const failure = failureOf(pods);
  if (failure) return failure;
  const stuck = status.conditions.find(({ reason }) => reason === "ProgressDeadlineExceeded");
  if (stuck) return { status: "False", reason: "RolloutStuck", message: stuck.message };
  const now = progressOf({ metadata, spec, status });
  // A failure is over when a replica works, and not when nobody tries.
  return now.reason !== "Running" && before?.status === "False" && LASTING.has(before.reason) ? before : now;
}

function progressOf({ metadata, spec, status }: z.output<typeof DeploymentShape>): Verdict {
  if (status.observedGeneration < metadata.generation) return ROLLING_OUT;
  if (spec.replicas === 0 && status.replicas === 0) {
    return { status: "True", reason: "ScaledToZero", message: "It runs no replicas for now." };
  }
  if (status.updatedReplicas < spec.replicas) return ROLLING_OUT;
  if (status.readyReplicas === 0) {
    return { status: "Unknown", reason: "Starting", message: "No replica is ready yet." };
  }
  return { status: "True", reason: "Running", message: "Its replicas are ready." };
}

const ROLLING_OUT: Verdict = {
  status: "Unknown",
  reason: "RollingOut",
  message: "Its pods are being made anew, as its spec has changed.",
};

/** Why pods do not start. */
function failureOf(pods: readonly KubeObject[]): Verdict | undefined {
  for (const pod of pods) {
    const { metadata, status } = PodShape.parse(pod);
    if (metadata.deletionTimestamp !== undefined) continue;
    for (const { state, lastState } of status.containerStatuses) {
      const { reason = "", message = "" } = state?.waiting ?? {};
      if (!FAILURES.has(reason)) continue;
      const ended = lastState?.terminated;
      // What the host said last is more of use than that it is tried again.
      const why = ended
        ? `it ended with exit code ${ended.exitCode}${ended.message && `: ${ended.message.trim()}`}`
        : message;
      return { status: "False", reason, message: `The pod ${metadata.name} does not start: ${why}` };
    }
    const placed = status.conditions.find(({ type }) => type === "PodScheduled");
    if (placed?.status === "False" && placed.reason === "Unschedulable") {
      return {
        status: "False",
        reason: "Unschedulable",
        message: `The pod ${metadata.name} finds no node: ${placed.message}`,
      };
    }
  }
  return undefined;
}
