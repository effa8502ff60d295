/**
 * What every store of state has to keep when several processes use it at once, as tests.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { bytes, type StateHarness, testsOn, text } from "./_state_harness_testing.ts";
import type { Bucket } from "./store.ts";

/** Runs the tests. @param start Makes a place that is empty. */
export function testConcurrency(name: string, start: () => Promise<StateHarness>): void {
  const test = testsOn(name, start);

  test("of 100 swaps at once exactly one is done, each round", async (store, harness) => {
    const buckets = [store.bucket("b"), (await harness.open()).bucket("b")];
    let expected: bigint | "absent" = "absent";
    for (let round = 0; round < 10; round++) {
      const swaps = await Promise.all(Array.from({ length: 100 }, async (_, n) => {
        const swap: Parameters<Bucket["swap"]>[1] = { expected, value: bytes(`${round}/${n}`) };
        return { n, swapped: await (buckets[n % 2] as Bucket).swap("k", swap) };
      }));
      const winners = swaps.filter(({ swapped }) => swapped.ok);
      assertEquals(winners.length, 1);
      const [winner] = winners;
      assert(winner?.swapped.ok);
      const entry = { value: bytes(`${round}/${winner.n}`), version: winner.swapped.version };
      assertEquals(await store.bucket("b").get("k"), entry);
      for (const { swapped } of swaps) assert(swapped.ok || swapped.found?.version === entry.version);
      expected = entry.version;
    }
  });

  test("a counter is exact, however many count", async (store, harness) => {
    const buckets = [store.bucket("b"), (await harness.open()).bucket("b")];
    const sums = await Promise.all(
      Array.from({ length: 1_000 }, (_, n) => (buckets[n % 2] as Bucket).add("n", 1n)),
    );
    assertEquals(new Set(sums).size, 1_000);
    assertEquals(text((await store.bucket("b").get("n"))?.value), "1000");
  });

  test("read, change and swap until it is done loses nothing", async (store, harness) => {
    const buckets = [store.bucket("b"), (await harness.open()).bucket("b")];
    const append = async (bucket: Bucket, word: string): Promise<void> => {
      for (;;) {
        const entry = await bucket.get("list");
        const value = bytes(`${text(entry?.value) ?? ""}${word};`);
        if ((await bucket.swap("list", { expected: entry?.version ?? "absent", value })).ok) return;
      }
    };
    const words = Array.from({ length: 40 }, (_, n) => `w${n}`);
    await Promise.all(words.map((word, n) => append(buckets[n % 2] as Bucket, word)));
    const list = text((await store.bucket("b").get("list"))?.value)?.split(";").filter(Boolean);
    assertEquals(list?.toSorted(), words.toSorted());
  });

  test("of deletions of one value at once exactly one is done", async (store, harness) => {
    const buckets = [store.bucket("b"), (await harness.open()).bucket("b")];
    for (let round = 0; round < 10; round++) {
      const expected = await store.bucket("b").set("k", bytes("1"));
      const deleted = await Promise.all(
        Array.from(
          { length: 20 },
          (_, n) => (buckets[n % 2] as Bucket).delete("k", n < 10 ? { expected } : {}),
        ),
      );
      assertEquals(deleted.filter(Boolean).length, 1);
    }
  });

  test("a bucket that fills up from two sides has no more than its bound", async (_, harness) => {
    const limits = { bucketEntries: 50 };
    const buckets = [
      (await harness.open({ limits })).bucket("b"),
      (await harness.open({ limits })).bucket("b"),
    ];
    const outcomes = await Promise.allSettled(
      Array.from({ length: 120 }, (_, n) => (buckets[n % 2] as Bucket).set(`k${n}`, bytes(""))),
    );
    assertEquals(outcomes.filter(({ status }) => status === "fulfilled").length, 50);
    assertEquals((await (buckets[0] as Bucket).keys("")).length, 50);
  });
}
