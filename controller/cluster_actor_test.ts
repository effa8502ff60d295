import { assertEquals, assertThrows } from "@std/assert";
import { identityOf, readClusterActor } from "./cluster_actor.ts";
import { stored } from "./crd/stored_testing.ts";
import { ActorSpecError } from "./errors.ts";

const COMPONENT = { url: "https://example.com/a.wasm", sha256: "ab".repeat(32) };

Deno.test("an actor of a cluster is who it is, and what its spec says, with what is not said", () => {
  const { name, namespace, generation, deleting, finalizers, spec, written } = readClusterActor(
    stored({ component: COMPONENT, limits: { timeout: "1m" } }),
  );
  assertEquals({ name, namespace, generation, deleting, finalizers }, {
    name: "split",
    namespace: "shop",
    generation: 1,
    deleting: false,
    finalizers: [],
  });
  assertEquals([spec.limits.timeout, spec.limits.memory], [60_000, 134_217_728]);
  assertEquals([written.limits?.timeout, written.limits?.memory], ["1m", "128Mi"]);
});

Deno.test("what is being deleted is known although its spec is wrong", () => {
  const { metadata } = stored({}) as { metadata: Record<string, unknown> };
  const object = { metadata: { ...metadata, deletionTimestamp: "2026-01-01T00:00:00Z", finalizers: ["a"] } };
  const { deleting, finalizers } = identityOf(object);
  assertEquals({ deleting, finalizers }, { deleting: true, finalizers: ["a"] });
});

const WRONG: Record<string, { spec: Record<string, unknown>; says: string[] }> = {
  "what only a laptop has": {
    spec: { component: { file: "a.wasm" } },
    says: [
      "actor shop/split: spec.component.file is a path on a laptop, which a cluster cannot read: name oci, or url or " +
      "configMap with sha256 (troupe deploy does that)",
    ],
  },
  "what CEL cannot say": {
    spec: { component: COMPONENT, grants: { env: { "1ST": "a" }, http: [{ host: "127.0.0.1" }] } },
    says: [
      "actor shop/split: spec.grants.env.1ST has to be an object of texts by name (letters, digits and underscores), " +
      "such as { LANGUAGE: en }",
      "actor shop/split: spec.grants.http[0].host is an address that is not public (loopback): list it under addresses, too",
    ],
  },
  "a field that is not known": {
    spec: { component: COMPONENT, scaling: { maximum: 3 } },
    says: [
      "actor shop/split: spec.scaling.maximum is not a field of an Actor; the fields here are min, max, queueLength, " +
      "pollingInterval, cooldownPeriod, activation, paused, fallback, advanced, triggers",
    ],
  },
};

for (const [name, { spec, says }] of Object.entries(WRONG)) {
  Deno.test(`an actor of a cluster is refused with ${name}`, () => {
    const error = assertThrows(() => readClusterActor(stored(spec)), ActorSpecError);
    assertEquals(error.message.split("\n"), says);
  });
}
