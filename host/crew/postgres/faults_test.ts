import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { lacksPostgres, PostgresServer } from "@troupe/tests/servers/postgres";
import { TcpProxy } from "@troupe/tests/servers/tcp_proxy";
import { dead, failure, hop, result } from "../_records_testing.ts";
import { StoreClosedError } from "../store_closed.ts";
import type { CrewStore, Recorded } from "../store.ts";
import { AnswerCutter } from "./_answer_cutter_testing.ts";
import { PostgresUnavailableError } from "./errors.ts";
import { openPostgresStore, parsePostgresAddress } from "./mod.ts";

const ignore = lacksPostgres();

interface Faulty {
  readonly server: PostgresServer;
  /** Opens a store, through a port of a proxy if one is given. */
  open(port?: number): Promise<CrewStore>;
  /** What failed so far. */
  readonly failures: unknown[];
  /** Resolves when something fails from now on. */
  nextFailure(): Promise<unknown>;
}

/** A server of its own, as it is to be broken. */
async function withServer(run: (faulty: Faulty) => Promise<void>): Promise<void> {
  const server = await PostgresServer.start();
  const stores: CrewStore[] = [];
  const failures: unknown[] = [];
  const waiting: ((error: unknown) => void)[] = [];
  const onFailure = (error: unknown) => {
    failures.push(error);
    for (const resolve of waiting.splice(0)) resolve(error);
  };
  const open = async (port = server.port) => {
    const address = { ...parsePostgresAddress(server.address()), port };
    const store = await openPostgresStore({ address, onFailure });
    stores.push(store);
    return store;
  };
  try {
    await run({ server, open, failures, nextFailure: () => new Promise((resolve) => waiting.push(resolve)) });
  } finally {
    for (const store of stores) await store.close();
    await server.stop();
  }
}

Deno.test({
  name: "while the server is away writes wait, it is said why, and all is there once when it is back",
  ignore,
  fn: () =>
    withServer(async ({ server, open, failures, nextFailure }) => {
      const store = await open();
      await store.recordResults([result("before")]);
      await server.kill9();
      const failed = nextFailure();
      const names = Array.from({ length: 200 }, (_, n) => `id-${n}`);
      const recording = Promise.all([
        ...names.map((id) => store.recordResults([result(id)])),
        store.recordDead([dead("k")]).then(() => ["new"]),
        store.recordHops([hop("1")]).then(() => ["new"]),
        store.letters.allot({ key: "k", how: "{}", keepsId: true, again: false, now: 1 }).then(() => ["new"]),
      ]);
      await failed;
      assertStringIncludes(store.problem(), `127.0.0.1:${server.port}/postgres cannot record`);
      assert(!store.problem().includes(server.password));
      await assertRejects(() => store.counts(), PostgresUnavailableError, "See that its server runs");
      await nextFailure();
      await server.restart();
      assertEquals((await recording).flat().filter((verdict) => verdict !== "new"), []);
      assertEquals(store.problem(), "");
      const counts = await store.counts();
      assertEquals([counts.results, counts.repeats, counts.conflicts, counts.dead], [201, 0, 0, 1]);
      assertEquals((await store.hops("1")).length, 1);
      assert(!Deno.inspect(failures, { depth: 9 }).includes(server.password));
    }),
});

Deno.test({
  name: "when the answer to a commit is lost, nothing is done or counted twice",
  ignore,
  fn: () =>
    withServer(async ({ server, open, failures }) => {
      const network = new AnswerCutter(server.port);
      const store = await open(network.port);
      try {
        network.loseNext("COMMIT");
        assertEquals(await store.recordResults([result("1"), failure("2", "E")]), ["new", "new"]);
        network.loseNext("COMMIT");
        assertEquals(await store.recordResults([result("1"), result("3")]), ["repeat", "new"]);
        network.loseNext("COMMIT");
        await store.recordHops([hop("1")]);
        network.loseNext("COMMIT");
        const request = { key: "2/x-sink/0", how: '{"to":"a"}', keepsId: false, again: true, now: 1 };
        const allotment = await store.letters.allot(request);
        assertEquals("replay" in allotment && allotment.replay.n, 1);
        // Lost before it was committed, so it is done again.
        network.loseNext("INSERT 0");
        assertEquals(await store.recordResults([result("4")]), ["new"]);
        assertEquals([network.cuts, failures.length], [5, 5]);
        const counts = await store.counts();
        assertEquals([counts.results, counts.repeats, counts.conflicts], [4, 1, 0]);
        assertEquals([(await store.hops("1")).length, (await store.letters.replays("2")).length], [1, 1]);
      } finally {
        await store.close();
        await network.close();
      }
    }),
});

Deno.test({
  name: "a connection that is ended in the moment in which it is made is made anew",
  ignore,
  fn: () =>
    withServer(async ({ server, open, failures }) => {
      const network = new AnswerCutter(server.port);
      const store = await open(network.port);
      try {
        await server.sql(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'troupe'",
        );
        network.endNext();
        assertEquals(await store.recordResults([result("1")]), ["new"]);
        assert(failures.length > 0 && network.cuts === 1);
      } finally {
        await store.close();
        await network.close();
      }
    }),
});

Deno.test({
  name: "killed again and again under load, from two sides: what was told is what is there, once",
  ignore,
  fn: () =>
    withServer(async ({ server, open, nextFailure }) => {
      const stores = [await open(), await open()];
      const told: Promise<Recorded[]>[] = [];
      let loading = true;
      let next = 0;
      // Each id comes from both sides, in batches that differ; a third of them dies as well.
      const load = async (store: CrewStore, stride: number) => {
        for (let n = 0; loading; n++) {
          const ids = Array.from({ length: 20 }, (_, i) => `id-${(n * stride + i) % 4_000}`);
          next = Math.max(next, n);
          const recording = store.recordResults(ids.map((id) => result(id)));
          recording.catch(() => {});
          told.push(recording);
          if (n % 3 === 0) told.push(store.recordDead([dead(`${ids[0]}/0/0`, { id: ids[0] as string })]));
          if (n % 8 === 0) await recording;
        }
      };
      const loads = stores.map((store, i) => load(store, i === 0 ? 20 : 13));
      // When the test fails, they do too, and nobody wants to know.
      for (const each of loads) each.catch(() => loading = false);
      for (let round = 0; round < 4; round++) {
        const before = next;
        while (next < before + 20) await new Promise((resolve) => setTimeout(resolve, 5));
        const failed = nextFailure();
        await server.kill9();
        await failed;
        await server.restart();
      }
      loading = false;
      await Promise.all(loads);
      const verdicts = (await Promise.all(told)).flat();
      const count = (verdict: Recorded) => verdicts.filter((each) => each === verdict).length;
      const counts = await stores[0]?.counts();
      const kept = await server.sql(`
        SELECT count(*), (SELECT sum(repeats) FROM troupe.result) + (SELECT sum(repeats) FROM troupe.dead),
          (SELECT count(*) FROM troupe.letter WHERE state <> 'resolved') FROM troupe.dead`);
      assertEquals(kept, `${counts?.dead}|${count("repeat")}|0`);
      assertEquals([(counts?.results ?? 0) + (counts?.dead ?? 0), counts?.conflicts], [count("new"), 0]);
    }),
});

Deno.test({
  name: "a store that is closed while its server is away gives up what waits, and says so",
  ignore,
  fn: () =>
    withServer(async ({ server, open, nextFailure }) => {
      const store = await open();
      await server.kill9();
      const failed = nextFailure();
      const recording = assertRejects(() => store.recordResults([result("1")]), StoreClosedError);
      await failed;
      await store.close();
      await recording;
    }),
});

Deno.test({
  name: "a store is closed though its server is silent",
  ignore,
  fn: () =>
    withServer(async ({ server, open }) => {
      const network = new TcpProxy({ port: server.port });
      const store = await open(network.port);
      await store.recordResults([result("1")]);
      network.freeze();
      const recording = assertRejects(() => store.recordResults([result("2")]), StoreClosedError);
      const reading = assertRejects(() => store.counts());
      // What was asked is on its way by now.
      await new Promise((resolve) => setTimeout(resolve));
      await store.close();
      await Promise.all([recording, reading]);
      await network.close();
    }),
});

Deno.test({
  name: "connections that the server ends are made anew",
  ignore,
  fn: () =>
    withServer(async ({ server, open }) => {
      const store = await open();
      for (let round = 0; round < 3; round++) {
        const recording = Array.from(
          { length: 50 },
          (_, n) => store.recordResults([result(`${round}-${n}`)]),
        );
        await server.sql(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'troupe'",
        );
        assertEquals((await Promise.all(recording)).flat(), Array(50).fill("new"));
        assertEquals((await store.counts()).results, 50 * (round + 1));
      }
    }),
});

Deno.test({
  name: "a database that may not be written to is waited for",
  ignore,
  fn: () =>
    withServer(async ({ server, open, nextFailure }) => {
      const store = await open();
      const readOnly = (on: boolean) =>
        server.sql(
          `ALTER DATABASE postgres SET default_transaction_read_only = ${on};
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'troupe'`,
        );
      await readOnly(true);
      const failed = nextFailure();
      const recording = store.recordResults([result("1")]);
      await failed;
      while (!store.problem().includes("read-only")) await nextFailure();
      await server.sql(
        "BEGIN READ WRITE; ALTER DATABASE postgres RESET default_transaction_read_only; COMMIT",
      );
      await server.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'troupe'",
      );
      assertEquals(await recording, ["new"]);
    }),
});
