import { assertEquals } from "@std/assert";
import type { Channel, ConsumeMessage } from "amqplib";
import fc from "fast-check";
import { EventEmitter } from "node:events";
import { Leases } from "./leases.ts";

/** A channel that writes down what the broker would be told, and does to a set of tags what the broker would do. */
class FakeChannel extends EventEmitter {
  readonly told: string[] = [];
  readonly unacknowledged = new Set<number>();
  readonly acknowledged = new Set<number>();
  dead = false;

  ack({ fields: { deliveryTag } }: ConsumeMessage, allUpTo = false): void {
    if (this.dead) throw new Error("Channel closed");
    this.told.push(`ack ${deliveryTag}${allUpTo ? " and all before" : ""}`);
    for (const tag of [...this.unacknowledged]) {
      if (tag !== deliveryTag && !(allUpTo && tag < deliveryTag)) continue;
      this.unacknowledged.delete(tag);
      this.acknowledged.add(tag);
    }
  }

  nack({ fields: { deliveryTag } }: ConsumeMessage): void {
    this.told.push(`nack ${deliveryTag}`);
    this.unacknowledged.delete(deliveryTag);
  }

  prefetch(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.emit("close");
    return Promise.resolve();
  }
}

function begin(count: number) {
  const channel = new FakeChannel();
  const leases = new Leases(channel as unknown as Channel);
  const held = Array.from({ length: count }, (_, i) => {
    channel.unacknowledged.add(i + 1);
    return leases.open({ fields: { deliveryTag: i + 1 } } as ConsumeMessage);
  });
  return { channel, leases, held };
}

Deno.test("what is acknowledged in one turn is told at once: one frame up to the first that is in hand", async () => {
  const { channel, leases, held } = begin(6);
  for (const i of [1, 0, 2, 4]) held[i]?.acknowledge();
  assertEquals(channel.told, []);
  await leases.sync();
  assertEquals(channel.told, ["ack 3 and all before", "ack 5"]);
  held[3]?.acknowledge();
  await leases.end();
  assertEquals(channel.told.slice(2), ["ack 4 and all before"]);
  assertEquals([...channel.unacknowledged], [6]);
});

Deno.test("exactly what was acknowledged is, in whatever order and in whatever batches", async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(fc.tuple(fc.nat(19), fc.constantFrom("acknowledge", "giveBack", "sync")), { maxLength: 60 }),
    async (steps) => {
      const { channel, leases, held } = begin(20);
      const acknowledged = new Set<number>();
      const ended = new Set<number>();
      for (const [i, step] of steps) {
        if (step === "sync") await leases.sync();
        else {
          assertEquals(held[i]?.[step](), !ended.has(i));
          if (step === "acknowledge" && !ended.has(i)) acknowledged.add(i + 1);
          ended.add(i);
        }
      }
      await leases.end();
      assertEquals([...channel.acknowledged].toSorted(), [...acknowledged].toSorted());
      assertEquals(channel.unacknowledged.size, 20 - ended.size);
    },
  ));
});

Deno.test("a lease ends with its channel", async () => {
  const { channel, leases, held: [lease] } = begin(1);
  assertEquals(lease?.alive, true);
  channel.emit("close");
  assertEquals([lease?.alive, lease?.acknowledge(), lease?.giveBack()], [false, false, false]);
  await leases.none();
  await leases.sync();
  assertEquals(channel.told, []);
});

Deno.test("a channel that is gone before it says so costs the leases, and throws nothing", async () => {
  const { channel, leases, held: [first, second] } = begin(2);
  channel.dead = true;
  first?.acknowledge();
  await leases.sync();
  assertEquals([second?.alive, second?.acknowledge()], [false, false]);
});

Deno.test("none resolves when the last lease is ended", async () => {
  const { leases, held: [first, second] } = begin(2);
  let none = false;
  const waiting = leases.none().then(() => none = true);
  first?.acknowledge();
  await leases.sync();
  assertEquals(none, false);
  second?.giveBack();
  await waiting;
  await leases.end();
});
