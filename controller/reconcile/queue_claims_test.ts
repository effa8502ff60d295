import { assertEquals } from "@std/assert";
import type { KubeObject } from "../kube/mod.ts";
import { parseSettings } from "../settings.ts";
import { QueueClaims } from "./queue_claims.ts";

const settings = parseSettings(
  JSON.stringify({
    apiVersion: "troupe.dev/v1alpha1",
    kind: "ControllerSettings",
    spec: {
      image: "registry.example.com/troupe-host@sha256:0123",
      transports: {
        default: { address: "rabbitmq://10.0.0.1", credentials: { secret: "broker" } },
        shared: { address: "rabbitmq://10.0.0.1?namespace=shop", credentials: { secret: "broker" } },
        twin: { address: "rabbitmq://10.0.0.1:5672/?namespace=shop", credentials: { secret: "other" } },
        asya: { address: "rabbitmq://10.0.0.1?mode=asya", credentials: { secret: "broker" } },
      },
    },
  }),
  { file: "settings.yaml" },
);

function actor(key: string, transport: string, second = 0): KubeObject {
  const [namespace = "", name = ""] = key.split("/");
  const creationTimestamp = `2026-01-01T00:00:0${second}Z`;
  const metadata = { name, namespace, creationTimestamp };
  return { apiVersion: "troupe.dev/v1alpha1", kind: "Actor", metadata, spec: { transport } };
}

Deno.test("actors of one name in two namespaces have queues of their own, unless the transport names the mesh", () => {
  const claims = new QueueClaims(settings);
  const own = [actor("a/split", "default"), actor("b/split", "default", 1)] as const;
  assertEquals(own.map((each) => claims.put(each)), [[], []]);
  const [first, second] = [actor("c/split", "shared", 1), actor("d/split", "shared", 2)];
  assertEquals([claims.put(second), claims.put(first)], [[], ["d/split"]]);
  assertEquals([...own, first, second].map((each) => claims.holderBefore(each)), [
    undefined,
    undefined,
    undefined,
    "c/split",
  ]);
});

Deno.test("two transports that come to the same broker and mesh share its queues", () => {
  const claims = new QueueClaims(settings);
  claims.put(actor("b/split", "shared", 1));
  claims.put(actor("shop/split", "default", 2));
  claims.put(actor("a/split", "twin", 3));
  assertEquals(claims.holderBefore(actor("shop/split", "default", 2)), "b/split");
  assertEquals(claims.holderBefore(actor("a/split", "twin", 3)), "b/split");
});

Deno.test("of two of one second the first by name has it, in whichever order they are heard of", () => {
  for (const order of [["b/split", "a/split"], ["a/split", "b/split"]]) {
    const claims = new QueueClaims(settings);
    for (const key of order) claims.put(actor(key, "shared"));
    assertEquals(claims.holderBefore(actor("b/split", "shared")), "a/split");
    assertEquals(claims.holderBefore(actor("a/split", "shared")), undefined);
  }
});

Deno.test("whoever wants a queue is told of when another goes, or wants something else", () => {
  const claims = new QueueClaims(settings);
  const [a, b, c] = [actor("a/x", "shared", 1), actor("b/x", "shared", 2), actor("c/x", "shared", 3)];
  for (const each of [a, b, c]) claims.put(each);
  assertEquals(claims.put(actor("a/x", "default", 1)), ["b/x", "c/x"]);
  assertEquals(claims.holderBefore(c), "b/x");
  assertEquals(claims.remove(b), ["c/x"]);
  assertEquals(claims.holderBefore(c), undefined);
  assertEquals(claims.put(actor("c/x", "nowhere", 3)), []);
  assertEquals(claims.holderBefore(actor("c/x", "nowhere", 3)), undefined);
});

Deno.test("in Asya's mode actors of one name share what comes to them, whatever their namespaces", () => {
  const claims = new QueueClaims(settings);
  claims.put(actor("a/split", "asya", 1));
  claims.put(actor("a-b/c", "asya", 1));
  assertEquals(claims.holderBefore(actor("b/split", "asya", 2)), "a/split");
  // Both are asya-a-b-c.
  assertEquals(claims.holderBefore(actor("a/b-c", "asya", 2)), "a-b/c");
});
