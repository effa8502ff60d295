import { assert, assertEquals } from "@std/assert";
import { topologyOf } from "./topology.ts";

const ours = topologyOf({ namespace: "shop", mode: "troupe" });
const asya = topologyOf({ namespace: "shop", mode: "asya" });

Deno.test("names are troupe_{namespace}_{actor}, and can be read back", () => {
  assertEquals(ours.queueOf("x-sink"), "troupe_shop_x-sink");
  assertEquals(ours.suspectsOf("split"), "troupe_shop_split_suspect");
  assertEquals(ours.actorOf("troupe_shop_split"), "split");
  assertEquals(ours.actorOf("troupe_shop_split_suspect"), "split");
  for (const other of ["troupe_shop__dead", "troupe_other_split", "troupe_shop_", "else"]) {
    assertEquals(ours.actorOf(other), undefined, other);
  }
});

Deno.test("no two actors share a name, and the longest is within what AMQP allows", () => {
  const label = "a".repeat(63);
  const longest = topologyOf({ namespace: label, mode: "troupe" });
  assert((longest.suspectsOf(label) ?? "").length <= 255);
  const names = [["a-b", "c"], ["a", "b-c"]].map(([namespace = "", actor = ""]) =>
    topologyOf({ namespace, mode: "troupe" }).queueOf(actor)
  );
  assertEquals(new Set(names).size, 2);
});

Deno.test("an actor's queue keeps what it cannot deliver, and is not to give up by itself", () => {
  const [queue] = ours.declarationsOf("split");
  assert(queue?.kind === "queue");
  assertEquals(queue.arguments, {
    "x-queue-type": "quorum",
    "x-delivery-limit": 2147483647,
    "x-dead-letter-exchange": "",
    "x-dead-letter-routing-key": "troupe_shop__dead",
    "x-dead-letter-strategy": "at-least-once",
    "x-overflow": "reject-publish",
  });
});

Deno.test("Asya's queues are as Asya declares them", () => {
  assertEquals(asya.declarationsOf("split").slice(0, 2), [
    { kind: "queue", name: "asya-shop-split", arguments: {} },
    { kind: "binding", exchange: "asya", routingKey: "split", queue: "asya-shop-split" },
  ]);
  assertEquals(asya.targetOf("split"), { exchange: "asya", routingKey: "split" });
  assertEquals(asya.actorOf("asya-shop-split"), "split");
  assertEquals(asya.suspectsOf("split"), undefined);
});

Deno.test("what belongs to the mesh has a name that no actor's queue has, in either mode", () => {
  for (const topology of [ours, asya]) {
    const { dead, news, registry, registryLock, ladder } = topology;
    for (const name of [dead, news, registry, registryLock, ladder.due, `${ladder.rung}00`]) {
      assertEquals(topology.actorOf(name), undefined, name);
    }
  }
});
