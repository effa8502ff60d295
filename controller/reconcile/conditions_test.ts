import { assertEquals } from "@std/assert";
import { conditionsOf, PARTS, summary, transitions, type Verdict, type Verdicts } from "./conditions.ts";
import { failureVerdict, NotKnownError } from "./errors.ts";
import { KubeError } from "../kube/mod.ts";
import { sameStatus, statusFrom, statusOf } from "./status.ts";

const fine: Verdict = { status: "True", reason: "Fine", message: "m" };
const verdicts = (given: Partial<Verdicts> = {}): Verdicts => ({
  QueueReady: fine,
  WorkloadReady: fine,
  ScalingReady: fine,
  ...given,
});
const before = (given: Partial<Verdicts> = {}) =>
  conditionsOf(verdicts(given), { generation: 1, now: "2026-01-01T00:00:00Z", before: [] });

Deno.test("what is false is said before what is unknown, in the order in which parts come about", () => {
  const unknown: Verdict = { ...fine, status: "Unknown", reason: "Starting" };
  assertEquals(summary(verdicts()).reason, "AllReady");
  assertEquals(summary(verdicts({ QueueReady: unknown })).reason, "Starting");
  for (const part of PARTS) {
    const broken: Verdict = { ...fine, status: "False", reason: `No${part}` };
    assertEquals(summary(verdicts({ QueueReady: unknown, [part]: broken })).reason, broken.reason);
  }
});

Deno.test("a condition keeps its time until its status is another", () => {
  const now = "2026-02-02T00:00:00Z";
  const of = (given: Partial<Verdicts>) =>
    conditionsOf(verdicts(given), { generation: 2, now, before: before() })
      .map(({ type, lastTransitionTime, observedGeneration }) => [
        type,
        lastTransitionTime === now,
        observedGeneration,
      ]);
  assertEquals(of({ QueueReady: { ...fine, reason: "Other", message: "n" } }), [
    ["Ready", false, 2],
    ["QueueReady", false, 2],
    ["WorkloadReady", false, 2],
    ["ScalingReady", false, 2],
  ]);
  assertEquals(of({ QueueReady: { ...fine, status: "False" } }).map(([, changed]) => changed), [
    true,
    true,
    false,
    false,
  ]);
});

Deno.test("a change of status or reason is told, one of words alone is not", () => {
  const types = (given: Partial<Verdicts>) => transitions(before(), before(given)).map(({ type }) => type);
  assertEquals(types({}), []);
  assertEquals(types({ QueueReady: { ...fine, message: "other" } }), []);
  assertEquals(types({ QueueReady: { ...fine, reason: "Other" } }), ["QueueReady"]);
  assertEquals(types({ QueueReady: { ...fine, status: "False", message: "other" } }), ["Ready"]);
  assertEquals(
    types({
      QueueReady: { ...fine, status: "False", message: "one" },
      ScalingReady: { ...fine, status: "False", message: "other" },
    }),
    ["Ready", "ScalingReady"],
    "what Ready says of a part is told once",
  );
  const unknown: Verdict = { status: "Unknown", reason: "Starting", message: "Its pods are being made." };
  const first = transitions([], before({ WorkloadReady: unknown, ScalingReady: unknown }));
  assertEquals(first.map(({ type }) => type), ["QueueReady"], "what is not known at first is no news");
});

Deno.test("a status that says the same is the same, in whatever order it comes", () => {
  const object = { apiVersion: "troupe.dev/v1alpha1", kind: "Actor", metadata: { name: "a", generation: 1 } };
  const facts = {
    verdicts: verdicts(),
    replicas: 1,
    readyReplicas: 1,
    queue: "q",
    componentDigest: undefined,
    now: "2026-01-01T00:00:00Z",
  };
  const status = statusFrom(object, facts);
  const there = { ...object, status: { ...status, conditions: [...status.conditions ?? []].reverse() } };
  const again = statusFrom(there, { ...facts, now: "2026-02-02T00:00:00Z" });
  assertEquals(sameStatus(statusOf(there), again), true);
  assertEquals(sameStatus(statusOf(there), { ...again, replicas: 2 }), false);
  assertEquals(statusOf({ ...object, status: { conditions: "none" } }), {}, "somebody else's is as none");
});

Deno.test("the reason of a failure is its code, also of what hides behind another", () => {
  const forbidden = new KubeError("troupe.KubeForbidden", "GET /x: no (HTTP 403)");
  assertEquals(failureVerdict(new NotKnownError("Deployment", forbidden)), {
    status: "False",
    reason: "KubeForbidden",
    message:
      "The controller may not do what it has to: It is not known which objects of kind Deployment there are: " +
      "GET /x: no (HTTP 403)",
  });
  assertEquals(failureVerdict(new TypeError("oh")).reason, "Unexpected");
});
