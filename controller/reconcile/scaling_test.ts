import { assertEquals, assertStringIncludes } from "@std/assert";
import type { KubeObject } from "../kube/mod.ts";
import { scalingVerdict } from "./scaling.ts";

const LOOKS = { host: "amqp://rabbitmq.queues.svc:5672/%2F", secret: "broker" };
type Condition = readonly [type: string, status: string, message?: string];

function scaledObject(conditions: readonly Condition[]): KubeObject {
  return {
    apiVersion: "keda.sh/v1alpha1",
    kind: "ScaledObject",
    metadata: { name: "troupe-split", namespace: "shop" },
    status: { conditions: conditions.map(([type, status, message = ""]) => ({ type, status, message })) },
  };
}

const of = (conditions: readonly Condition[], { suspend = false, paused = false } = {}) =>
  scalingVerdict({ scaledObject: scaledObject(conditions), suspend, paused, looks: LOOKS });

const READY: Condition = ["Ready", "True"];
const CASES: [name: string, conditions: Condition[], rules: Parameters<typeof of>[1], verdict: string][] = [
  ["nothing", [], {}, "Unknown WaitsForKeda"],
  ["that it does not know", [["Ready", "Unknown"]], {}, "Unknown WaitsForKeda"],
  ["that it is ready, and has not looked", [READY, ["Active", "Unknown"]], {}, "Unknown WaitsForKeda"],
  ["that it is ready", [READY, ["Active", "False"], ["HPAActive", "True"]], {}, "True Scaling"],
  ["that it fails", [["Ready", "False", "no"]], {}, "False KedaFails"],
  ["that it fails, of one that is suspended", [["Ready", "False"]], { suspend: true }, "False KedaFails"],
  ["that it is ready, of one that is suspended", [READY], { suspend: true }, "True Suspended"],
  ["that it is ready, of one that is paused", [READY], { paused: true }, "True Paused"],
  ["that it falls back", [READY, ["Fallback", "True"]], {}, "False Fallback"],
  ["that the autoscaler cannot see", [READY, ["HPAActive", "False"]], {}, "False AutoscalerFails"],
];

for (const [name, conditions, rules, verdict] of CASES) {
  Deno.test(`KEDA says ${name}: ${verdict}`, () => {
    const { status, reason } = of(conditions, rules);
    assertEquals(`${status} ${reason}`, verdict);
  });
}

Deno.test("who cannot be let in is told where that was, with which Secret, and where there is more", () => {
  const { message } = of([["Ready", "False", 'Exception (403) Reason: "username or password not allowed"']]);
  for (const part of ["username or password not allowed", LOOKS.host, "Secret broker", "troupe-split"]) {
    assertStringIncludes(message, part);
  }
});
