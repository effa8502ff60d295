/**
 * What every store has to keep when it forgets, as tests. Each technology plugs itself in with one call, on the real
 * thing.
 *
 * @module
 */

import { type StoreHarness, testsOn } from "./_store_harness_testing.ts";
import { assert, assertEquals } from "@std/assert";
import { dead, failure, hop, result } from "./_records_testing.ts";
import type { Expired } from "./store.ts";

/** What of time: everything below 100 is old. */
const OLD = { before: 100, idsBefore: 0, limit: 1000 };
const NOTHING: Expired = { results: 0, dead: 0, hops: 0, letters: 0, open: 0, ids: 0 };

/** Runs the tests. @param start Makes a database that is empty. */
export function testExpiry(name: string, start: () => Promise<StoreHarness>): void {
  const test = testsOn(`${name} forgets`, start);

  test("what is old goes, and nothing else", async (store) => {
    await store.recordResults([
      result("1", { arrivedAt: 99 }),
      failure("2", "E", { arrivedAt: 99 }),
      failure("3", "E", { arrivedAt: 100 }),
    ]);
    await store.recordDead([dead("4", { id: "4", diedAt: 1 }), dead("5", { id: "5", diedAt: 1000 })]);
    await store.recordHops([hop("1", { startedAt: 99 }), hop("1", { startedAt: 100 })]);
    assertEquals(await store.expire(OLD), { results: 2, dead: 1, hops: 1, letters: 2, open: 2, ids: 0 });
    assertEquals(await store.expire(OLD), NOTHING);
    assertEquals((await store.results()).items.map(({ id }) => id), ["3"]);
    assertEquals((await store.dead()).items.map(({ key }) => key), ["5"]);
    assertEquals((await store.letters.list()).items.map(({ key }) => key), ["3/x-sink/0", "5"]);
    assertEquals((await store.hops("1")).map(({ startedAt }) => startedAt), [100]);
    assertEquals([await store.result("1"), await store.letters.body("4")], [undefined, undefined]);
    assertEquals((await store.counts()).results, 1);
  });

  test("a batch has so many of each at most, the oldest first", async (store) => {
    await store.recordResults(Array.from({ length: 5 }, (_, n) => result(`${n}`, { arrivedAt: 50 - n })));
    assertEquals((await store.expire({ ...OLD, limit: 2 })).results, 2);
    assertEquals((await store.results()).items.map(({ id }) => id), ["0", "1", "2"]);
    assertEquals((await store.expire({ ...OLD, limit: 3 })).results, 3);
  });

  test("of the letters that go, those are counted that nobody has done anything about", async (store) => {
    await store.recordDead(["open", "dropped", "resolved"].map((id) => dead(id, { id })));
    await store.letters.drop("dropped", { reason: "known", purge: false, now: 2 });
    await store.recordResults([result("resolved", { arrivedAt: 200 })]);
    const { letters, open } = await store.expire(OLD);
    assertEquals([letters, open], [3, 1]);
  });

  test("an id is known when its result is gone: a repeat is one, and success is final", async (store) => {
    const fan = '{"x-troupe-fan":[{"g":"g","run":"r","i":0,"n":2}],"secret":1}';
    await store.recordResults([result("s", { headers: fan }), failure("f", "E"), failure("g", "E")]);
    await store.expire(OLD);
    const late = 500;
    assertEquals(
      await store.recordResults([
        result("s", { headers: fan, arrivedAt: late }),
        result("s", { payload: "2", arrivedAt: late }),
        result("s", { payload: "2", replay: 3, arrivedAt: late }),
        failure("f", "E", { arrivedAt: late }),
        failure("f", "F", { arrivedAt: late }),
        failure("g", "E", { replay: 1, arrivedAt: late }),
        result("g", { replay: 2, arrivedAt: late }),
        result("new", { arrivedAt: late }),
      ]),
      ["repeat", "conflict", "conflict", "repeat", "conflict", "replaced", "replaced", "new"],
    );
    assertEquals((await store.results()).items.map(({ id, replay }) => [id, replay]).sort(), [["g", 2], [
      "new",
      0,
    ]]);
    assertEquals((await store.letters.list()).items.map(({ key, state }) => [key, state]), [
      ["g/x-sink/1", "resolved"],
    ]);
    // What took its place is forgotten in its turn.
    await store.expire({ ...OLD, before: 501 });
    assertEquals(await store.recordResults([result("g", { replay: 2, arrivedAt: 600 })]), ["repeat"]);
  });

  test("a death is known too; what dies of an envelope that has succeeded long ago is resolved", async (store) => {
    await store.recordDead([dead("1/0/0", { id: "1" })]);
    await store.recordResults([result("2")]);
    await store.expire(OLD);
    assertEquals(
      await store.recordDead([dead("1/0/0", { id: "1" }), dead("2/0/0", { id: "2", diedAt: 200 })]),
      [
        "repeat",
        "new",
      ],
    );
    assertEquals((await store.letters.list()).items.map(({ key, state }) => [key, state]), [[
      "2/0/0",
      "resolved",
    ]]);
  });

  test("a replay of what is known keeps to the rules of replays", async (store) => {
    const asked = (key: string) => ({ key, how: "{}", keepsId: true, again: false, now: 150 });
    await store.recordDead([dead("1/0/0", { id: "1" }), dead("2/0/0", { id: "2" })]);
    await store.recordResults([failure("1", "E", { replay: 4 }), result("3")]);
    await store.letters.allot(asked("2/0/0"));
    await store.expire(OLD);
    assertEquals(await store.letters.allot(asked("1/0/0")), { verdict: "gone" });
    await store.recordDead([
      dead("1/1/0", { id: "1", diedAt: 200 }),
      dead("2/1/0", { id: "2", diedAt: 200 }),
      dead("3/1/0", { id: "3", diedAt: 200 }),
    ]);
    const numbers = await Promise.all(["1/1/0", "2/1/0", "3/1/0"].map(async (key) => {
      const allotment = await store.letters.allot(asked(key));
      return "replay" in allotment ? allotment.replay.n : allotment.verdict;
    }));
    assertEquals(numbers, [5, 2, "resolved"]);
  });

  test("after the second time the id is new", async (store) => {
    await store.recordResults([result("1")]);
    await store.recordDead([dead("k", { id: "2" })]);
    await store.expire(OLD);
    assertEquals((await store.expire({ ...OLD, idsBefore: 100 })).ids, 2);
    assertEquals(await store.expire({ ...OLD, idsBefore: 100 }), NOTHING);
    assertEquals(await store.recordResults([result("1", { payload: "2", arrivedAt: 200 })]), ["new"]);
    assertEquals(await store.recordDead([dead("k", { id: "2", diedAt: 200 })]), ["new"]);
  });

  test("what is recorded meanwhile counts once", async (store, harness) => {
    const other = await harness.open();
    const names = Array.from({ length: 300 }, (_, n) => `id-${n}`);
    await store.recordResults(names.map((id) => result(id)));
    let gone = 0;
    const [, verdicts] = await Promise.all([
      (async () => {
        for (let batch = -1; batch !== 0; gone += batch) {
          batch = (await store.expire({ ...OLD, limit: 20 })).results;
        }
      })(),
      Promise.all(names.map((id) => other.recordResults([result(id, { arrivedAt: 300 })]))),
    ]);
    assertEquals(gone, 300);
    assert(verdicts.flat().every((verdict) => verdict === "repeat"));
  });
}
