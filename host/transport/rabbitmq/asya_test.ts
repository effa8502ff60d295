// The mode in which a mesh is shared with Asya. Its peer here declares, publishes and consumes as Asya's sidecar does; it
// is not Asya itself.

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { Channel, ConsumeMessage } from "amqplib";
import { parseEnvelope } from "../../envelope.ts";
import { lacksRabbitmq, RabbitmqServer } from "@troupe/tests/servers/rabbitmq";
import { Buffer } from "node:buffer";
import { openTransport } from "../open.ts";
import type { Transport } from "../transport.ts";
import { deliveriesOf, publishAll, take, textOf, to } from "./_broker_testing.ts";
import { TestMesh } from "./_broker_testing.ts";
import { RabbitmqCollisionError } from "./errors.ts";

/** An envelope as Asya writes it in 2026: the shape, the order of members and the headers are its own. */
const ENVELOPE = JSON.stringify({
  id: "6f9619ff-8b86-d011-b42d-00cf4fc964ff",
  parent_id: "6f9619ff-8b86-d011-b42d-00cf4fc964fe",
  route: { prev: ["intake"], curr: "ours", next: ["theirs", "x-sink"] },
  headers: { trace_id: "abc-123", "x-asya-origin": "gateway" },
  status: {
    phase: "processing",
    actor: "intake",
    attempt: 1,
    max_attempts: 3,
    created_at: "2026-03-01T12:00:00Z",
    updated_at: "2026-03-01T12:00:01Z",
    deadline_at: "2126-03-01T12:05:00Z",
  },
  payload: { text: "grüße", numbers: [1, 2.5, -0] },
});

/** What Asya's sidecar does for an actor. */
class Peer {
  readonly #channel: Channel;
  readonly #namespace: string;

  constructor(channel: Channel, namespace: string) {
    this.#channel = channel;
    this.#namespace = namespace;
  }

  /** It declares the exchange, the queue and the binding before it sends, each time. */
  async send(actor: string, text: string): Promise<void> {
    await this.#declare(actor);
    const properties = {
      persistent: true,
      contentType: "application/json",
      timestamp: Math.floor(Date.now() / 1000),
    };
    this.#channel.publish("asya", actor, Buffer.from(text), properties);
  }

  /** Its next message, acknowledged. */
  async receive(actor: string): Promise<ConsumeMessage> {
    const queue = await this.#declare(actor);
    await this.#channel.prefetch(1);
    const { promise, resolve } = Promise.withResolvers<ConsumeMessage>();
    const { consumerTag } = await this.#channel.consume(queue, (message) => {
      if (!message) return;
      this.#channel.ack(message);
      resolve(message);
    });
    const message = await promise;
    await this.#channel.cancel(consumerTag);
    return message;
  }

  async #declare(actor: string): Promise<string> {
    await this.#channel.assertExchange("asya", "topic", { durable: true });
    const queue = `asya-${this.#namespace}-${actor}`;
    await this.#channel.assertQueue(queue, { durable: true });
    await this.#channel.bindQueue(queue, "asya", actor);
    return queue;
  }
}

if (!lacksRabbitmq()) {
  const server = await RabbitmqServer.start();
  Deno.test.afterAll(() => server.stop());

  /** Asya's routing keys hold no namespace: meshes that are not to meet need virtual hosts of their own. */
  const test = (
    name: string,
    run: (mesh: { transport: Transport; peer: Peer; mesh: TestMesh }) => Promise<void>,
  ) =>
    Deno.test(`rabbitmq, Asya's mode: ${name}`, async () => {
      const mesh = new TestMesh(server, { mode: "asya" });
      await server.control("add_vhost", mesh.namespace);
      await server.control("set_permissions", "--vhost", mesh.namespace, server.user, ".*", ".*", ".*");
      mesh.vhost = mesh.namespace;
      try {
        await run({
          transport: await mesh.open(),
          peer: new Peer(await mesh.client(), mesh.namespace),
          mesh,
        });
      } finally {
        await mesh.close();
      }
    });

  test("an envelope comes from a peer and goes on to a peer, byte for byte", async ({ transport, peer }) => {
    await transport.declare(["ours"]);
    await peer.send("ours", ENVELOPE);
    const delivery = await take(deliveriesOf(transport, "ours"));
    assertEquals(textOf(delivery), ENVELOPE);
    const { id, route, headers } = parseEnvelope(delivery.body, { maxBytes: 1_000_000 });
    assertEquals([id, route.next[0], headers?.trace_id], [JSON.parse(ENVELOPE).id, "theirs", "abc-123"]);
    assertEquals([delivery.deliveries, delivery.losses], [0, 0]);
    const receiving = peer.receive("theirs");
    await peer.send("elsewhere", "declared, so that the peer's queue is there");
    assertEquals((await delivery.settle([{ queue: "theirs", body: delivery.body }])).acked, true);
    const { content, fields, properties } = await receiving;
    assertEquals([content.toString(), fields.exchange, fields.routingKey], [ENVELOPE, "asya", "theirs"]);
    assertEquals([properties.contentType, properties.deliveryMode], ["application/json", 2]);
  });

  test("it does not matter who declares first", async ({ transport, peer }) => {
    await peer.send("theirs-first", "1");
    await transport.declare(["theirs-first", "ours-first"]);
    await peer.send("ours-first", "2");
    assertEquals(textOf(await take(deliveriesOf(transport, "theirs-first"))), "1");
    assertEquals(textOf(await take(deliveriesOf(transport, "ours-first"))), "2");
    assertEquals(await transport.queues(), ["ours-first", "theirs-first"]);
  });

  test("an actor that nobody has is refused", async ({ transport }) => {
    await transport.declare(["ours"]);
    const [outcome] = await transport.publish([to("nobody", "1")]);
    assertEquals(outcome?.kind === "refused" && outcome.reason, "no-queue");
  });

  test("delays, and what is given back, work as in the other mode; both are ours alone", async ({ transport, peer }) => {
    await transport.declare(["ours", "x-sump"]);
    const published = Date.now();
    await publishAll(transport, [to("ours", "later", 300), to("ours", "now")]);
    const deliveries = deliveriesOf(transport, "ours");
    const first = await take(deliveries);
    assertEquals(textOf(first), "now");
    await first.release({ delayMs: 400 });
    assertEquals(textOf(await take(deliveries)), "later");
    assert(Date.now() - published >= 300);
    assertEquals(textOf(await take(deliveries)), "now");
    await peer.send("ours", "still a queue of Asya's");
    assertEquals(textOf(await take(deliveries)), "still a queue of Asya's");
  });

  test("two actors that would share a queue, or its messages, are refused", async ({ transport, mesh }) => {
    await transport.declare(["b-c"]);
    const other = (namespace: string) =>
      openTransport(server.address({ mode: "asya", namespace }).replace("/?", `/${mesh.namespace}?`));
    const sameQueue = await other(`${mesh.namespace}-b`);
    const error = await assertRejects(() => sameQueue.declare(["c"]), RabbitmqCollisionError);
    assertStringIncludes(error.message, `${mesh.namespace}-b/c`);
    assertStringIncludes(error.message, `${mesh.namespace}/b-c`);
    const sameKey = await other("else");
    await assertRejects(() => sameKey.declare(["b-c"]), RabbitmqCollisionError);
    await sameKey.declare(["d"]);
    assertEquals([await transport.queues(), await sameKey.queues()], [["b-c"], ["d"]]);
    // When the first is gone, the name is free.
    await (await mesh.client()).deleteQueue(`asya-${mesh.namespace}-b-c`);
    await sameKey.declare(["b-c"]);
    await sameQueue.close();
    await sameKey.close();
  });
}
