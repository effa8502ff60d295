import { assertEquals } from "@std/assert";
import { built, type Case, objectOf, TRANSPORT } from "./build_testing.ts";
import { waitingFor } from "./mod.ts";

const scaled = (given: Case) => objectOf(built(given), "ScaledObject");
const HTTP = { transports: { default: { ...TRANSPORT, management: "http://rabbitmq.queues.svc:15672" } } };

Deno.test("where only what waits is seen, there are as many replicas as wanted once each has its hands full", () => {
  for (const [queueLength, concurrency, replicas] of [[100, 32, 7], [10, 1, 3], [33, 32, 20]] as const) {
    const waiting = replicas * queueLength - replicas * concurrency;
    assertEquals(Math.ceil(waiting / waitingFor({ queueLength, concurrency })), replicas);
  }
});

Deno.test("where replicas hold more than they are wanted for, each that waits is one too many", () => {
  assertEquals(waitingFor({ queueLength: 5, concurrency: 32 }), 1);
  assertEquals(waitingFor({ queueLength: 32, concurrency: 32 }), 1);
});

const VALUES: [name: string, given: Case, protocol: string, value: string][] = [
  ["over HTTP all count", { settings: HTTP }, "http", "5"],
  ["over AMQP those that wait", {}, "amqp", "1"],
  [
    "over AMQP, less what a replica has in hand",
    { spec: { limits: { concurrency: 10 }, scaling: { queueLength: 50 } } },
    "amqp",
    "40",
  ],
];

for (const [name, given, protocol, value] of VALUES) {
  Deno.test(name, () => {
    const [queue] = scaled(given).spec.triggers;
    assertEquals([queue?.metadata["protocol"], queue?.metadata["value"]], [protocol, value]);
  });
}

const LONG = { limits: { timeout: "20m" } };

Deno.test("replicas that may be busy unseen stay for as long as that can be", () => {
  const unseen = scaled({ spec: LONG }).spec;
  assertEquals(unseen.cooldownPeriod, 1200);
  assertEquals(unseen.advanced.horizontalPodAutoscalerConfig.behavior, {
    scaleDown: { stabilizationWindowSeconds: 1200 },
  });
  const seen = scaled({ spec: LONG, settings: HTTP }).spec;
  assertEquals(seen.cooldownPeriod, 60);
  assertEquals(seen.advanced.horizontalPodAutoscalerConfig, { name: "troupe-split" });
});

Deno.test("what an actor says of it counts as far as that leaves time", () => {
  const behavior = (window: number, timeout: string) =>
    scaled({
      spec: {
        limits: { timeout },
        scaling: {
          cooldownPeriod: "1h",
          advanced: {
            behavior: {
              scaleUp: { selectPolicy: "Max" },
              scaleDown: { selectPolicy: "Min", stabilizationWindowSeconds: window },
            },
          },
        },
      },
    }).spec;
  const short = behavior(10, "30s");
  assertEquals(short.cooldownPeriod, 3600);
  assertEquals(short.advanced.horizontalPodAutoscalerConfig.behavior, {
    scaleUp: { selectPolicy: "Max" },
    scaleDown: { selectPolicy: "Min", stabilizationWindowSeconds: 30 },
  });
  const window = (spec: ReturnType<typeof behavior>) =>
    spec.advanced.horizontalPodAutoscalerConfig.behavior?.scaleDown?.stabilizationWindowSeconds;
  assertEquals(window(behavior(900, "30s")), 900);
  // An autoscaler takes no longer one.
  assertEquals(window(behavior(0, "24h")), 3600);
});

const PAUSED: [
  name: string,
  spec: Record<string, unknown>,
  annotations: Record<string, string> | undefined,
][] = [
  ["an actor", {}, undefined],
  ["one whose replicas stay", { scaling: { paused: true } }, { "autoscaling.keda.sh/paused": "true" }],
  ["one that is suspended", { suspend: true, scaling: { paused: true } }, {
    "autoscaling.keda.sh/paused-replicas": "0",
  }],
];

for (const [name, spec, annotations] of PAUSED) {
  Deno.test(`KEDA is told of ${name}`, () =>
    assertEquals(scaled({ spec }).metadata.annotations, annotations));
}

const HOSTS: [transport: Record<string, unknown>, host: string][] = [
  [{}, "amqp://rabbitmq.queues.svc:5672/%2F"],
  [{ address: "rabbitmq://a.queues.svc:5000,b.queues.svc/shop%20eu" }, "amqp://a.queues.svc:5000/shop%20eu"],
  [{ address: "rabbitmqs://[fd00::1]/shop" }, "amqps://[fd00::1]:5671/shop"],
  [
    { management: "https://rabbitmq.queues.svc:15671/api-of/" },
    "https://rabbitmq.queues.svc:15671/api-of/%2F",
  ],
];

for (const [transport, host] of HOSTS) {
  Deno.test(`KEDA asks at ${host}`, () => {
    const settings = { transports: { default: { ...TRANSPORT, ...transport } } };
    assertEquals(scaled({ settings }).spec.triggers.map(({ metadata }) => metadata["host"]), [host, host]);
  });
}

Deno.test("no trigger holds who connects", () => {
  for (const { metadata, authenticationRef } of scaled({}).spec.triggers) {
    assertEquals(authenticationRef, { name: "troupe-split" });
    assertEquals(Object.keys(metadata).filter((name) => /user|pass/i.test(name)), []);
  }
});

Deno.test("an actor with one replica has no budget of disruptions: a node could not be drained", () => {
  const kinds = (max: number) => built({ spec: { scaling: { max } } }).objects.map(({ kind }) => kind);
  assertEquals([kinds(1).includes("PodDisruptionBudget"), kinds(2).includes("PodDisruptionBudget")], [
    false,
    true,
  ]);
});
