// Actors that keep something, from their queues to their results.

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { lacksRedis, RedisServer } from "@troupe/tests/servers/redis";
import { envelopeText, read } from "../_host_testing.ts";
import { type Bench, take, utf8, withBench } from "../_testing.ts";
import { ComponentRefusedError } from "../component/errors.ts";
import type { Grants } from "../grants.ts";
import type { Host } from "../host.ts";
import { DEFAULT_LIMITS } from "../limits.ts";
import { NO_METRICS } from "../observe/metrics.ts";
import { type ActorConfig, startReplica } from "../replica.ts";
import { openState } from "../state/open_state.ts";
import { RedisSetupError } from "../state/redis/errors.ts";
import type { StateOptions } from "../state/store.ts";
import { stateActor } from "./_state_actor_testing.ts";
import { Late } from "../late.ts";
import { NoStateError } from "./state_grant.ts";

const component = await stateActor();

interface Mesh extends Bench {
  /** Starts a replica of an actor; it is stopped when the test is over. */
  start(name: string, grants: Partial<Grants>): Promise<Host>;
  /** Has an actor make calls of state, in so many envelopes. */
  send(queue: string, calls: unknown[], envelopes: { first: number; count: number }): Promise<void>;
  /** What came of so many envelopes. */
  results(count: number): Promise<unknown[]>;
}

/** Actors on a state; on none when there is no address. */
async function withMesh(
  address: ((bench: Bench) => string) | undefined,
  run: (mesh: Mesh) => Promise<void>,
  options: StateOptions = {},
): Promise<void> {
  await withBench({}, async (bench) => {
    const { folder, transport, logger } = bench;
    const path = join(folder, "actor.wasm");
    await Deno.writeFile(path, component);
    const state = address && new Late(() => openState(address(bench), options));
    const running: { host: Host; done: Promise<void> }[] = [];
    const mesh: Mesh = {
      ...bench,
      async start(name, grants) {
        const actor: ActorConfig = {
          name,
          component: { kind: "file", path },
          isolation: "fresh",
          limits: { ...DEFAULT_LIMITS, concurrency: 8 },
          grants: { route: [], ...grants },
        };
        const cacheDir = join(folder, "cache");
        const shared = { transport, logger, metrics: NO_METRICS, cacheDir };
        const host = await startReplica(actor, { ...shared, ...(state ? { state } : {}) });
        running.push({ host, done: host.run() });
        return host;
      },
      async send(queue, calls, { first, count }) {
        const ids = Array.from({ length: count }, (_, n) => `${queue}-${first + n}`);
        await transport.publish(ids.map((id) => {
          const route = { prev: [], curr: queue, next: [] };
          return { queue, body: utf8(envelopeText(id, { route, payload: calls })) };
        }));
      },
      results: async (count) =>
        (await take(transport, "x-sink", count)).map((delivery) => JSON.parse(read(delivery).payload)),
    };
    try {
      await run(mesh);
    } finally {
      for (const { host, done } of running) {
        await host.stop();
        await done;
      }
      await state?.close();
    }
  });
}

const inFile = ({ folder }: Bench) => join(folder, "state.db");

Deno.test("two replicas of an actor count exactly across envelopes, of which many are in hand at once", async () => {
  await withMesh(inFile, async ({ start, send, results }) => {
    await Promise.all([start("counter", { state: {} }), start("counter", { state: {} })]);
    await send("counter", [["add", "n", "1"], ["add", "n", "1"]], { first: 0, count: 100 });
    const sums = (await results(100)).flat().map(Number).sort((a, b) => a - b);
    assertEquals(sums, Array.from({ length: 200 }, (_, n) => n + 1));
  });
});

Deno.test("a named bucket is shared, and one's own is not, however others call theirs", async () => {
  await withMesh(inFile, async ({ start, send, results }) => {
    await start("one", { state: { bucket: "shared" } });
    await start("two", { state: { bucket: "shared" } });
    // The bucket that it names is called like an actor.
    await start("three", { state: { bucket: "four" } });
    await start("four", { state: {} });
    for (const name of ["one", "two", "three", "four"]) {
      await send(name, [["add", "n", "1"]], { first: 0, count: 10 });
    }
    await results(40);
    for (const name of ["one", "two", "three", "four"]) {
      await send(name, [["add", "n", "0"]], { first: 10, count: 1 });
    }
    assertEquals((await results(4)).flat().map(Number).sort(), [10, 10, 20, 20]);
  });
});

Deno.test("a bucket is bounded by the spec of whoever puts something in", async () => {
  await withMesh(inFile, async ({ start, send, results }) => {
    await start("one", { state: { bucket: "shared", entries: 1 } });
    await start("two", { state: { bucket: "shared", bytes: 6 } });
    await send("one", [["set", "a", "1"], ["set", "b", "2"]], { first: 0, count: 1 });
    assertStringIncludes(JSON.stringify(await results(1)), "troupe.StateFull");
    await send("two", [["set", "b", "2"], ["set", "c", "123"]], { first: 0, count: 1 });
    assertStringIncludes(JSON.stringify(await results(1)), "troupe.StateFull");
    await send("one", [["keys", "", null, 10]], { first: 1, count: 1 });
    assertStringIncludes(JSON.stringify(await results(1)), '["a","b"]');
  });
});

Deno.test("without the grant, or without a place for it, an actor is refused with what to do", async () => {
  await withMesh(inFile, async ({ start }) => {
    const refused = await assertRejects(
      () => start("a", {}),
      ComponentRefusedError,
      "troupe:actor/state@0.1.0",
    );
    assertStringIncludes(refused.message, "spec.grants.state in actor.yaml");
  });
  await withMesh(undefined, async ({ start }) => {
    const { code } = await assertRejects(() => start("a", { state: {} }), NoStateError, "--state");
    assertEquals(code, "troupe.NoState");
  });
});

Deno.test({
  name:
    "while the state's server is away envelopes wait, and no attempt of theirs is counted; then each is handled once",
  ignore: lacksRedis(),
  async fn() {
    const server = await RedisServer.start();
    try {
      await withMesh(() => server.address(), async ({ start, send, results, nextLine, lines }) => {
        const host = await start("counter", { state: {} });
        await send("counter", [["add", "n", "1"]], { first: 0, count: 5 });
        await results(5);
        await server.kill9();
        const waits = nextLine("the actor cannot be run; its envelopes wait");
        // An add may be done although its answer is lost: what is not is safe to be done again.
        await send("counter", [["set", "k", "1"]], { first: 5, count: 20 });
        assertStringIncludes(JSON.stringify(await waits), "troupe.ServiceUnavailable");
        assertStringIncludes(host.broken, "spec.grants.state");
        await server.restart();
        assertEquals((await results(20)).length, 20);
        await send("counter", [["add", "n", "0"]], { first: 25, count: 1 });
        assertEquals(await results(1), [["5"]]);
        assertEquals(host.broken, "");
        assertEquals(lines.filter(({ message }) => message === "a hop failed"), []);
      }, { patienceMs: 500 });
    } finally {
      await server.stop();
    }
  },
});

Deno.test({
  name: "a state whose server is not there yet is waited for; one that lets nobody in is told at once",
  ignore: lacksRedis(),
  async fn() {
    const server = await RedisServer.start({ config: ["appendfsync everysec"] });
    try {
      await server.kill9();
      await withMesh(() => server.address(), async ({ start, send, results, lines }) => {
        await start("counter", { state: {} });
        assert(lines.some(({ message }) => message === "the state cannot be had yet"));
        await send("counter", [["add", "n", "1"]], { first: 0, count: 1 });
        await server.restart();
        assertEquals(await results(1), [["1"]]);
      });
      await withMesh(() => server.address(), async ({ start, lines }) => {
        await start("counter", { state: {} });
        assert(lines.some(({ message }) => message.includes("about the last second is lost")));
      });
      await withMesh(() => `redis://${server.host}:${server.port}`, async ({ start }) => {
        await assertRejects(() => start("counter", { state: {} }), RedisSetupError);
      });
    } finally {
      await server.stop();
    }
  },
});
