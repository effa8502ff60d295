// The transport on a real broker: conformance and what that does not hold, in one file because one broker serves it all.

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { lacksRabbitmq, RabbitmqServer } from "@troupe/tests/servers/rabbitmq";
import { TcpProxy } from "@troupe/tests/servers/tcp_proxy";
import { Buffer } from "node:buffer";
import { conformance } from "../conformance.ts";
import { openTransport } from "../open.ts";
import {
  collect,
  deliveriesOf,
  meshTests,
  move,
  publishAll,
  take,
  TestMesh,
  textOf,
  to,
} from "./_broker_testing.ts";
import {
  RabbitmqError,
  RabbitmqMismatchError,
  RabbitmqRefusedError,
  RabbitmqUnreachableError,
} from "./errors.ts";
import { openRabbitmq, parseRabbitmqAddress } from "./mod.ts";

if (!lacksRabbitmq()) {
  // Started outside of the tests: it outlives each of them.
  const server = await RabbitmqServer.start({ tls: true, config: ["max_message_size = 1000000"] });
  Deno.test.afterAll(() => server.stop());

  conformance("rabbitmq", {
    releaseUncounted: true,
    settlesAtomically: false,
    knowsWhoseDelayed: false,
    start({ maxBodyBytes }) {
      const mesh = new TestMesh(server);
      return Promise.resolve({
        open: () => mesh.open({ maxBodyBytes }),
        close: () => mesh.close(),
      });
    },
  });

  const test = meshTests(server);

  test("a queue that is there with other arguments is named, with what is found, wanted, and to be done", async (mesh) => {
    const transport = await mesh.open();
    const client = await mesh.client();
    await client.assertQueue(mesh.topology.queueOf("a"), { durable: true });
    const error = await assertRejects(() => transport.declare(["a"]), RabbitmqMismatchError);
    assertEquals(error.code, "troupe.RabbitmqMismatch");
    assertStringIncludes(error.message, `queue ${mesh.topology.queueOf("a")} exists`);
    assertStringIncludes(error.message, 'its x-dead-letter-exchange is not set, and "" is wanted');
    assertStringIncludes(error.message, "delete the queue");
    const [queue] = mesh.topology.declarationsOf("b");
    assert(queue?.kind === "queue");
    await client.assertQueue(queue.name, {
      durable: true,
      arguments: { ...queue.arguments, "x-delivery-limit": 7 },
    });
    const other = await assertRejects(() => transport.declare(["b"]), RabbitmqMismatchError);
    assertStringIncludes(other.message, 'its x-delivery-limit is "7", and "2147483647" is wanted');
    // The connection has survived both.
    await transport.declare(["c"]);
    assertEquals(await transport.publish([to("c", "1")]), [{ kind: "ok" }]);
  });

  test("what the broker finds too large costs nobody else anything, and is refused from then on", async (mesh) => {
    const transport = await mesh.open();
    await transport.declare(["a"]);
    const large = { queue: "a", body: new Uint8Array(1_000_001) };
    const outcomes = await transport.publish([large]);
    assertEquals(outcomes.map(({ kind }) => kind), ["unknown"]);
    const [again, small] = await transport.publish([large, to("a", "small")]);
    assertEquals(again?.kind === "refused" && again.reason, "too-large");
    assertEquals(small, { kind: "ok" });
    assertEquals(transport.maxBodyBytes, 1_000_000);
  });

  test("a consumer whose queue is deleted has it made again, and goes on", async (mesh) => {
    const transport = await mesh.open();
    await transport.declare(["a"]);
    const deliveries = deliveriesOf(transport, "a");
    await publishAll(transport, [to("a", "1")]);
    const first = await take(deliveries);
    const interrupted = mesh.next("interrupted");
    const client = await mesh.client();
    await client.deleteQueue(mesh.topology.queueOf("a"));
    await interrupted;
    assertEquals(await first.settle([to("a", "late")]), {
      outcomes: [{
        kind: "refused",
        reason: "other",
        detail: "the lease was lost, so nothing was published",
      }],
      acked: false,
      leaseLost: true,
    });
    await publishAll(transport, [to("a", "2")]);
    assertEquals(textOf(await take(deliveries)), "2");
  });

  test("a connection that an operator closes is made again; what was in hand comes again, counted", async (mesh) => {
    const transport = await mesh.open();
    await transport.declare(["a", "b"]);
    const deliveries = deliveriesOf(transport, "a");
    await publishAll(transport, [to("a", "1")]);
    const first = await take(deliveries);
    const connected = mesh.next("connected");
    await server.control("close_all_connections", "for a test");
    await connected;
    const again = await take(deliveries);
    assertEquals([textOf(again), again.deliveries], ["1", 1]);
    assertEquals((await first.settle([to("b", "late")])).leaseLost, true);
    assertEquals((await again.settle([to("b", "2")])).acked, true);
    assertEquals((await transport.depth("b")).ready, 1);
  });

  test("a delivery that is held for longer than the broker allows is lost without harm", async (mesh) => {
    const set = (timeout: string, tick: number) =>
      server.control(
        "eval",
        `application:set_env(rabbit, consumer_timeout, ${timeout}), ` +
          `application:set_env(rabbit, channel_tick_interval, ${tick}).`,
      );
    await set("400", 100);
    try {
      const transport = await mesh.open();
      await transport.declare(["a", "b"]);
      await publishAll(transport, [to("a", "1")]);
      const deliveries = deliveriesOf(transport, "a");
      const first = await take(deliveries);
      const again = await take(deliveries);
      assertEquals([textOf(again), again.deliveries], ["1", 1]);
      const { acked, leaseLost } = await first.settle([to("b", "late")]);
      assertEquals([acked, leaseLost], [false, true]);
      assertEquals((await again.settle([to("b", "2")])).acked, true);
      assertEquals((await transport.depth("b")).ready, 1);
      assert(mesh.events.some(({ detail }) => detail.includes("timeout")));
    } finally {
      await set("1800000", 60_000);
    }
  });

  test("a broker without memory: not ready, publishing waits, acknowledging does not, and nothing is lost", async (mesh) => {
    const transport = await mesh.open();
    await transport.declare(["a", "b"]);
    await publishAll(transport, [to("a", "1"), to("a", "2"), to("a", "3")]);
    const deliveries = deliveriesOf(transport, "a");
    const [first, second, third] = [await take(deliveries), await take(deliveries), await take(deliveries)];
    const [blocked, unblocked] = [mesh.next("blocked"), mesh.next("unblocked")];
    await server.memoryAlarm(true);
    const publishing = transport.publish([to("b", "early")]);
    await blocked;
    const { ready, reason } = transport.health();
    assertEquals(ready, false);
    assertStringIncludes(reason, "takes no messages");
    const settling = first?.settle([to("b", "settled")]);
    assertEquals((await second?.settle([]))?.acked, true);
    // Given back at once: publishing it anew would wait.
    await third?.release();
    const third2 = await take(deliveries);
    assertEquals([textOf(third2), third2.deliveries], ["3", 1]);
    await server.memoryAlarm(false);
    await unblocked;
    assertEquals(await publishing, [{ kind: "ok" }]);
    assertEquals((await settling)?.acked, true);
    assertEquals(transport.health(), { ready: true, reason: "" });
    assertEquals((await collect(transport, "b", ["early", "settled"])).size, 2);
  });

  test("nothing is acknowledged before what follows from it is confirmed", async (mesh) => {
    const proxy = new TcpProxy({ port: server.port });
    const transport = await mesh.open({ port: proxy.port });
    await transport.declare(["a", "b"]);
    await publishAll(transport, [to("a", "1"), to("a", "2")]);
    const deliveries = deliveriesOf(transport, "a");
    const [first, second] = [await take(deliveries), await take(deliveries)];
    const blocked = mesh.next("blocked");
    await server.memoryAlarm(true);
    // Sent before the broker says that it is blocked, and not sent at all.
    const settling = first.settle([to("b", "1")]);
    await blocked;
    const waiting = second.settle([to("b", "2")]);
    const lost = mesh.next("lost");
    proxy.refuse();
    await lost;
    for (const settlement of [await settling, await waiting]) {
      assertEquals([settlement.acked, settlement.leaseLost], [false, true]);
      assertEquals(settlement.outcomes.map(({ kind }) => kind), ["unknown"]);
    }
    await server.memoryAlarm(false);
    assertEquals((await collect(await mesh.open(), "a", ["1", "2"])).size, 2);
    await transport.close();
    await proxy.close();
  });

  test("what is asked is asked again when only the connection of the questions is lost", async (mesh) => {
    const proxy = new TcpProxy({ port: server.port });
    const transport = await mesh.open({ port: proxy.port });
    await transport.declare(["a", "b"]);
    await publishAll(transport, [to("a", "1")]);
    const names = ["a", "b"];
    for (let round = 0; round < 10; round++) {
      const asking = [transport.queues(), transport.queues(), transport.depth("a"), transport.declare(["b"])];
      // At another point of the way each time.
      for (let turn = 0; turn < round; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
      if (proxy.clients === 3) proxy.cutNewest();
      const [first, second, depth] = await Promise.all(asking);
      assertEquals([first, second], [names, names]);
      assertEquals(depth, { ready: 1, delayed: 0, leased: 0 });
    }
    assertEquals(mesh.events.filter(({ kind }) => kind === "lost"), []);
    await transport.close();
    await proxy.close();
  });

  test("what is asked is asked again when the connection of the questions cannot be made", async (mesh) => {
    const proxy = new TcpProxy({ port: server.port });
    const transport = await mesh.open({ port: proxy.port });
    proxy.refuseNext(3);
    await transport.declare(["a"]);
    assertEquals(await transport.queues(), ["a"]);
    assertEquals(mesh.events.filter(({ kind }) => kind === "lost"), []);
    await transport.close();
    await proxy.close();
  });

  test("a transport can be closed while the broker is blocked", async (mesh) => {
    const transport = await mesh.open();
    await transport.declare(["a"]);
    const blocked = mesh.next("blocked");
    await server.memoryAlarm(true);
    try {
      const publishing = transport.publish([to("a", "1")]);
      await blocked;
      await transport.close();
      assertEquals((await publishing)[0]?.kind, "unknown");
    } finally {
      await server.memoryAlarm(false);
    }
  });

  test("several processes may declare at once, and one list comes of it", async (mesh) => {
    const transports = await Promise.all(Array.from({ length: 6 }, () => mesh.open()));
    await Promise.all(transports.map((transport, i) => transport.declare([`q${i}`, "shared"])));
    const expected = [...Array.from({ length: 6 }, (_, i) => `q${i}`), "shared"];
    assertEquals(
      await Promise.all(transports.map((transport) => transport.queues())),
      transports.map(() => expected),
    );
    const client = await mesh.client();
    await client.deleteQueue(mesh.topology.queueOf("q3"));
    const without = expected.filter((name) => name !== "q3");
    assertEquals(
      await Promise.all(transports.map((transport) => transport.queues())),
      transports.map(() => without),
    );
    const list = await client.get(mesh.topology.registry);
    assertEquals(list && JSON.parse(list.content.toString()).entries, without);
    if (list) client.nack(list);
    await transports[3]?.declare(["q3"]);
    assertEquals(await transports[0]?.queues(), expected);
  });

  test("who dies with the list of queues in hand loses nothing", async (mesh) => {
    const transport = await mesh.open();
    await transport.declare(["a"]);
    const connection = await mesh.connection();
    const dying = await connection.createChannel();
    await dying.assertQueue(mesh.topology.registryLock, { exclusive: true, durable: false });
    assert(await dying.get(mesh.topology.registry));
    const listing = transport.queues();
    await connection.close();
    assertEquals(await listing, ["a"]);
    // Two lists, as when somebody dies between publishing the new one and acknowledging the old one.
    const client = await mesh.client();
    client.sendToQueue(mesh.topology.registry, Buffer.from('{"version":1,"entries":["b"]}'), {
      persistent: true,
    });
    client.sendToQueue(mesh.topology.registry, Buffer.from("no list"), { persistent: true });
    await client.assertQueue("", { exclusive: true });
    await transport.declare(["c"]);
    await (await mesh.open()).declare(["b"]);
    assertEquals(await transport.queues(), ["a", "b", "c"]);
  });

  test("a list of queues that does not answer is an error, and costs no delivery", async (mesh) => {
    const transport = await mesh.open();
    await transport.declare(["a", "b"]);
    await publishAll(transport, [to("a", "1")]);
    const delivery = await take(deliveriesOf(transport, "a"));
    const process = `whereis('%2F_${mesh.topology.registry}')`;
    await server.control("eval", `sys:suspend(${process}).`);
    try {
      const error = await assertRejects(() => transport.queues(), RabbitmqError);
      assertStringIncludes(error.message, "does not answer");
      assertEquals((await delivery.settle([to("b", "2")])).acked, true);
      assertEquals(transport.health(), { ready: true, reason: "" });
    } finally {
      await server.control("eval", `sys:resume(${process}).`);
    }
    assertEquals(await transport.queues(), ["a", "b"]);
    assertEquals(mesh.events.map(({ kind }) => kind), ["connected"]);
  });

  test("a message of another client arrives as it is, whatever its headers", async (mesh) => {
    const transport = await mesh.open();
    await transport.declare(["a"]);
    const client = await mesh.client();
    const body = Buffer.from([0, 255, 1]);
    const headers = { "x-troupe-deliveries": "many", "x-troupe-rest": -1, "x-troupe-losses": { a: 1 } };
    client.sendToQueue(mesh.topology.queueOf("a"), body, { headers });
    const delivery = await take(deliveriesOf(transport, "a"));
    assertEquals(new Uint8Array(delivery.body), Uint8Array.of(0, 255, 1));
    assertEquals([delivery.deliveries, delivery.losses], [0, 0]);
    assert(delivery.messageId !== "");
  });

  test("the operator finds the connections by name", async (mesh) => {
    await mesh.open({ name: "troupe host find-me" });
    const connections = await server.control("list_connections", "client_properties");
    assertStringIncludes(connections, '"troupe host find-me"');
    assertStringIncludes(connections, '"troupe host find-me (publishing)"');
  });

  test("the permissions that the documentation names are enough", async (mesh) => {
    const page = await Deno.readTextFile(new URL("../../../docs/rabbitmq.md", import.meta.url));
    const [, configure = "", write = "", read = ""] =
      /set_permissions -p VHOST USER '([^']+)' '([^']+)' '([^']+)'/.exec(page) ?? [];
    await server.control("add_user", "limited", "limited-password");
    await server.control("set_permissions", "limited", configure, write, read);
    const credentials = () => Promise.resolve({ username: "limited", password: "limited-password" });
    const transport = await mesh.open({ credentials });
    const heard = Promise.withResolvers<void>();
    transport.subscribe("news", () => heard.resolve());
    await transport.declare(["a", "x-sump"]);
    assertEquals(await transport.publish([to("a", "now"), to("a", "later", 100)]), [{ kind: "ok" }, {
      kind: "ok",
    }]);
    assertEquals((await collect(transport, "a", ["now", "later"])).size, 2);
    const other = await mesh.open({ credentials });
    const sending = setInterval(() => other.broadcast("news", Uint8Array.of(1)), 20);
    await heard.promise;
    clearInterval(sending);
    assertEquals(mesh.events.filter(({ kind }) => kind !== "connected"), []);
  });

  test("over TLS, with the certificate that is to be trusted", async (mesh) => {
    const address = (query: Record<string, string>) =>
      server.address({ namespace: mesh.namespace, ...query }, server.tlsPort).replace(
        "rabbitmq:",
        "rabbitmqs:",
      );
    const transport = await openTransport(address({ cacertfile: server.certificate }), { name: "host tls" });
    await transport.declare(["a"]);
    assertEquals(await transport.publish([to("a", "1")]), [{ kind: "ok" }]);
    await transport.close();
    const untrusted = { ...parseRabbitmqAddress(address({})), openPatienceMs: 500 };
    const error = await assertRejects(() => openRabbitmq(untrusted), RabbitmqUnreachableError);
    assertStringIncludes(error.message.toLowerCase(), "cert");
  });

  test("a wrong password, user or virtual host is said at once, without repeating them", async () => {
    const right = server.address();
    const wrong = [
      right.replace("s3cret", "t0psecret"),
      right.replace("//troupe", "//topsecretuser"),
      `${right}/topsecretvhost`,
    ];
    for (const address of wrong) {
      const events: string[] = [];
      const error = await assertRejects(
        () => openTransport(address, { onEvent: ({ kind, detail }) => events.push(`${kind} ${detail}`) }),
        RabbitmqRefusedError,
      );
      assertEquals(error.code, "troupe.RabbitmqRefused");
      for (const text of [error.message, ...events]) {
        assertEquals(/s3cret|t0psecret|topsecretuser/.test(text), false, text);
      }
    }
  });

  test("another node is tried when one does not answer, and all are named when none does", async (mesh) => {
    const dead = new TcpProxy({ port: server.port });
    dead.refuse();
    const { nodes } = parseRabbitmqAddress(server.address());
    const transport = await mesh.open({ nodes: [{ host: "127.0.0.1", port: dead.port }, ...nodes] });
    await transport.declare(["a"]);
    const alone = mesh.open({ nodes: [{ host: "127.0.0.1", port: dead.port }], openPatienceMs: 300 });
    const error = await assertRejects(() => alone, RabbitmqUnreachableError);
    assertStringIncludes(error.message, `127.0.0.1:${dead.port}`);
    assertEquals(error.message.includes("s3cret"), false);
    await dead.close();
  });

  test("what listens hears again after the connection was lost", async (mesh) => {
    const proxy = new TcpProxy({ port: server.port });
    const [here, there] = [await mesh.open({ port: proxy.port }), await mesh.open()];
    const heard = () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const unsubscribe = here.subscribe("news", () => resolve());
      const sending = setInterval(() => there.broadcast("news", Uint8Array.of(1)), 20);
      return promise.finally(() => {
        clearInterval(sending);
        unsubscribe();
      });
    };
    await heard();
    const lost = mesh.next("lost");
    proxy.cut();
    await lost;
    await heard();
    await here.close();
    await proxy.close();
  });

  test("a silent network is noticed by the missing heartbeats, and nothing is lost or stuck", async (mesh) => {
    const proxy = new TcpProxy({ port: server.port });
    const transport = await mesh.open({ port: proxy.port, heartbeat: 1 });
    await transport.declare(["a", "b"]);
    const texts = Array.from({ length: 200 }, (_, i) => String(i));
    await publishAll(transport, texts.map((text) => to("a", text)));
    const consumer = transport.consume("a", { inFlight: 20 });
    const moving = move(consumer, "b");
    const lost = mesh.next("lost");
    proxy.freeze();
    await lost;
    assertEquals(transport.health().ready, false);
    const connected = mesh.next("connected");
    proxy.cut();
    proxy.resume();
    await connected;
    const counts = await collect(await mesh.open(), "b", texts);
    assertEquals(counts.size, texts.length);
    await consumer.stop();
    await moving;
    await transport.close();
    await proxy.close();
  });
}
