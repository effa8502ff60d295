import { assertEquals, assertThrows } from "@std/assert";
import { ActorSpecError } from "../errors.ts";
import { built, type Case, objectOf, TRANSPORT } from "./build_testing.ts";
import { lacksCrew } from "./plan.ts";

const QUEUES: Record<string, { given: Case; address: string; queue: string; suspects: string | undefined }> =
  {
    "each namespace of the cluster has queues of its own": {
      given: { namespace: "eu" },
      address: "rabbitmq://rabbitmq.queues.svc?namespace=eu",
      queue: "troupe_eu_split",
      suspects: "troupe_eu_split_suspect",
    },
    "the settings can have one namespace for all": {
      given: {
        namespace: "eu",
        settings: {
          transports: {
            default: { ...TRANSPORT, address: "rabbitmq://rabbitmq.queues.svc/v?namespace=all" },
          },
        },
      },
      address: "rabbitmq://rabbitmq.queues.svc/v?namespace=all",
      queue: "troupe_all_split",
      suspects: "troupe_all_split_suspect",
    },
    "Asya's queues have no suspects": {
      given: {
        settings: {
          transports: { default: { ...TRANSPORT, address: "rabbitmq://rabbitmq.queues.svc?mode=asya" } },
        },
      },
      address: "rabbitmq://rabbitmq.queues.svc?mode=asya&namespace=shop",
      queue: "asya-shop-split",
      suspects: undefined,
    },
    "an actor names its transport": {
      given: {
        spec: { transport: "eu" },
        settings: {
          transports: { default: TRANSPORT, eu: { ...TRANSPORT, address: "rabbitmq://rabbitmq.eu.svc" } },
        },
      },
      address: "rabbitmq://rabbitmq.eu.svc?namespace=shop",
      queue: "troupe_shop_split",
      suspects: "troupe_shop_split_suspect",
    },
  };

for (const [name, { given, address, queue, suspects }] of Object.entries(QUEUES)) {
  Deno.test(name, () => {
    const { plan } = built(given);
    assertEquals([plan.queue.address, plan.queue.queue, plan.queue.suspects], [address, queue, suspects]);
  });
}

const BROKER = { secretKeyRef: { name: "broker", key: "password" } };

const REFUSED: Record<string, { given: Case; says: string[] }> = {
  "a transport that is not there": {
    given: { spec: { transport: "constructor" } },
    says: [
      "actor shop/split: spec.transport names constructor, which the controller's settings do not have: there is default",
    ],
  },
  "a kind of trigger that is not allowed": {
    given: { spec: { scaling: { triggers: [{ name: "rate", type: "prometheus", metadata: {} }] } } },
    says: [
      "actor shop/split: spec.scaling.triggers[0].type is prometheus, which the controller's settings do not allow: " +
      "there is cron, cpu, memory. Whoever runs the cluster can add it",
    ],
  },
  "state without a place": {
    given: { spec: { grants: { state: {} } } },
    says: [
      "actor shop/split: spec.grants.state needs a place, and the controller's settings have no state: whoever runs the " +
      "cluster can add it",
    ],
  },
  "the password of the broker, by every way to it": {
    given: {
      spec: {
        grants: {
          secrets: { A: BROKER },
          http: [{ host: "a.example", headers: { "x-a": { from: BROKER } } }],
          files: [{ path: "/a", secret: "broker" }],
        },
      },
    },
    says: ["spec.grants.secrets.A", "spec.grants.http[0].headers.x-a", "spec.grants.files[0].secret"].map((
      path,
    ) =>
      `actor shop/split: ${path} names the Secret broker, which is the host's own: no actor is given what is in it`
    ),
  },
};

for (const [name, { given, says }] of Object.entries(REFUSED)) {
  Deno.test(`nothing is made for an actor that asks for ${name}`, () => {
    const { message, code } = assertThrows(() => built(given), ActorSpecError);
    assertEquals([code, ...message.split("\n")], ["troupe.BadSpec", ...says]);
  });
}

Deno.test("a kind of trigger that is allowed is given on", () => {
  const triggers = [{ name: "rate", type: "prometheus", metadata: { query: "a" } }];
  const made = built({ spec: { scaling: { triggers } }, settings: { triggers: ["prometheus"] } });
  assertEquals<unknown>(objectOf(made, "ScaledObject").spec.triggers.at(-1), triggers[0]);
});

Deno.test("an actor whose mesh has no crew is told apart", () => {
  const lacks = (namespace: string, settings: Readonly<Record<string, unknown>> = {}) =>
    lacksCrew(built({ namespace, settings }).plan);
  assertEquals(lacks("default"), false);
  assertEquals(lacks("shop"), true);
  assertEquals(lacks("shop", { crew: { namespaces: ["shop"] } }), false);
  const transport = (more: Readonly<Record<string, unknown>>) => ({
    transports: { default: { ...TRANSPORT, ...more } },
  });
  assertEquals(lacks("shop", transport({ address: `${TRANSPORT.address}?namespace=prod` })), false);
  assertEquals(lacks("shop", transport({ crew: false })), false);
});
