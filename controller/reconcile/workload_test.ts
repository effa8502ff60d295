import { assertEquals, assertStringIncludes } from "@std/assert";
import type { KubeObject } from "../kube/mod.ts";
import type { ActorCondition } from "../status_resource.ts";
import { replicasOf, workloadVerdict } from "./workload.ts";

function deployment(replicas: number, status: Record<string, unknown>): KubeObject {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "troupe-a", generation: 2 },
    spec: { replicas },
    status: { observedGeneration: 2, ...status },
  };
}

function pod(status: Record<string, unknown>, metadata: Record<string, unknown> = {}): KubeObject {
  return { apiVersion: "v1", kind: "Pod", metadata: { name: "troupe-a-1", ...metadata }, status };
}

const crashing = pod({
  containerStatuses: [{
    state: { waiting: { reason: "CrashLoopBackOff", message: "back-off" } },
    lastState: { terminated: { exitCode: 1, message: "troupe.DigestMismatch: it is another\n" } },
  }],
});

const failed = (reason: string): ActorCondition => ({
  type: "WorkloadReady",
  status: "False",
  reason,
  message: "m",
  lastTransitionTime: "2026-01-01T00:00:00Z",
});

const CASES: [name: string, deployment: KubeObject, pods: KubeObject[], verdict: [string, string]][] = [
  ["not seen yet", deployment(1, { observedGeneration: 1 }), [], ["Unknown", "RollingOut"]],
  ["nothing to do", deployment(0, {}), [], ["True", "ScaledToZero"]],
  ["old pods still", deployment(2, { replicas: 3, readyReplicas: 2, updatedReplicas: 1 }), [], [
    "Unknown",
    "RollingOut",
  ]],
  ["none ready", deployment(1, { replicas: 1, updatedReplicas: 1 }), [], ["Unknown", "Starting"]],
  ["one of two ready", deployment(2, { replicas: 2, readyReplicas: 1, updatedReplicas: 2 }), [], [
    "True",
    "Running",
  ]],
  ["a pod crashes", deployment(1, { replicas: 1, updatedReplicas: 1 }), [crashing], [
    "False",
    "CrashLoopBackOff",
  ]],
  [
    "a pod that crashed ends",
    deployment(1, { replicas: 1, updatedReplicas: 1, readyReplicas: 1 }),
    [pod(crashing.status as Record<string, unknown>, { deletionTimestamp: "2026-01-01T00:00:00Z" })],
    ["True", "Running"],
  ],
  [
    "no node",
    deployment(1, { replicas: 1, updatedReplicas: 1 }),
    [pod({
      conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message: "no GPU" }],
    })],
    ["False", "Unschedulable"],
  ],
  [
    "pods refused",
    deployment(1, { conditions: [{ type: "ReplicaFailure", status: "True", message: "exceeded quota" }] }),
    [],
    ["False", "PodsRefused"],
  ],
  [
    "a rollout that does not come on",
    deployment(1, {
      conditions: [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }],
    }),
    [],
    ["False", "RolloutStuck"],
  ],
];

for (const [name, deployment, pods, verdict] of CASES) {
  Deno.test(`of an actor with ${name} is said: ${verdict.join(" ")}`, () => {
    const { status, reason } = workloadVerdict({ deployment, pods, before: undefined });
    assertEquals([status, reason], verdict);
  });
}

Deno.test("what a host said last is told", () => {
  const facts = { deployment: deployment(1, {}), pods: [crashing], before: undefined };
  assertStringIncludes(
    workloadVerdict(facts).message,
    "it ended with exit code 1: troupe.DigestMismatch: it is another",
  );
});

Deno.test("a failure is over when a replica works, and not when nobody tries", () => {
  const of = (replicas: number, status: Record<string, unknown>, reason: string) =>
    workloadVerdict({ deployment: deployment(replicas, status), pods: [], before: failed(reason) }).reason;
  assertEquals(of(0, {}, "CrashLoopBackOff"), "CrashLoopBackOff");
  assertEquals(of(1, { replicas: 1, updatedReplicas: 1 }, "CrashLoopBackOff"), "CrashLoopBackOff");
  const works = { replicas: 1, updatedReplicas: 1, readyReplicas: 1 };
  assertEquals(of(1, works, "CrashLoopBackOff"), "Running");
  assertEquals(of(0, {}, "Unschedulable"), "ScaledToZero");
});

Deno.test("replicas are those of the Deployment", () => {
  assertEquals(replicasOf(undefined), { replicas: 0, readyReplicas: 0 });
  assertEquals(replicasOf(deployment(3, { replicas: 3, readyReplicas: 2 })), {
    replicas: 3,
    readyReplicas: 2,
  });
});
