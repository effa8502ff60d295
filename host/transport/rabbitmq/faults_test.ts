// Exact accounts of what passes through a chain of queues while everything beneath it breaks. A run prints its seed;
// TROUPE_SEED brings it back.

import { assert, assertEquals } from "@std/assert";
import { chooseSeed, seeded } from "@troupe/tests/chaos/random";
import { lacksRabbitmq, RabbitmqServer } from "@troupe/tests/servers/rabbitmq";
import { TcpProxy } from "@troupe/tests/servers/tcp_proxy";
import type { Transport } from "../transport.ts";
import {
  collect,
  declarationsSettled,
  meshTests,
  move,
  publishAll,
  type TestMesh,
  to,
} from "./_broker_testing.ts";

/** The ids of a run. */
const idsOf = (count: number) => Array.from({ length: count }, (_, i) => `id ${i}`);

/** Two consumers on each of the queues a and b, each behind a network of its own: a → b → c. */
class Chain {
  readonly proxies: TcpProxy[] = [];
  readonly #transports: Transport[] = [];
  readonly #stops: (() => Promise<void>)[] = [];
  readonly #moving: Promise<void>[] = [];

  static async start(mesh: TestMesh, port: number): Promise<Chain> {
    const chain = new Chain();
    for (const [from, onward] of [["a", "b"], ["a", "b"], ["b", "c"], ["b", "c"]] as const) {
      const proxy = new TcpProxy({ port });
      chain.proxies.push(proxy);
      const transport = await mesh.open({ port: proxy.port, heartbeat: 1 });
      chain.#transports.push(transport);
      await transport.declare(["a", "b", "c", "x-sump"]);
      const consumer = transport.consume(from, { inFlight: 30 });
      chain.#stops.push(() => consumer.stop());
      chain.#moving.push(move(consumer, onward));
    }
    return chain;
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops) await stop();
    await Promise.all(this.#moving);
    for (const transport of this.#transports) await transport.close();
    for (const proxy of this.proxies) await proxy.close();
  }
}

/** How long a queue may keep what it has before it counts as stuck, in milliseconds. */
const STUCK_MS = 45_000;

/** Resolves when a queue has nothing to deliver. What a fault made come twice may arrive after everything has come once. */
async function untilEmpty(transport: Transport, queue: string): Promise<void> {
  let before = -1;
  let since = performance.now();
  for (;;) {
    const { ready } = await transport.depth(queue);
    if (ready === 0) return;
    if (ready !== before) since = performance.now();
    before = ready;
    assert(performance.now() - since < STUCK_MS, `${ready} messages stay in ${queue}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Publishes all ids in small batches while faults happen, then takes what comes out at the end of the chain. */
async function account(
  mesh: TestMesh,
  port: number,
  { count, faults }: { count: number; faults: (chain: Chain) => Promise<void> },
): Promise<void> {
  const ids = idsOf(count);
  const outside = await mesh.open({ heartbeat: 1 });
  const chain = await Chain.start(mesh, port);
  await declarationsSettled();
  const publishing = (async () => {
    for (let sent = 0; sent < count; sent += 50) {
      await publishAll(outside, ids.slice(sent, sent + 50).map((id) => to("a", id)));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  await faults(chain);
  await publishing;
  const counts = await collect(outside, "c", ids);
  for (const queue of ["a", "b"]) await untilEmpty(outside, queue);
  await chain.stop();
  const repeats = [...counts.values()].reduce((sum, times) => sum + times - 1, 0);
  console.log(`    ${counts.size} of ${count} ids arrived, ${repeats} of them again`);
  assertEquals({ missing: ids.filter((id) => !counts.has(id)), ids: counts.size }, {
    missing: [],
    ids: count,
  });
  assertEquals((await outside.depth("x-sump")).ready, 0);
  const client = await mesh.client();
  assertEquals((await client.checkQueue(mesh.topology.dead)).messageCount, 0);
}

if (!lacksRabbitmq()) {
  const server = await RabbitmqServer.start();
  Deno.test.afterAll(() => server.stop());
  const test = meshTests(server);

  test("the broker is killed under load and started again, twice: nothing is lost", async (mesh) => {
    await account(mesh, server.port, {
      count: 8_000,
      async faults() {
        for (let time = 0; time < 2; time++) {
          await new Promise((resolve) => setTimeout(resolve, 500));
          await server.kill9();
          await server.restart();
        }
      },
    });
  }, { restarts: true });

  test("connections are cut and made silent under load: nothing is lost", async (mesh) => {
    await account(mesh, server.port, {
      count: 4_000,
      async faults({ proxies }) {
        for (const [i, proxy] of [...proxies, ...proxies].entries()) {
          if (i % 2 === 0) proxy.cut();
          else {
            const lost = mesh.next("lost");
            proxy.freeze();
            await lost;
            proxy.cut();
            proxy.resume();
          }
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      },
    });
  });

  test("anything at random, all together: nothing is lost", async (mesh) => {
    const seed = chooseSeed();
    console.log(`    TROUPE_SEED=${seed}`);
    const random = seeded(seed);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
    await account(mesh, server.port, {
      count: 8_000,
      async faults({ proxies }) {
        const faults: (() => Promise<unknown>)[] = [
          () => server.kill9().then(() => server.restart()),
          () => Promise.resolve(pick(proxies).cut()),
          () => server.control("close_all_connections", "for a test"),
          async () => {
            const proxy = pick(proxies);
            proxy.freeze();
            await new Promise((resolve) => setTimeout(resolve, random() * 4_000));
            proxy.resume();
          },
          async () => {
            server.freeze();
            await new Promise((resolve) => setTimeout(resolve, random() * 4_000));
            server.resume();
          },
          async () => {
            await server.memoryAlarm(true);
            await new Promise((resolve) => setTimeout(resolve, random() * 1_000));
            await server.memoryAlarm(false);
          },
        ];
        for (let time = 0; time < 10; time++) {
          await new Promise((resolve) => setTimeout(resolve, random() * 700));
          await pick(faults)();
        }
      },
    });
  }, { restarts: true });

  test("a host that starts before the broker does waits for it", async (mesh) => {
    await server.kill9();
    const opening = mesh.open({ openPatienceMs: 60_000 });
    await server.restart();
    const transport = await opening;
    await transport.declare(["a"]);
    assertEquals(await transport.publish([to("a", "1")]), [{ kind: "ok" }]);
  }, { restarts: true });

  test(
    "while there is no broker: not ready, with the reason, and what is asked comes to an end",
    async (mesh) => {
      const transport = await mesh.open();
      await transport.declare(["a"]);
      const consumer = transport.consume("a", { inFlight: 1 });
      const lost = mesh.next("lost");
      await server.kill9();
      await lost;
      const { ready, reason } = transport.health();
      assertEquals(ready, false);
      assert(reason.includes("127.0.0.1"), reason);
      await consumer.stop();
      const publishing = transport.publish([to("a", "1")]);
      await transport.close();
      assertEquals((await publishing)[0]?.kind, "unknown");
      assertEquals(mesh.events.some(({ detail }) => detail.includes("s3cret")), false);
      await server.restart();
    },
    { restarts: true },
  );
}
