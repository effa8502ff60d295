import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { lacksRabbitmq, RabbitmqServer } from "@troupe/tests/servers/rabbitmq";
import { Buffer } from "node:buffer";
import type { Outgoing, Transport } from "../transport.ts";
import {
  declarationsSettled,
  deliveriesOf,
  meshTests,
  publishAll,
  take,
  textOf,
  to,
} from "./_broker_testing.ts";

const DELAYS_MS = [100, 150, 200, 300, 500, 700, 1_000, 1_600, 2_300, 3_100, 4_000, 5_500, 7_000];

/** Messages whose texts are the time from which on they may arrive. */
function dated(queue: string, delays: readonly number[]): Outgoing[] {
  const now = Date.now();
  return delays.map((delayMs, i) => to(queue, `${now + delayMs} ${i}`, delayMs));
}

/** Takes as many messages as were sent, none of which is early; gives how late they are, sorted. */
async function arrivals(transport: Transport, queue: string, count: number): Promise<number[]> {
  const late: number[] = [];
  const seen = new Set<string>();
  for await (const delivery of transport.consume(queue, { inFlight: 100 })) {
    const after = Date.now() - Number(textOf(delivery).split(" ")[0]);
    assert(after >= 0, `${textOf(delivery)} was ${-after} ms early`);
    late.push(after);
    seen.add(textOf(delivery));
    await delivery.settle([]);
    if (seen.size === count) break;
  }
  return late.toSorted((a, b) => a - b);
}

if (!lacksRabbitmq()) {
  const server = await RabbitmqServer.start();
  Deno.test.afterAll(() => server.stop());
  const test = meshTests(server);

  test("delays from 100 ms to 7 s are never early", async (mesh) => {
    const transport = await mesh.open();
    await transport.declare(["a"]);
    // The ladder is made for the first of them.
    await transport.publish(dated("a", [100]));
    await arrivals(transport, "a", 1);
    const delays = Array.from({ length: 40 }, () => DELAYS_MS).flat();
    const outcomes = await transport.publish(dated("a", delays));
    assert(outcomes.every(({ kind }) => kind === "ok"));
    const late = await arrivals(transport, "a", delays.length);
    assertEquals(late.length, delays.length);
    const at = (share: number) => late[Math.floor(late.length * share)];
    console.log(`    late by ${at(0.5)} ms at p50, ${at(0.99)} ms at p99, ${late.at(-1)} ms at most`);
  });

  test("what is delayed survives that the broker is killed", async (mesh) => {
    const transport = await mesh.open();
    await transport.declare(["a"]);
    await publishAll(transport, dated("a", [100]));
    await arrivals(transport, "a", 1);
    await declarationsSettled();
    const delays = Array.from({ length: 40 }, () => DELAYS_MS).flat();
    await publishAll(transport, dated("a", delays));
    const taking = arrivals(transport, "a", delays.length);
    const connected = mesh.next("connected");
    await server.kill9();
    await server.restart();
    await connected;
    const late = await taking;
    console.log(`    ${late.length - delays.length} of ${delays.length} came twice`);
    assertEquals((await transport.depth("a")).delayed, 0);
  }, { restarts: true });

  test("what is delayed for a queue that is gone by then comes to x-sump, and keeps nobody waiting", async (mesh) => {
    const transport = await mesh.open();
    await transport.declare(["gone", "here", "x-sump"]);
    await publishAll(transport, [to("gone", "1", 400), to("gone", "2", 700), to("here", "3", 900)]);
    const client = await mesh.client();
    await client.deleteQueue(mesh.topology.queueOf("gone"));
    const dead = deliveriesOf(transport, "x-sump");
    const found = [await take(dead), await take(dead)];
    assertEquals(found.map(textOf).toSorted(), ["1", "2"]);
    for (const { givenUp } of found) {
      assertEquals(givenUp?.queue, "gone");
      assertStringIncludes(givenUp?.reason ?? "", "gone when its delay was over");
    }
    assertEquals(textOf(await take(deliveriesOf(transport, "here"))), "3");
  });

  test("what is delayed for a queue that is made again meanwhile comes there", async (mesh) => {
    const transport = await mesh.open();
    await transport.declare(["a"]);
    await publishAll(transport, [to("a", "1", 1_000)]);
    const client = await mesh.client();
    await client.deleteQueue(mesh.topology.queueOf("a"));
    await transport.declare(["a"]);
    assertEquals(textOf(await take(deliveriesOf(transport, "a"))), "1");
  });

  test("a delay for a queue that does not exist is refused at once", async (mesh) => {
    const transport = await mesh.open();
    const [outcome] = await transport.publish([to("nowhere", "1", 1_000)]);
    assertEquals(outcome?.kind === "refused" && outcome.reason, "no-queue");
    // One of another process exists, though this one has not declared it.
    await (await mesh.open()).declare(["elsewhere"]);
    assertEquals(await transport.publish([to("elsewhere", "1", 100)]), [{ kind: "ok" }]);
  });

  test("a rung that somebody deletes is made again", async (mesh) => {
    const transport = await mesh.open();
    await transport.declare(["a"]);
    await publishAll(transport, [to("a", "1", 100)]);
    const client = await mesh.client();
    await client.deleteQueue(`${mesh.topology.ladder.rung}02`);
    await client.deleteExchange(`${mesh.topology.ladder.rung}01`);
    await publishAll(transport, [to("a", "2", 400), to("a", "3", 200)]);
    const deliveries = deliveriesOf(transport, "a");
    const texts = [await take(deliveries), await take(deliveries), await take(deliveries)].map(textOf);
    assertEquals(texts.toSorted(), ["1", "2", "3"]);
  });

  test("what is to wait longer than the ladder is high passes it again, without being counted or handed out", async (mesh) => {
    const transport = await mesh.open();
    await transport.declare(["a"]);
    const client = await mesh.client();
    const published = Date.now();
    // As it comes out of the ladder after 29 hours.
    client.sendToQueue(mesh.topology.queueOf("a"), Buffer.from("1"), { headers: { "x-troupe-rest": 300 } });
    const delivery = await take(deliveriesOf(transport, "a"));
    assert(Date.now() - published >= 300);
    assertEquals(delivery.deliveries, 0);
  });

  test("a message that was delayed carries nothing of the ladder into its retry", async (mesh) => {
    const transport = await mesh.open();
    await transport.declare(["a", "b"]);
    await publishAll(transport, [to("a", "1", 100)]);
    const deliveries = deliveriesOf(transport, "a", 1);
    await (await take(deliveries)).release({ delayMs: 100 });
    const delivery = await take(deliveries);
    await delivery.settle([{ queue: "b", body: delivery.body }]);
    await publishAll(transport, [to("a", "2", 100)]);
    await (await take(deliveries)).release();
    await deliveries.return?.();
    const client = await mesh.client();
    for (const actor of ["a", "b"]) {
      const message = await client.get(mesh.topology.queueOf(actor), { noAck: true });
      const headers = message &&
        Object.keys(message.properties.headers ?? {}).filter((name) => name !== "x-delivery-count");
      assertEquals(headers, []);
    }
  });
}
