import { assert, assertEquals, assertInstanceOf, assertRejects, assertStringIncludes } from "@std/assert";
import { lacksRedis, RedisServer } from "@troupe/tests/servers/redis";
import { TcpProxy } from "@troupe/tests/servers/tcp_proxy";
import { unlessStuck } from "../../_testing.ts";
import { bytes, text } from "../_state_harness_testing.ts";
import { StateClosedError, StateUnavailableError } from "../errors.ts";
import { openState } from "../open_state.ts";
import type { StateOptions, StateStore } from "../store.ts";

const ignore = lacksRedis();

interface Faulty {
  readonly server: RedisServer;
  /** Opens a store, through a port of a proxy if one is given. */
  open(options?: StateOptions & { readonly port?: number }): Promise<StateStore>;
}

/** A server of its own, as it is to be broken. */
async function withServer(run: (faulty: Faulty) => Promise<void>): Promise<void> {
  const server = await RedisServer.start();
  const stores: StateStore[] = [];
  const open = async ({ port = server.port, ...options }: StateOptions & { readonly port?: number } = {}) => {
    const store = await openState(server.address({}, { port }), options);
    stores.push(store);
    return store;
  };
  try {
    await unlessStuck(run({ server, open }));
  } finally {
    for (const store of stores) await store.close();
    await server.stop();
  }
}

Deno.test({
  name: "while a Redis server is away it is said so after the patience, and it goes on when it is back",
  ignore,
  fn: () =>
    withServer(async ({ server, open }) => {
      const store = await open({ patienceMs: 400 });
      const bucket = store.bucket("b");
      await bucket.set("k", bytes("1"));
      await server.kill9();
      // What is asked in the moment in which it goes may be lost on its way.
      await assertRejects(() => bucket.get("k"), StateUnavailableError);
      for (const ask of [() => bucket.get("k"), () => bucket.add("n", 1n), () => store.collect()]) {
        const error = await assertRejects(ask, StateUnavailableError, `redis://127.0.0.1:${server.port}/0`);
        assertEquals([error.code, error.family, error.undone], ["troupe.StateUnavailable", "system", true]);
        assert(!Deno.inspect(error, { depth: 9 }).includes(server.password));
      }
      assertStringIncludes(store.problem(), `${server.port}/0 cannot be reached`);
      const patient = (await open({ patienceMs: 60_000 }).catch((error: unknown) => error)) as unknown;
      assertInstanceOf(patient, StateUnavailableError);
      await server.restart();
      // Until it has connected again.
      let found: Uint8Array | undefined;
      while (!found) found = (await bucket.get("k").catch(() => undefined))?.value;
      assertEquals([text(found), store.problem()], ["1", ""]);
      assertEquals(await bucket.add("n", 1n), 1n);
    }),
});

Deno.test({
  name: "what is asked while a Redis server is restarted waits for it",
  ignore,
  fn: () =>
    withServer(async ({ server, open }) => {
      const store = await open({ patienceMs: 60_000 });
      const bucket = store.bucket("b");
      await bucket.add("n", 1n);
      await server.kill9();
      while (store.problem() === "") await new Promise((resolve) => setTimeout(resolve, 1));
      const adding = Promise.all(Array.from({ length: 50 }, () => bucket.add("n", 1n)));
      await server.restart();
      assertEquals((await adding).toSorted((a, b) => Number(a - b)).at(-1), 51n);
    }),
});

Deno.test({
  name: "killed again and again under load, from two sides: what a Redis server acknowledged is there",
  ignore,
  fn: () =>
    withServer(async ({ server, open }) => {
      const stores = [await open(), await open()];
      const acknowledged = new Map<string, bigint>();
      let [loading, asked, counted] = [true, 0, 0];
      let more = Promise.withResolvers<void>();
      const load = async (store: StateStore, name: string) => {
        const bucket = store.bucket("b");
        for (let n = 0; loading; n++) {
          const key = `${name}-${n}`;
          try {
            asked++;
            await Promise.all([
              bucket.add("n", 1n).then(() => counted++),
              bucket.swap(key, { expected: "absent", value: bytes(key) }).then((swapped) => {
                assert(swapped.ok);
                acknowledged.set(key, swapped.version);
              }),
            ]);
            more.resolve();
          } catch (error) {
            assertInstanceOf(error, StateUnavailableError);
          }
        }
      };
      const loads = stores.flatMap((store, i) => [0, 1, 2].map((n) => load(store, `${i}${n}`)));
      for (let round = 0; round < 4; round++) {
        for (let n = 0; n < 30; n++) {
          more = Promise.withResolvers();
          await more.promise;
        }
        await server.kill9();
        await server.restart();
      }
      loading = false;
      await Promise.all(loads);
      const bucket = (await open()).bucket("b");
      for (const [key, version] of acknowledged) {
        assertEquals(await bucket.get(key), { value: bytes(key), version }, key);
      }
      const count = Number(text((await bucket.get("n"))?.value));
      assert(
        counted <= count && count <= asked,
        `${counted} were acknowledged, ${count} are there, of ${asked}`,
      );
      assert(acknowledged.size > 100);
    }),
});

Deno.test({
  name: "a Redis server that falls silent is given up after the patience, and another connection made",
  ignore,
  fn: () =>
    withServer(async ({ server, open }) => {
      const network = new TcpProxy({ port: server.port });
      const store = await open({ port: network.port, patienceMs: 400 });
      const bucket = store.bucket("b");
      await bucket.add("n", 1n);
      network.freeze();
      const error = await assertRejects(() => bucket.add("n", 1n), StateUnavailableError, "is not known");
      assertEquals(error.undone, false);
      network.cut();
      network.resume();
      let now: bigint | undefined;
      while (now === undefined) now = await bucket.add("n", 0n).catch(() => undefined);
      assert(now === 1n || now === 2n);
      await store.close();
      await network.close();
    }),
});

Deno.test({
  name: "a store is closed though its Redis server is silent, or away",
  ignore,
  fn: () =>
    withServer(async ({ server, open }) => {
      const network = new TcpProxy({ port: server.port });
      const silent = await open({ port: network.port });
      network.freeze();
      const asked = assertRejects(() => silent.bucket("b").add("n", 1n), StateClosedError);
      // It is on its way by now.
      await new Promise((resolve) => setTimeout(resolve));
      await silent.close();
      await asked;
      await network.close();
      const away = await open();
      await server.kill9();
      while (away.problem() === "") await new Promise((resolve) => setTimeout(resolve, 1));
      const waiting = assertRejects(() => away.bucket("b").add("n", 1n), StateClosedError);
      await away.close();
      await waiting;
    }),
});

Deno.test({
  name: "no version comes again though a Redis server has forgotten everything, its script included",
  ignore,
  fn: () =>
    withServer(async ({ server, open }) => {
      const bucket = (await open()).bucket("b");
      const before = await bucket.set("k", bytes("1"));
      await server.command("FLUSHALL");
      await server.command("SCRIPT", "FLUSH");
      assertEquals(await bucket.get("k"), undefined);
      const after = await bucket.set("k", bytes("2"));
      assert(before < after);
      assertEquals((await bucket.swap("k", { expected: before, value: bytes("3") })).ok, false);
    }),
});

Deno.test({
  name: "a Redis server without memory refuses writes, lets be read, and takes writes when it has some",
  ignore,
  fn: () =>
    withServer(async ({ server, open }) => {
      const bucket = (await open()).bucket("b");
      await bucket.set("k", bytes("1"));
      await server.command("CONFIG", "SET", "maxmemory", "1");
      const error = await assertRejects(() => bucket.set("k", bytes("2")), StateUnavailableError, "memory");
      assertEquals(error.undone, true);
      await server.command("CONFIG", "SET", "maxmemory", "0");
      assertEquals(text((await bucket.get("k"))?.value), "1");
      await bucket.set("k", bytes("3"));
    }),
});

Deno.test({
  name: "what a bucket in Redis holds is counted, and nothing is left of what is gone",
  ignore,
  fn: () =>
    withServer(async ({ server, open }) => {
      const store = await open();
      const bucket = store.bucket("b");
      for (let n = 0; n < 40; n++) {
        await bucket.set(`k${n % 7}`, bytes("x".repeat(n)), n % 3 ? {} : { ttlMs: 1 });
        await bucket.add("n", BigInt(n) ** 5n);
        if (n % 4 === 0) await bucket.delete(`k${(n + 1) % 7}`);
      }
      const keys = await bucket.keys("");
      const values = await Promise.all(
        keys.map(async (key) => (await bucket.get(key))?.value ?? new Uint8Array()),
      );
      await store.collect();
      const part = (name: string) => `troupe:state:{b}:${name}`;
      const sum = keys.join("").length + values.reduce((bytes, { length }) => bytes + length, 0);
      assertEquals(await server.command("HGET", part("count"), "bytes"), String(sum));
      for (const key of keys) await bucket.delete(key);
      assertEquals(await server.command("HGET", part("count"), "bytes"), "0");
      const left = await Promise.all(
        ["value", "meta", "name", "expiry"].map((name) => server.command("EXISTS", part(name))),
      );
      assertEquals(left, ["0", "0", "0", "0"]);
    }),
});
