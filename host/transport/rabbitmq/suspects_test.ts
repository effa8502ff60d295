import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { lacksRabbitmq, RabbitmqServer } from "@troupe/tests/servers/rabbitmq";
import { TcpProxy } from "@troupe/tests/servers/tcp_proxy";
import { Buffer } from "node:buffer";
import { type Delivery, SUSPECT_FROM } from "../transport.ts";
import { deliveriesOf, meshTests, publishAll, take, textOf, to } from "./_broker_testing.ts";

if (!lacksRabbitmq()) {
  const server = await RabbitmqServer.start();
  Deno.test.afterAll(() => server.stop());
  const test = meshTests(server);

  test("a message that kills its consumers is found out, and takes none of its neighbours with it", async (mesh) => {
    const proxy = new TcpProxy({ port: server.port });
    const transport = await mesh.open({ port: proxy.port });
    await transport.declare(["a"]);
    const names = ["bad", ...Array.from({ length: 9 }, (_, i) => `good ${i}`)];
    await publishAll(transport, names.map((name) => to("a", name)));
    const losses: number[] = [];
    const settled = new Map<string, number>();
    for await (const delivery of transport.consume("a", { inFlight: 20 })) {
      if (textOf(delivery) !== "bad") {
        assert((delivery.losses ?? 0) < 5, `${textOf(delivery)} is given up with ${delivery.losses}`);
        // A neighbour takes its time, so that each loss of the consumer finds it in hand.
        if (losses.length < SUSPECT_FROM) continue;
        if ((await delivery.settle([])).acked) settled.set(textOf(delivery), delivery.losses ?? 0);
      } else {
        losses.push(delivery.losses ?? 0);
        if (delivery.losses === 5) {
          await delivery.settle([]);
          settled.set("bad", 5);
        } else {
          const lost = mesh.next("lost");
          proxy.cut();
          await lost;
        }
      }
      if (settled.size === names.length) break;
    }
    assertEquals(losses, [0, 0, 0, 0, 1, 2, 3, 4, 5]);
    assertEquals([...settled.keys()].toSorted(), names.toSorted());
    assertEquals((await (await mesh.client()).checkQueue(mesh.topology.dead)).messageCount, 0);
    await transport.close();
    await proxy.close();
  });

  test("suspects are given out one at a time", async (mesh) => {
    const transport = await mesh.open();
    await transport.declare(["a"]);
    const client = await mesh.client();
    for (const text of ["1", "2"]) client.sendToQueue(mesh.topology.suspectsOf("a") ?? "", Buffer.from(text));
    const deliveries = deliveriesOf(transport, "a");
    const first = await take(deliveries);
    const second = take(deliveries);
    let given = false;
    second.then(() => given = true);
    await publishAll(transport, [to("a", "ordinary")]);
    assertEquals(textOf(await second), "ordinary");
    assertEquals(given, true);
    await first.settle([]);
    assertEquals([textOf(first), textOf(await take(deliveries))], ["1", "2"]);
  });

  test("a suspect that is given back is not counted, now or later", async (mesh) => {
    const transport = await mesh.open();
    await transport.declare(["a"]);
    const client = await mesh.client();
    client.sendToQueue(mesh.topology.suspectsOf("a") ?? "", Buffer.from("1"), {
      headers: { "x-troupe-losses": 2, "x-troupe-deliveries": 3 },
    });
    const deliveries = deliveriesOf(transport, "a");
    for (const delayMs of [0, 150, 0]) {
      const delivery = await take(deliveries);
      assertEquals([delivery.losses, delivery.deliveries], [2, 3]);
      await delivery.release({ delayMs });
    }
    const last = await take(deliveries);
    assertEquals([last.losses, last.deliveries], [2, 3]);
  });

  test("what the broker itself gives up comes to x-sump, byte for byte, with its queue and the reason", async (mesh) => {
    const transport = await mesh.open();
    await transport.declare(["a", "x-sump"]);
    await server.control(
      ...[
        "set_policy",
        "--apply-to",
        "queues",
        "low",
        `^${mesh.topology.queueOf("a")}$`,
        '{"delivery-limit":1}',
      ],
    );
    const body = Uint8Array.of(0, 255, 10, 13);
    await transport.publish([{ queue: "a", body }]);
    const client = await mesh.client();
    const sump = deliveriesOf(transport, "x-sump");
    const dead = take(sump);
    let found: Delivery | undefined;
    dead.then((delivery) => found = delivery);
    while (!found) {
      // A consumer of another make, which knows of no limit and gives back what it does not like.
      const message = await client.get(mesh.topology.queueOf("a"));
      if (message) client.nack(message, false, true);
    }
    const { queue, body: bytes, givenUp } = await dead;
    assertEquals([queue, new Uint8Array(bytes)], ["x-sump", body]);
    assertEquals(givenUp?.queue, "a");
    assertStringIncludes(givenUp?.reason ?? "", "delivery_limit");
    // It can be given back, and comes again with the same.
    await found.release();
    const again = await take(sump);
    assertEquals(again.givenUp, givenUp);
    assertEquals((await again.settle([])).acked, true);
    assertEquals((await transport.depth("x-sump")).ready, 0);
    await server.control("clear_policy", "low");
  });

  test("the reason of what somebody else has put among the dead is that", async (mesh) => {
    const transport = await mesh.open();
    await transport.declare(["x-sump"]);
    const client = await mesh.client();
    client.sendToQueue(mesh.topology.dead, Buffer.from("?"), { headers: { "x-death": "none of yours" } });
    const { givenUp } = await take(deliveriesOf(transport, "x-sump"));
    assertEquals(givenUp?.queue, "");
    assertStringIncludes(givenUp?.reason ?? "", "somebody");
  });
}
