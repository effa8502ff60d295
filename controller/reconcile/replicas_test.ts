import { assertEquals } from "@std/assert";
import type { KubeObject } from "../kube/mod.ts";
import { type ReplicaRules, replicasFor, withReplicas } from "./replicas.ts";

const RULES: ReplicaRules = { suspend: false, scaling: { min: 0, paused: false }, hasKeda: true };
const WITHOUT: ReplicaRules = { ...RULES, hasKeda: false };
const withMin = (rules: ReplicaRules, min: number): ReplicaRules => ({
  ...rules,
  scaling: { ...rules.scaling, min },
});
const withPause = (rules: ReplicaRules): ReplicaRules => ({
  ...rules,
  scaling: { ...rules.scaling, paused: true },
});

function deployment(replicas?: number): KubeObject {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "troupe-a", resourceVersion: "7" },
    spec: { paused: false, ...(replicas === undefined ? {} : { replicas }) },
  };
}

const CASES: [name: string, there: KubeObject | undefined, rules: ReplicaRules, replicas: number][] = [
  ["a new one has the least", undefined, RULES, 0],
  ["a new one has the least that is asked for", undefined, withMin(RULES, 2), 2],
  ["a new one that nobody would start has one", undefined, WITHOUT, 1],
  ["a new one that nobody would start has what is asked for", undefined, withMin(WITHOUT, 3), 3],
  ["KEDA's number is kept, though it is less", deployment(0), withMin(RULES, 2), 0],
  ["KEDA's number is kept, though it is more", deployment(20), RULES, 20],
  ["an API server that says nothing means one", deployment(), RULES, 1],
  ["without KEDA, one that has none is started", deployment(0), WITHOUT, 1],
  ["without KEDA, what somebody has asked for stays", deployment(4), WITHOUT, 4],
  ["what is paused stays as it is", deployment(0), withPause(WITHOUT), 0],
  ["suspended is none", deployment(4), { ...RULES, suspend: true }, 0],
  ["suspended is none without KEDA too", deployment(4), { ...WITHOUT, suspend: true }, 0],
  ["suspended comes before paused", deployment(4), { ...withPause(RULES), suspend: true }, 0],
  ["suspended is none from the start", undefined, { ...withMin(WITHOUT, 2), suspend: true }, 0],
];

for (const [name, there, rules, replicas] of CASES) {
  Deno.test(`replicas of a Deployment: ${name}`, () => assertEquals(replicasFor(there, rules), replicas));
}

Deno.test("replicas are written on condition that the Deployment is as it was", () => {
  const wanted = deployment();
  delete wanted.metadata.resourceVersion;
  assertEquals(withReplicas(wanted, { there: undefined, replicas: 0 }), {
    ...wanted,
    spec: { paused: false, replicas: 0 },
  });
  assertEquals(withReplicas(wanted, { there: deployment(3), replicas: 3 }), {
    ...wanted,
    metadata: { name: "troupe-a", resourceVersion: "7" },
    spec: { paused: false, replicas: 3 },
  });
});
