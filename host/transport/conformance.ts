/**
 * What every transport has to keep, as tests. Each technology plugs itself in with one call, on the real thing.
 *
 * @module
 */

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { NoSuchQueueError, TransportClosedError } from "./errors.ts";
import type { Consumer, Delivery, Outgoing, Transport } from "./transport.ts";

/** One broker, or file, to which transports can be opened. */
export interface Harness {
  /** Opens another transport on the same queues. */
  open(): Promise<Transport>;
  /** Takes everything away; transports that are still open are closed before. */
  close(): Promise<void>;
}

/** How a technology is put to the tests. */
export interface ConformanceOptions {
  /** Makes a broker, or file, that is empty. */
  readonly start: (options: { readonly maxBodyBytes: number }) => Promise<Harness>;
  /** Whether "return for now" leaves the delivery count as it was. */
  readonly releaseUncounted: boolean;
  /** Whether a settle with a refused message publishes none of its messages. */
  readonly settlesAtomically: boolean;
  /** Whether it can tell whose delayed messages are; without it, each queue's depth has the number of all. */
  readonly knowsWhoseDelayed: boolean;
}

const MAX_BODY = 64 * 1024;
const bytes = (text: string) => new TextEncoder().encode(text);
const textOf = ({ body }: { body: Uint8Array }) => new TextDecoder().decode(body);
const to = (queue: string, text: string, delayMs?: number): Outgoing => ({
  queue,
  body: bytes(text),
  ...(delayMs === undefined ? {} : { delayMs }),
});

/** Takes the next deliveries of a consumer, without ending it. */
async function take(consumer: AsyncIterator<Delivery>, count: number): Promise<Delivery[]> {
  const taken: Delivery[] = [];
  while (taken.length < count) {
    const { value, done } = await consumer.next();
    assert(!done, `the consumer ended after ${taken.length} of ${count}`);
    taken.push(value);
  }
  return taken;
}

/** Whether a promise is still pending after a while: for what must not happen. */
async function staysPending(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<"late">((resolve) => timer = setTimeout(() => resolve("late"), ms));
  const first = await Promise.race([promise, late]);
  clearTimeout(timer);
  return first === "late";
}

/** Asks until the answer is the one that is expected: for what a broker tells late. */
async function comesTo<T>(ask: () => Promise<T>, expected: T): Promise<void> {
  const giveUp = Date.now() + 10_000;
  let answer = await ask();
  while (JSON.stringify(answer) !== JSON.stringify(expected) && Date.now() < giveUp) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    answer = await ask();
  }
  assertEquals(answer, expected);
}

/** Registers the tests for one technology. */
export function conformance(name: string, options: ConformanceOptions): void {
  const test = (what: string, run: (transport: Transport, harness: Harness) => Promise<void>) =>
    Deno.test(`${name}: ${what}`, async () => {
      const harness = await options.start({ maxBodyBytes: MAX_BODY });
      try {
        const transport = await harness.open();
        try {
          await transport.declare(["a", "b"]);
          await run(transport, harness);
        } finally {
          await transport.close();
        }
      } finally {
        await harness.close();
      }
    });

  test("queues are declared once, however often", async (transport, harness) => {
    await transport.declare(["b", "c"]);
    const other = await harness.open();
    await other.declare(["a"]);
    assertEquals(await other.queues(), ["a", "b", "c"]);
    await other.close();
  });

  test("bodies arrive byte for byte", async (transport) => {
    const bodies = [
      new Uint8Array(),
      Uint8Array.of(0, 255, 10, 13),
      crypto.getRandomValues(new Uint8Array(MAX_BODY)),
    ];
    const outcomes = await transport.publish(bodies.map((body) => ({ queue: "a", body })));
    assertEquals(outcomes, bodies.map(() => ({ kind: "ok" })));
    const consumer = transport.consume("a", { inFlight: 10 });
    const taken = await take(consumer[Symbol.asyncIterator](), bodies.length);
    assertEquals(taken.map(({ body }) => new Uint8Array(body)), bodies);
    assertEquals(taken.map(({ queue, deliveries }) => [queue, deliveries]), bodies.map(() => ["a", 0]));
    assertEquals(new Set(taken.map(({ messageId }) => messageId)).size, bodies.length);
    for (const delivery of taken) {
      assertEquals(await delivery.settle([]), { outcomes: [], acked: true, leaseLost: false });
    }
    await consumer.stop();
  });

  test("a message that cannot be kept is refused, and the others of its batch are not", async (transport) => {
    const outcomes = await transport.publish([
      to("a", "1"),
      to("nowhere", "2"),
      { queue: "a", body: new Uint8Array(MAX_BODY + 1) },
      to("b", "3"),
    ]);
    assertEquals(
      outcomes.map((outcome) => outcome.kind === "refused" ? outcome.reason : outcome.kind),
      ["ok", "no-queue", "too-large", "ok"],
    );
    assertEquals([(await transport.depth("a")).ready, (await transport.depth("b")).ready], [1, 1]);
  });

  test("a delivery that is settled is gone, and what it caused is there", async (transport, harness) => {
    await transport.publish([to("a", "1")]);
    const consumer = transport.consume("a", { inFlight: 1 });
    const [delivery] = await take(consumer[Symbol.asyncIterator](), 1);
    const settlement = await delivery?.settle([to("b", "2"), to("b", "3")]);
    assertEquals(settlement, { outcomes: [{ kind: "ok" }, { kind: "ok" }], acked: true, leaseLost: false });
    await consumer.stop();
    const other = await harness.open();
    const results = other.consume("b", { inFlight: 10 });
    assertEquals((await take(results[Symbol.asyncIterator](), 2)).map(textOf).toSorted(), ["2", "3"]);
    assertEquals(await other.depth("a"), { ready: 0, delayed: 0, leased: 0 });
    await other.close();
  });

  test("a delivery whose children were refused is held, and can be settled again", async (transport) => {
    await transport.publish([to("a", "1")]);
    const consumer = transport.consume("a", { inFlight: 1 });
    const [delivery] = await take(consumer[Symbol.asyncIterator](), 1);
    const first = await delivery?.settle([to("b", "2"), to("nowhere", "3")]);
    assertEquals([first?.acked, first?.leaseLost], [false, false]);
    const refused = first?.outcomes[1];
    assertEquals(refused?.kind === "refused" && refused.reason, "no-queue");
    assertEquals(first?.outcomes[0]?.kind, options.settlesAtomically ? "refused" : "ok");
    assertEquals((await transport.depth("a")).leased, 1);
    const rest = options.settlesAtomically ? [to("b", "2"), to("b", "3")] : [to("b", "3")];
    assertEquals((await delivery?.settle(rest))?.acked, true);
    assertEquals((await transport.depth("b")).ready, 2);
    await consumer.stop();
  });

  test("a delivery that is released comes back", async (transport) => {
    await transport.publish([to("a", "1")]);
    const consumer = transport.consume("a", { inFlight: 1 });
    const deliveries = consumer[Symbol.asyncIterator]();
    for (let time = 0; time < 5; time++) {
      const [delivery] = await take(deliveries, 1);
      assertEquals(textOf(delivery as Delivery), "1");
      if (options.releaseUncounted) assertEquals(delivery?.deliveries, 0);
      await delivery?.release();
    }
    await consumer.stop();
  });

  test("a delivery that is released for a while does not come back before", async (transport) => {
    await transport.publish([to("a", "1")]);
    const consumer = transport.consume("a", { inFlight: 1 });
    const deliveries = consumer[Symbol.asyncIterator]();
    const [first] = await take(deliveries, 1);
    const released = Date.now();
    await first?.release({ delayMs: 400 });
    const [second] = await take(deliveries, 1);
    assert(Date.now() - released >= 400, "it came back too early");
    await second?.settle([]);
    await consumer.stop();
  });

  test("a delayed message is never early, and does not keep others waiting", async (transport) => {
    const published = Date.now();
    await transport.publish([to("a", "700", 700), to("a", "300", 300), to("a", "0")]);
    const consumer = transport.consume("a", { inFlight: 10 });
    const arrivals: string[] = [];
    for (const delivery of await take(consumer[Symbol.asyncIterator](), 3)) {
      arrivals.push(textOf(delivery));
      assert(Date.now() - published >= Number(textOf(delivery)), `${textOf(delivery)} was early`);
      await delivery.settle([]);
    }
    assertEquals(arrivals, ["0", "300", "700"]);
    await consumer.stop();
  });

  test("no more is in hand than was asked for", async (transport) => {
    await transport.publish(Array.from({ length: 10 }, (_, i) => to("a", String(i))));
    const consumer = transport.consume("a", { inFlight: 3 });
    const deliveries = consumer[Symbol.asyncIterator]();
    const inHand = await take(deliveries, 3);
    const fourth = deliveries.next();
    assert(await staysPending(fourth, 300), "a fourth was given");
    await inHand[0]?.settle([]);
    assertEquals((await fourth).done, false);
    await consumer.stop();
  });

  test("what was in hand when a consumer went away is delivered to another", async (transport, harness) => {
    await transport.publish([to("a", "1"), to("a", "2")]);
    const gone = await harness.open();
    const first = await take(gone.consume("a", { inFlight: 2 })[Symbol.asyncIterator](), 2);
    assertEquals(first.map(textOf).toSorted(), ["1", "2"]);
    await gone.close();
    const consumer = transport.consume("a", { inFlight: 2 });
    const again = await take(consumer[Symbol.asyncIterator](), 2);
    assertEquals(again.map(textOf).toSorted(), ["1", "2"]);
    for (const delivery of again) assertEquals((await delivery.settle([])).acked, true);
    // What is held by nobody any more settles nothing.
    const late = await first[0]?.settle([to("b", "late")]);
    assertEquals([late?.acked, (await transport.depth("b")).ready], [false, 0]);
    await consumer.stop();
  });

  test("consumers share a queue: none is lost, none is given twice", async (transport, harness) => {
    const count = 5_000;
    const others = [await harness.open(), await harness.open()];
    for (let sent = 0; sent < count; sent += 500) {
      await transport.publish(Array.from({ length: 500 }, (_, i) => to("a", String(sent + i))));
    }
    const consumers: Consumer[] = [];
    const seen: string[] = [];
    const consume = async (from: Transport) => {
      const consumer = from.consume("a", { inFlight: 50 });
      consumers.push(consumer);
      const settling: Promise<unknown>[] = [];
      for await (const delivery of consumer) {
        seen.push(textOf(delivery));
        settling.push(delivery.settle([to("b", textOf(delivery))]));
        if (seen.length >= count) { for (const each of consumers) await each.stop(); }
      }
      await Promise.all(settling);
    };
    await Promise.all([transport, ...others].map(consume));
    assertEquals(seen.map(Number).toSorted((a, b) => a - b), Array.from({ length: count }, (_, i) => i));
    assertEquals((await transport.depth("b")).ready, count);
    for (const other of others) await other.close();
  });

  test("depths tell what is ready, what is delayed, and what is in hand", async (transport) => {
    await transport.publish([to("a", "1"), to("a", "2"), to("a", "3", 60_000)]);
    const consumer = transport.consume("a", { inFlight: 1 });
    await take(consumer[Symbol.asyncIterator](), 1);
    assertEquals(await transport.depth("a"), { ready: 1, delayed: 1, leased: 1 });
    const delayed = options.knowsWhoseDelayed ? 0 : 1;
    assertEquals((await transport.depths()).get("b"), { ready: 0, delayed, leased: 0 });
    await assertRejects(() => transport.depth("nowhere"), NoSuchQueueError);
    await consumer.stop();
  });

  test("a consumer that has stopped takes no more, and what is in hand can be settled", async (transport) => {
    await transport.publish([to("a", "1"), to("a", "2"), to("a", "3")]);
    const consumer = transport.consume("a", { inFlight: 2 });
    const deliveries = consumer[Symbol.asyncIterator]();
    const [first] = await take(deliveries, 1);
    await consumer.stop();
    await consumer.stop();
    assertEquals((await deliveries.next()).done, true);
    assertEquals((await first?.settle([to("b", "x")]))?.acked, true);
    // The one that was taken and not handed out comes back.
    await comesTo(() => transport.depth("a"), { ready: 2, delayed: 0, leased: 0 });
  });

  test("a message published elsewhere wakes a consumer that waits", async (transport, harness) => {
    const other = await harness.open();
    const consumer = transport.consume("a", { inFlight: 1 });
    const next = consumer[Symbol.asyncIterator]().next();
    assert(await staysPending(next, 50));
    await other.publish([to("a", "wake")]);
    assertEquals(textOf((await next).value), "wake");
    await consumer.stop();
    await other.close();
  });

  test(
    "a broadcast reaches those who listen, here and elsewhere, and nobody else",
    async (transport, harness) => {
      const other = await harness.open();
      transport.broadcast("unheard", bytes("to nobody"));
      const heard: string[] = [];
      const both = Promise.withResolvers<void>();
      const listen = (who: string) => (message: Uint8Array) => {
        heard.push(`${who} ${new TextDecoder().decode(message)}`);
        if (heard.length >= 2) both.resolve();
      };
      const unsubscribe = transport.subscribe("news", listen("here"));
      other.subscribe("news", listen("there"));
      other.subscribe("other", () => assert(false, "another topic was heard"));
      // Best effort: it is sent until those who have just begun to listen elsewhere are known.
      const sending = setInterval(() => heard.length < 2 && transport.broadcast("news", bytes("hello")), 20);
      await both.promise;
      clearInterval(sending);
      assert(heard.every((line) => line.endsWith("hello")), heard.join());
      unsubscribe();
      await other.close();
    },
  );

  test(
    "what is broadcast right after opening, and before closing, is heard by those who listen",
    async (transport, harness) => {
      const heard = new Set<string>();
      const listening = Promise.withResolvers<void>();
      const last = Promise.withResolvers<void>();
      transport.subscribe("news", (message) => {
        const text = new TextDecoder().decode(message);
        heard.add(text);
        (text === "last" ? last : listening).resolve();
      });
      const other = await harness.open();
      const sending = setInterval(() => other.broadcast("news", bytes("first")), 20);
      await listening.promise;
      clearInterval(sending);
      await other.close();
      const late = await harness.open();
      await late.queues();
      late.broadcast("news", bytes("last"));
      await late.close();
      await last.promise;
      assertEquals([...heard].toSorted(), ["first", "last"]);
    },
  );

  test("closed is closed: twice is nothing, and what comes after is refused", async (transport) => {
    const consumer = transport.consume("a", { inFlight: 1 });
    const next = consumer[Symbol.asyncIterator]().next();
    assertEquals(transport.health(), { ready: true, reason: "" });
    await Promise.all([transport.close(), transport.close()]);
    assertEquals((await next).done, true);
    assertStringIncludes(transport.health().reason, "closed");
    await assertRejects(async () => await transport.publish([to("a", "1")]), TransportClosedError);
    await assertRejects(async () => await transport.depths(), TransportClosedError);
  });
}
