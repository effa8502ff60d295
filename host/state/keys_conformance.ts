/**
 * What every store of state has to keep of its listings, as tests.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { bytes, type StateHarness, testsOn } from "./_state_harness_testing.ts";
import type { Bucket } from "./store.ts";

/** All pages of a listing. */
async function pages(bucket: Bucket, prefix: string, limit: number): Promise<string[][]> {
  const all = [await bucket.keys(prefix, { limit })];
  for (;;) {
    const page = all.at(-1) ?? [];
    if (page.length < limit) return all;
    all.push(await bucket.keys(prefix, { limit, after: page.at(-1) as string }));
  }
}

/** Runs the tests. @param start Makes a place that is empty. */
export function testKeys(name: string, start: () => Promise<StateHarness>): void {
  const test = testsOn(name, start);

  test("2,500 keys come in pages, in order, each once", async (store) => {
    const bucket = store.bucket("b");
    const keys = Array.from({ length: 2_500 }, (_, n) => `k/${String(n * 7919 % 2_500).padStart(4, "0")}`);
    await Promise.all([...keys, "j", "k", "k0", "l"].map((key) => bucket.set(key, bytes(key))));
    const sorted = keys.toSorted();
    for (const limit of [1_000, 999, 500]) {
      const found = await pages(bucket, "k/", limit);
      assertEquals(found.flat(), sorted);
      assertEquals(found.length, Math.floor(2_500 / limit) + 1);
    }
    assertEquals((await bucket.keys("")).length, 1_000);
    assertEquals((await pages(bucket, "", 1_000)).flat(), ["j", "k", ...sorted, "k0", "l"]);
  });

  test("the order is that of bytes, and not of UTF-16 or of a language", async (store) => {
    const bucket = store.bucket("b");
    // U+FF5E is after U+1F3AD in UTF-16, and before it in UTF-8.
    const keys = ["a", "a\0", "B", "b", "ä", "z", "\uff5e", "\ufeffx", "🎭", "\x7f", "\0"];
    for (const key of keys) await bucket.set(key, bytes(""));
    const ordered = ["\0", "B", "a", "a\0", "b", "z", "\x7f", "ä", "\ufeffx", "\uff5e", "🎭"];
    assertEquals(await bucket.keys(""), ordered);
    assertEquals((await pages(bucket, "", 3)).flat(), ordered);
    assertEquals(await bucket.keys("a"), ["a", "a\0"]);
    assertEquals(await bucket.keys("ä"), ["ä"]);
    assertEquals(await bucket.keys("c"), []);
    assertEquals(await (store.bucket("other")).keys(""), []);
  });

  test("what a listing goes on after need not be there, or begin with the prefix", async (store) => {
    const bucket = store.bucket("b");
    for (const key of ["a1", "a2", "a3", "b1"]) await bucket.set(key, bytes(""));
    assertEquals(await bucket.keys("a", { after: "a15" }), ["a2", "a3"]);
    assertEquals(await bucket.keys("a", { after: "A" }), ["a1", "a2", "a3"]);
    assertEquals(await bucket.keys("a", { after: "b" }), []);
    await bucket.delete("a2");
    assertEquals(await bucket.keys("a", { after: "a1" }), ["a3"]);
  });
}
