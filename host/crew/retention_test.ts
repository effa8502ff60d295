import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { take, utf8, withBench } from "../_testing.ts";
import { dead, failure, result } from "./_records_testing.ts";
import { runJoin } from "./join.ts";
import { joinRules } from "./join_rules.ts";
import { DEFAULT_RETENTION, startSweeper } from "./retention.ts";
import { openSqliteStore } from "./sqlite_store.ts";
import type { ExpireOptions } from "./store.ts";

const DAY = 24 * 60 * 60 * 1000;
const NOTHING = { results: 0, dead: 0, hops: 0, letters: 0, open: 0, ids: 0 };

Deno.test("what ended is kept for 7 days and its id for 14, however much of it there is", async () => {
  await withBench({}, async ({ folder, logger, lines }) => {
    const store = await openSqliteStore({ path: join(folder, "results.db") });
    const many = Array.from({ length: 1200 }, (_, n) => result(`${n}`, { arrivedAt: 0 }));
    await store.recordResults([...many, failure("young", "E", { arrivedAt: DAY })]);
    await store.recordDead([dead("k", { diedAt: 0 })]);
    let now = 7 * DAY;
    const sweeper = startSweeper({ store, logger, now: () => now });
    assertEquals(await sweeper.sweep(), NOTHING);
    now++;
    assertEquals(await sweeper.sweep(), { ...NOTHING, results: 1200, dead: 1, letters: 1, open: 1 });
    assertEquals(await store.recordResults([result("7", { arrivedAt: now })]), ["repeat"]);
    now += 7 * DAY;
    assertEquals(await sweeper.sweep(), { ...NOTHING, results: 1, letters: 1, open: 1, ids: 1201 });
    assertEquals(await store.recordResults([result("7", { arrivedAt: now })]), ["new"]);
    await sweeper.stop();
    await store.close();
    assertEquals(
      lines.map(({ level, message, count, results, ids }) => [level, message, count ?? [results, ids]]),
      [
        ["warn", "dead letters that nobody had done anything about were too old, and are gone", 1],
        ["info", "what was old is forgotten", [1200, 0]],
        ["warn", "dead letters that nobody had done anything about were too old, and are gone", 1],
        ["info", "what was old is forgotten", [1, 1201]],
      ],
    );
  });
});

Deno.test("pauses and joins that were over are forgotten with the ids, and what waits is not", async () => {
  await withBench({}, async ({ folder, logger, lines }) => {
    const store = await openSqliteStore({ path: join(folder, "results.db") });
    const parked = { root: "r", actor: "", question: "null", run: "", body: new Uint8Array(), at: 0 };
    for (const id of ["over", "waits"]) await store.parking.park({ ...parked, key: `${id}/0/0`, id });
    await store.parking.end("over/0/0", { kind: "answer", answer: "1", reason: "", token: "t", at: 0 });
    await store.parking.sent("over/0/0", { runs: [""], now: 0 });
    let now = 14 * DAY;
    const sweeper = startSweeper({ store, logger, now: () => now });
    await sweeper.sweep();
    assertEquals((await store.parking.find("over"))?.id, "over");
    now++;
    await sweeper.sweep();
    assertEquals([await store.parking.find("over"), (await store.parking.find("waits"))?.id], [
      undefined,
      "waits",
    ]);
    await sweeper.stop();
    await store.close();
    assertEquals(lines.map(({ pauses, joins }) => [pauses, joins]), [[1, 0]]);
  });
});

Deno.test("a join to which nothing came as long as ids are kept is given up, and x-join says so", async () => {
  await withBench(
    { queues: ["x-join", "x-sink", "x-sump"] },
    async ({ folder, logger, lines, transport }) => {
      const store = await openSqliteStore({ path: join(folder, "results.db") });
      const frame = { g: "g", run: "r", i: 1, n: 2, id: "whole", join: true };
      const envelope = {
        id: "part",
        route: { prev: ["a"], curr: "x-join", next: ["b"] },
        headers: { "x-troupe-fan": [frame] },
        payload: 1,
      };
      await store.joining.arrive({
        g: "g",
        run: "r",
        i: 1,
        n: 2,
        kind: "slice",
        id: "part",
        body: utf8(JSON.stringify(envelope)),
        at: 0,
        origin: "whole",
        root: "whole",
      }, joinRules(new Date(0)));
      let now = 14 * DAY;
      const sweeper = startSweeper({ store, logger, now: () => now });
      const member = runJoin({ transport, logger, store });
      await sweeper.sweep();
      assertEquals((await store.joining.open()).items.map(({ missing }) => missing), [[0]]);
      now++;
      await sweeper.sweep();
      const [end] = await take(transport, "x-sink", 1);
      const { id, status: { phase, error }, payload } = JSON.parse(new TextDecoder().decode(end?.body));
      assertEquals([id, phase, error.type, payload], ["whole", "failed", "troupe.JoinFailed", [null, 1]]);
      await sweeper.stop();
      await member.stop();
      assertEquals((await store.joining.open()).items, []);
      await store.close();
      const warned = lines.filter(({ level }) => level === "warn");
      assertEquals(warned.map(({ message, count }) => [message, count]), [
        ["joins to which nothing had come for long are given up, as failed", 1],
      ]);
    },
  );
});

Deno.test("it sweeps by itself, again after a failure, and not after it was stopped", async () => {
  await withBench({}, async ({ logger, nextLine }) => {
    const asked: ExpireOptions[] = [];
    const third = Promise.withResolvers<void>();
    const store = {
      expire(options: ExpireOptions) {
        asked.push(options);
        if (asked.length === 1) return Promise.reject(new Error("no room"));
        if (asked.length === 3) third.resolve();
        return Promise.resolve(NOTHING);
      },
    };
    const failed = nextLine("tried again later");
    const sweeper = startSweeper({ store, logger, now: () => 20 * DAY, everyMs: 1 });
    await failed;
    await third.promise;
    await sweeper.stop();
    const count = asked.length;
    assertEquals(asked[0], {
      before: 20 * DAY - DEFAULT_RETENTION.keepMs,
      idsBefore: 20 * DAY - DEFAULT_RETENTION.keepIdsMs,
      limit: 500,
    });
    assertEquals(await sweeper.sweep(), NOTHING);
    assertEquals(asked.length, count);
  });
});
