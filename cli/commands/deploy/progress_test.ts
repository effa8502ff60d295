import { assert, assertEquals } from "@std/assert";
import { displayWidth } from "../../view/text.ts";
import {
  allReady,
  type Progress,
  progressLine,
  progressOfActor,
  progressOfWorkload,
  progressTable,
  queueOf,
} from "./progress.ts";
import { PLAIN } from "./_testing.ts";

const actor = (status: unknown) => ({
  apiVersion: "troupe.dev/v1alpha1",
  kind: "Actor",
  metadata: { name: "split", generation: 2 },
  ...(status === undefined ? {} : { status }),
});

function conditions(ready: string, reason: string, more: Record<string, unknown> = {}) {
  const condition = (type: string, status: string, reason: string) => ({
    ...{ type, status, reason, message: `It is ${reason}.`, observedGeneration: 2, ...more },
  });
  return [condition("Ready", ready, reason), condition("WorkloadReady", "True", "ScaledToZero")];
}

Deno.test("an actor is ready when the controller says so of its newest spec", () => {
  const states = [
    undefined,
    { conditions: conditions("True", "AllReady", { observedGeneration: 1 }) },
    { conditions: conditions("True", "AllReady"), replicas: 0, readyReplicas: 0 },
    { conditions: conditions("False", "BadSpec"), replicas: 2, readyReplicas: 1 },
    { conditions: conditions("Unknown", "Starting") },
  ].map((status) => progressOfActor("split", actor(status)));
  assertEquals(states.map(({ state, reason, message, replicas }) => [state, reason, message, replicas]), [
    ["coming", "Unseen", "The controller has not looked at it yet.", ""],
    ["coming", "Unseen", "The controller has not looked at it yet.", ""],
    ["ready", "ScaledToZero", "", "0/0"],
    ["failed", "BadSpec", "It is BadSpec.", "1/2"],
    ["coming", "Starting", "It is Starting.", ""],
  ]);
  assertEquals(states.map((each) => allReady([each])), [false, false, true, false, false]);
  assertEquals(progressOfActor("gone", undefined).reason, "Missing");
  assertEquals(queueOf(actor({ queue: "troupe_shop_split" })), "troupe_shop_split");
});

Deno.test("a Deployment is ready when all of its pods are of its newest spec, and work", () => {
  const of = (status: Record<string, unknown>) =>
    progressOfWorkload({ namespace: "system", name: "controller" }, {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "controller", namespace: "system", generation: 2 },
      spec: { replicas: 2 },
      status,
    });
  const done = { observedGeneration: 2, replicas: 2, updatedReplicas: 2, readyReplicas: 2 };
  const stuck = { type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded", message: "late" };
  const found = [
    {},
    { ...done, observedGeneration: 1 },
    { ...done, replicas: 3 },
    { ...done, readyReplicas: 1 },
    done,
    { ...done, readyReplicas: 0, conditions: [stuck] },
  ].map(of);
  assertEquals(found.map(({ state, reason }) => `${state} ${reason}`), [
    "coming RollingOut",
    "coming RollingOut",
    "coming RollingOut",
    "coming Starting",
    "ready Running",
    "failed ProgressDeadlineExceeded",
  ]);
  assertEquals(found.at(-1)?.message, "late");
});

const many: Progress[] = Array.from({ length: 40 }, (_, i) => ({
  name: `a${i}`,
  state: i === 39 ? "failed" : i === 38 ? "coming" : "ready",
  reason: i === 39 ? "CrashLoopBackOff" : "Running",
  message: i === 39 ? `The pod does not start: \u001b[2J${"long ".repeat(40)}` : "",
  replicas: "1/1",
}));

Deno.test("a line says it all; what it quotes steers no terminal", () => {
  assertEquals(progressLine(many[0] as Progress, PLAIN), "  a0: ready (Running, replicas 1/1)");
  const line = progressLine(many[39] as Progress, PLAIN);
  assert(
    line.startsWith(
      "  a39: not ready (CrashLoopBackOff, replicas 1/1): The pod does not start: \\x1b[2Jlong",
    ),
  );
});

Deno.test("a table fits, and shows those that are not ready where there is not room for all", () => {
  for (const [width, height] of [[80, 12], [40, 6], [200, 60], [20, 3]] as const) {
    const lines = progressTable(many, { width, height, styles: PLAIN, elapsedMs: 61_500 });
    assert(lines.length <= height);
    for (const line of lines) assert(displayWidth(line) <= width, line);
  }
  const lines = progressTable(many, { width: 80, height: 12, styles: PLAIN, elapsedMs: 61_500 });
  assert(lines.some((line) => line.startsWith("a39 ")));
  assert(lines.some((line) => line.startsWith("a38 ")));
  assert(lines.some((line) => /^and 3\d more$/.test(line)));
  assert(lines.at(-1)?.startsWith("38 of 40 ready, 1 min 2 s; Ctrl-C"), lines.at(-1));
  const early = progressTable(many, { width: 80, height: 12, styles: PLAIN, elapsedMs: 1_999 });
  assert(early.at(-1)?.startsWith("38 of 40 ready, 1 s; Ctrl-C"), early.at(-1));
});
