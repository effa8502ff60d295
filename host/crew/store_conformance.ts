/**
 * What every store has to keep, as tests. Each technology plugs itself in with one call, on the real thing.
 *
 * @module
 */

import { type StoreHarness, testsOn } from "./_store_harness_testing.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import type { HopRecord } from "../hop_record.ts";
import { StoreClosedError } from "./store_closed.ts";
import { dead, failure, hop, result } from "./_records_testing.ts";
import type { Page, ResultRecord } from "./store.ts";

/** Every item of a listing, page by page, and the sizes of the pages. */
async function pages<T>(
  read: (after: number | undefined) => Promise<Page<T>>,
): Promise<{ items: T[]; sizes: number[] }> {
  const items: T[] = [];
  const sizes: number[] = [];
  let after: number | undefined;
  for (;;) {
    const page = await read(after);
    items.push(...page.items);
    sizes.push(page.items.length);
    if (page.next === undefined) return { items, sizes };
    after = page.next;
  }
}
/** Runs the tests of what is recorded. @param start Makes a database that is empty. */
export function testRecords(name: string, start: () => Promise<StoreHarness>): void {
  const test = testsOn(name, start);

  test("a result is read back as it was recorded, to the letter", async (store) => {
    const record = failure('é"\n😀', "ValueError", {
      parentId: "up",
      root: "r",
      reason: "x",
      headers: '{"h":"\u2028"}',
      payload: '{ "n": 9007199254740993, "s": "\\u0000\\ud800" }',
      replay: 3,
      arrivedAt: 1_777_000_000_123,
    });
    assertEquals(await store.recordResults([record, result("2")]), ["new", "new"]);
    assertEquals(await store.result(record.id), { ...record, repeats: 0, conflicts: 0 });
    assertEquals(await store.result("2"), { ...result("2"), repeats: 0, conflicts: 0 });
    assertEquals(await store.result("nobody"), undefined);
  });

  test("the first result of an id is final: the same again is a repeat, another is a conflict", async (store) => {
    const first = result("1", { arrivedAt: 1 });
    const again = result("1", { arrivedAt: 2, headers: '{"x-troupe-fan":[]}', status: "{}" });
    const others = [{ payload: "2" }, { phase: "failed" }, { reason: "Aborted" }, { route: "{}" }];
    // Within one batch as over several.
    assertEquals(await store.recordResults([first, again]), ["new", "repeat"]);
    assertEquals(await store.recordResults([again]), ["repeat"]);
    for (const other of others) assertEquals(await store.recordResults([result("1", other)]), ["conflict"]);
    assertEquals(await store.result("1"), { ...first, repeats: 2, conflicts: 4 });
    const counts = await store.counts();
    assertEquals([counts.results, counts.repeats, counts.conflicts], [1, 2, 4]);
  });

  test("a replay replaces a failure of a lower number, and nothing else", async (store) => {
    await store.recordResults([failure("f", "E"), result("s"), failure("g", "E", { replay: 2 })]);
    const cases: [ResultRecord, string, phase: string, replay: number][] = [
      [result("s", { replay: 1, payload: "2" }), "conflict", "succeeded", 0],
      [failure("g", "F", { replay: 2 }), "conflict", "failed", 2],
      [result("g", { replay: 1 }), "conflict", "failed", 2],
      [failure("f", "F", { replay: 1 }), "replaced", "failed", 1],
      [failure("f", "F", { replay: 1 }), "repeat", "failed", 1],
      [result("f", { replay: 2 }), "replaced", "succeeded", 2],
      [result("f", { replay: 3, payload: "9" }), "conflict", "succeeded", 2],
    ];
    for (const [record, recorded, phase, replay] of cases) {
      assertEquals(await store.recordResults([record]), [recorded], JSON.stringify(record));
      const stored = await store.result(record.id);
      assertEquals([stored?.phase, stored?.replay], [phase, replay]);
    }
    assertEquals((await store.counts()).results, 3);
  });

  test("results are listed by phase and by root, in the order of their arrival, page by page", async (store) => {
    const ids = Array.from({ length: 25 }, (_, n) => `id-${n}`);
    await store.recordResults(
      ids.map((id, n) =>
        n % 5 === 0 ? failure(id, "E", { root: "odd" }) : result(id, { root: n % 2 === 0 ? "even" : "odd" })
      ),
    );
    const all = await pages((after) =>
      store.results({ limit: 10, ...(after === undefined ? {} : { after }) })
    );
    assertEquals([all.items.map(({ id }) => id), all.sizes], [ids, [10, 10, 5]]);
    const exact = await pages((after) =>
      store.results({ limit: 25, ...(after === undefined ? {} : { after }) })
    );
    assertEquals(exact.sizes, [25]);
    const failed = await pages((after) =>
      store.results({ phase: "failed", limit: 2, ...(after === undefined ? {} : { after }) })
    );
    assertEquals([failed.items.length, failed.sizes], [5, [2, 2, 1]]);
    assertEquals((await store.results({ root: "even", phase: "failed" })).items, []);
    const even = await store.results({ root: "even" });
    assert(even.items.every(({ root, phase }) => root === "even" && phase === "succeeded"));
    assertEquals([even.items.length, even.next], [10, undefined]);
    assertEquals((await store.results({ root: "' OR 1 --" })).items, []);
  });

  test("a result that was replaced is listed once, as the latest", async (store) => {
    await store.recordResults([failure("1", "E"), result("2"), result("1", { replay: 1 })]);
    assertEquals((await store.results()).items.map(({ id, phase }) => [id, phase]), [["2", "succeeded"], [
      "1",
      "succeeded",
    ]]);
  });

  test("what is dead is kept byte for byte under its key, once", async (store) => {
    const records = [
      dead("d/0/0"),
      dead("d/1/0", { id: "d", root: "r", error: '{"type":"E"}' }),
      dead("a/hash/1", { id: "", root: "", body: new Uint8Array(0) }),
      dead("big", { id: "b", root: "b", body: new Uint8Array(3 * 2 ** 20).fill(7) }),
    ];
    assertEquals(await store.recordDead(records), ["new", "new", "new", "new"]);
    assertEquals(await store.recordDead([dead("d/0/0", { message: "later" })]), ["repeat"]);
    const { items } = await store.dead();
    assertEquals(items, records);
    assertEquals((await store.dead({ id: "d" })).items.map(({ key }) => key), ["d/0/0", "d/1/0"]);
    assertEquals((await store.dead({ root: "r" })).items.map(({ key }) => key), ["d/1/0"]);
    const paged = await pages((after) => store.dead({ limit: 3, ...(after === undefined ? {} : { after }) }));
    assertEquals([paged.items, paged.sizes], [records, [3, 1]]);
  });

  test("hops of a tree come in the order of time, with what else is known of its root", async (store) => {
    const records = [
      hop("c", { root: "1", parentId: "1", startedAt: 30, payload: "{}" }),
      hop("1", { startedAt: 10, children: [{ id: "c", to: "b" }] }),
      hop("1", { root: "elsewhere", startedAt: 20 }),
      hop("2", { startedAt: 15, error: { type: "E", message: "m" } }),
    ];
    await store.recordHops(records);
    // Another replica has heard of the same.
    await store.recordHops(records);
    assertEquals(await store.hops("1"), [records[1], records[2], records[0]] as HopRecord[]);
    assertEquals(await store.hops("nobody"), []);
  });

  test("the root of an id is found in results, the dead and hops", async (store) => {
    await store.recordResults([result("1", { root: "r1" }), result("own")]);
    await store.recordDead([dead("k", { id: "2", root: "r2" })]);
    await store.recordHops([hop("3", { root: "r3" }), hop("own", { root: "r4" })]);
    const roots = await Promise.all(["1", "2", "3", "own", "4"].map((id) => store.rootOf(id)));
    assertEquals(roots, ["r1", "r2", "r3", "r4", undefined]);
  });

  test("counts() tells failures of both ends by their type", async (store) => {
    assertEquals(await store.counts(), {
      results: 0,
      dead: 0,
      byPhase: {},
      failures: {},
      repeats: 0,
      conflicts: 0,
    });
    await store.recordResults([
      result("1"),
      result("2"),
      failure("3", "E"),
      failure("4", "E"),
      failure("5", "__proto__"),
    ]);
    await store.recordDead([dead("k1"), dead("k2", { reason: "E" })]);
    const { results, dead: died, byPhase, failures } = await store.counts();
    assertEquals([results, died, byPhase], [5, 2, { succeeded: 2, failed: 3 }]);
    assertEquals(Object.entries(failures).sort(), [["E", 3], ["__proto__", 1], ["troupe.TooLarge", 1]]);
  });

  test("a record that the tables do not take is refused, and the others are recorded", async (store) => {
    const good = store.recordResults([result("1")]);
    const bad = assertRejects(() => store.recordHops([hop("1", { startedAt: 0.5 })]), Error);
    const more = store.recordResults([result("2")]);
    const hops = store.recordHops([hop("2")]);
    await bad;
    await hops;
    assertEquals([await good, await more], [["new"], ["new"]]);
  });

  test("a store that is closed says so; closing it twice is nothing", async (store) => {
    await store.close();
    await store.close();
    const calls = [
      () => store.recordResults([result("1")]),
      () => store.recordDead([dead("k")]),
      () => store.recordHops([hop("1")]),
      () => store.result("1"),
      () => store.results(),
      () => store.dead(),
      () => store.hops("1"),
      () => store.rootOf("1"),
      () => store.counts(),
    ];
    for (const call of calls) await assertRejects(call, StoreClosedError, "closed");
  });

  test("what was recorded is there after the store was closed and opened again", async (store, harness) => {
    await store.recordResults([result("1")]);
    await store.recordDead([dead("k")]);
    await store.recordHops([hop("1")]);
    await store.close();
    const again = await harness.open();
    assertEquals(await again.recordResults([result("1")]), ["repeat"]);
    assertEquals([(await again.dead()).items.length, (await again.hops("1")).length], [1, 1]);
    await again.close();
  });
}
