/**
 * What every store has to keep when several processes use it at once, as tests. Each technology plugs itself in with one
 * call, on the real thing.
 *
 * @module
 */

import { type StoreHarness, testsOn } from "./_store_harness_testing.ts";
import { assert, assertEquals } from "@std/assert";
import { dead, failure, result } from "./_records_testing.ts";
import type { CrewStore, Recorded, ResultRecord } from "./store.ts";

type Stores = readonly [CrewStore, CrewStore];

/** How many of each verdict there are. */
function tally(verdicts: readonly Recorded[]): Partial<Record<Recorded, number>> {
  const counts: Partial<Record<Recorded, number>> = {};
  for (const verdict of verdicts) counts[verdict] = (counts[verdict] ?? 0) + 1;
  return counts;
}

/** Records through both stores at once, in batches of a size, one in the order given and one backwards. */
async function race(
  [one, other]: Stores,
  { ours, theirs, size }: {
    readonly ours: readonly ResultRecord[];
    readonly theirs: readonly ResultRecord[];
    readonly size: number;
  },
): Promise<[Recorded[], Recorded[]]> {
  const record = async (store: CrewStore, records: readonly ResultRecord[]) => {
    const batches = Array.from(
      { length: Math.ceil(records.length / size) },
      (_, i) => records.slice(i * size, (i + 1) * size),
    );
    return (await Promise.all(batches.map((batch) => store.recordResults(batch)))).flat();
  };
  return await Promise.all([record(one, ours), record(other, theirs)]);
}

const ids = (count: number) => Array.from({ length: count }, (_, n) => `id-${n * 7919 % count}`);

/** Runs the tests. @param start Makes a database that is empty. */
export function testConcurrency(name: string, start: () => Promise<StoreHarness>): void {
  const onStores = testsOn(name, start);
  const test = (what: string, run: (stores: Stores) => Promise<void>) =>
    onStores(what, async (store, harness) => await run([store, await harness.open()]));

  test("the same ids from two sides at once have one result each, however they are cut", async (stores) => {
    for (const [round, size] of [1, 17, 500].entries()) {
      const records = ids(500).map((id) => result(`${round}-${id}`));
      const theirs = records.toReversed().map((record) => ({ ...record, arrivedAt: 2 }));
      const [ours, others] = await race(stores, { ours: records, theirs, size });
      assertEquals(tally([...ours, ...others]), { new: 500, repeat: 500 });
    }
    const { results, repeats, conflicts } = await stores[0].counts();
    assertEquals([results, repeats, conflicts], [1500, 1500, 0]);
  });

  test("batches of 10,000 from two sides", async (stores) => {
    const records = ids(10_000).map((id) =>
      result(id, { payload: JSON.stringify({ id, text: "x".repeat(50) }) })
    );
    const [ours, theirs] = await race(stores, { ours: records, theirs: records.toReversed(), size: 10_000 });
    assertEquals([ours.length, theirs.length], [10_000, 10_000]);
    assertEquals(tally([...ours, ...theirs]), { new: 10_000, repeat: 10_000 });
    // Each says of an id what the other does not.
    const verdicts = new Map(records.map(({ id }, i) => [id, ours[i]]));
    assert(records.toReversed().every(({ id }, i) => verdicts.get(id) !== theirs[i]));
    assertEquals((await stores[1].counts()).results, 10_000);
  });

  test("of two results of an id that differ, the one that was told new is kept", async (stores) => {
    const ours = ids(300).map((id) => result(id, { payload: '"ours"' }));
    const theirs = ids(300).map((id) => result(id, { payload: '"theirs"' })).toReversed();
    const [mine, others] = await race(stores, { ours, theirs, size: 10 });
    assertEquals(tally([...mine, ...others]), { new: 300, conflict: 300 });
    for (const [i, { id }] of ours.entries()) {
      const stored = await stores[1].result(id);
      assertEquals(stored?.payload, mine[i] === "new" ? '"ours"' : '"theirs"');
      assertEquals([stored?.repeats, stored?.conflicts], [0, 1]);
    }
  });

  test("one replay replaces a failure, whoever brings it", async (stores) => {
    const names = ids(100);
    await stores[0].recordResults(names.map((id) => failure(id, "E")));
    const again = names.map((id) => result(id, { replay: 1 }));
    const [ours, theirs] = await race(stores, { ours: again, theirs: again.toReversed(), size: 9 });
    assertEquals(tally([...ours, ...theirs]), { replaced: 100, repeat: 100 });
    const later = names.map((id) => result(id, { replay: 2, payload: "2" }));
    const [more, others] = await race(stores, { ours: later, theirs: later, size: 100 });
    assertEquals(tally([...more, ...others]), { conflict: 200 });
    const { byPhase, repeats, conflicts } = await stores[0].counts();
    assertEquals([byPhase, repeats, conflicts], [{ succeeded: 100 }, 100, 200]);
    assertEquals(await stores[0].letters.count({ state: "resolved" }).then(({ count }) => count), 100);
  });

  test("what dies and succeeds at once is resolved, in whichever order that was", async (stores) => {
    const names = ids(200);
    await Promise.all([
      ...names.map((id) => stores[0].recordResults([result(id)])),
      ...names.map((id) => stores[1].recordDead([dead(`${id}/0/0`, { id })])),
    ]);
    assertEquals(await stores[0].letters.count().then(({ count }) => count), 200);
    assertEquals(await stores[0].letters.count({ state: "resolved" }).then(({ count }) => count), 200);
  });

  test("what is dead is kept once, whoever brings it", async (stores) => {
    const records = ids(200).map((id) => dead(id, { id }));
    const [ours, theirs] = await Promise.all(
      stores.map((store, i) =>
        Promise.all((i === 0 ? records : records.toReversed()).map((record) => store.recordDead([record])))
      ),
    );
    assertEquals(tally([...ours ?? [], ...theirs ?? []].flat()), { new: 200, repeat: 200 });
    assertEquals((await stores[0].dead()).items.length, 200);
  });

  test("a replay has one number, however many ask for it from both sides", async (stores) => {
    await stores[0].recordDead(["a", "b", "c", "d"].map((key) => dead(key, { id: "x" })));
    const asked = await Promise.all(
      ["a", "b", "c", "d"].flatMap((key) =>
        stores.flatMap(({ letters }) =>
          [1, 2].map((now) =>
            letters.allot({ key, how: `{"for":"${key}"}`, keepsId: false, again: false, now })
          )
        )
      ),
    );
    const numbers = new Map<string, Set<number>>();
    for (const allotment of asked) {
      assert("replay" in allotment && allotment.verdict === "send", JSON.stringify(allotment));
      const { key, n } = allotment.replay;
      numbers.set(key, (numbers.get(key) ?? new Set()).add(n));
    }
    assertEquals([...numbers.values()].map((each) => each.size), [1, 1, 1, 1]);
    assertEquals([...numbers.values()].flatMap((each) => [...each]).sort(), [1, 2, 3, 4]);
    assertEquals((await stores[0].letters.replays("x")).map(({ n }) => n), [1, 2, 3, 4]);
  });

  test("while a replay is asked for, its envelope may succeed: it is told of one or the other", async (stores) => {
    const names = ids(60);
    await stores[0].recordResults(names.map((id) => failure(id, "E")));
    const [allotted] = await Promise.all([
      Promise.all(
        names.map((id) =>
          stores[0].letters.allot({ key: `${id}/x-sink/0`, how: "{}", keepsId: true, again: false, now: 5 })
        ),
      ),
      Promise.all(names.map((id) => stores[1].recordResults([result(id, { replay: 1 })]))),
    ]);
    assert(allotted.every(({ verdict }) => ["send", "resolved"].includes(verdict)));
    assertEquals(await stores[0].letters.count({ state: "resolved" }).then(({ count }) => count), 60);
  });
}
