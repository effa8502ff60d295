/**
 * What every store of state has to refuse, as tests.
 *
 * @module
 */

import { assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { bytes, type StateHarness, testsOn } from "./_state_harness_testing.ts";
import { BadStateRequestError, StateFullError, StateTooLargeError } from "./errors.ts";
import type { Bucket } from "./store.ts";

/** Requests that cannot be, and what is said of them. */
const BAD: [problem: string, ask: (bucket: Bucket) => Promise<unknown>][] = [
  ["a key is empty", (bucket) => bucket.get("")],
  ["more than 512 bytes", (bucket) => bucket.set("ä".repeat(257), bytes(""))],
  ["surrogate", (bucket) => bucket.add("\ud83c", 1n)],
  ["surrogate", (bucket) => bucket.keys("\udfad")],
  ["more than 512 bytes", (bucket) => bucket.keys("", { after: "x".repeat(513) })],
  ["a key is a text", (bucket) => bucket.get(7 as unknown as string)],
  ["a value is a Uint8Array", (bucket) => bucket.set("k", "text" as unknown as Uint8Array)],
  ...[0, -1, 1.5, NaN, Infinity, 1e15].map((ttlMs): typeof BAD[number] => [
    "a time to live",
    (bucket) => bucket.set("k", bytes(""), { ttlMs }),
  ]),
  ["a time to live", (bucket) => bucket.swap("k", { expected: "absent", value: bytes(""), ttlMs: 0 })],
  ...[0, 1_001, 2.5].map((limit): typeof BAD[number] => ["a limit", (bucket) => bucket.keys("", { limit })]),
  ["a version", (bucket) => bucket.swap("k", { expected: -1n, value: bytes("") })],
  ["a version", (bucket) => bucket.delete("k", { expected: 1 as unknown as bigint })],
  ["more than 64 bits", (bucket) => bucket.add("k", 2n ** 63n)],
  ["more than 64 bits", (bucket) => bucket.add("k", -(2n ** 63n) - 1n)],
];

/** Runs the tests. @param start Makes a place that is empty. */
export function testBounds(name: string, start: () => Promise<StateHarness>): void {
  const test = testsOn(name, start);

  test("what can never be done is refused, and nothing is changed", async (store) => {
    const bucket = store.bucket("b");
    for (const [problem, ask] of BAD) {
      const error = await assertRejects(() => ask(bucket), BadStateRequestError, problem);
      assertEquals([error.code, error.family], ["troupe.BadStateRequest", "user"]);
    }
    assertEquals(await bucket.keys(""), []);
    for (const bad of ["", "a b", "{a}", "a:b", "x".repeat(201), "ä"]) {
      assertThrows(() => store.bucket(bad), BadStateRequestError, "bucket");
    }
    const longest = "ä".repeat(256);
    await bucket.set(longest, bytes("1"));
    assertEquals(await bucket.keys(longest, { limit: 1 }), [longest]);
  });

  test("a value has a bound", async (store, harness) => {
    const large = new Uint8Array(1024 * 1024 + 1);
    await assertRejects(() => store.bucket("b").set("k", large), StateTooLargeError, "1048577 bytes");
    const small = (await harness.open({ limits: { valueBytes: 3 } })).bucket("b");
    await small.set("k", bytes("abc"));
    await assertRejects(
      () => small.swap("k", { expected: "absent", value: bytes("abcd") }),
      StateTooLargeError,
      "may have 3",
    );
  });

  test("a bucket has a bound of entries, within which all can be changed", async (_, harness) => {
    const store = await harness.open({ limits: { bucketEntries: 3 } });
    const bucket = store.bucket("b");
    for (const key of ["a", "b", "c"]) await bucket.set(key, bytes("1"));
    const refused = [
      () => bucket.set("d", bytes("1")),
      () => bucket.swap("d", { expected: "absent", value: bytes("1") }),
      () => bucket.add("d", 1n),
    ];
    for (const ask of refused) await assertRejects(ask, StateFullError, "3 entries");
    assertEquals(await bucket.add("a", 1n), 2n);
    await bucket.set("b", bytes("other"));
    await store.bucket("other").set("d", bytes("1"));
    await bucket.delete("c");
    await bucket.set("d", bytes("1"));
    assertEquals(await bucket.keys(""), ["a", "b", "d"]);
  });

  test("a bucket has a bound of bytes, of keys and values", async (_, harness) => {
    const bucket = (await harness.open({ limits: { bucketBytes: 10 } })).bucket("b");
    await bucket.set("key", bytes("1234567"));
    await assertRejects(() => bucket.set("k", bytes("")), StateFullError, "10 bytes");
    await assertRejects(() => bucket.set("key", bytes("12345678")), StateFullError);
    await bucket.set("key", bytes("12345"));
    await bucket.set("k", bytes("9"));
    await assertRejects(() => bucket.add("k", 1n), StateFullError);
    assertEquals(await bucket.get("k").then((entry) => entry?.value), bytes("9"));
    assertEquals(await bucket.add("k", -1n), 8n);
    await bucket.delete("key");
    assertEquals(await bucket.add("k", 92n), 100n);
    // One that is opened with less room lets what there is be, and be made smaller.
    const smaller = (await harness.open({ limits: { bucketBytes: 2 } })).bucket("b");
    assertEquals(await smaller.add("k", -1n), 99n);
    assertInstanceOf(await smaller.add("k", 1n).catch((error: unknown) => error), StateFullError);
  });

  test("each who puts something in may have bounds of its own, and reads what is beyond them", async (store) => {
    const wide = store.bucket("b");
    const narrow = store.bucket("b", { bucketEntries: 1, bucketBytes: 4 });
    await narrow.set("a", bytes("1"));
    await assertRejects(() => narrow.set("b", bytes("1")), StateFullError, "1 entries");
    await assertRejects(() => narrow.set("a", bytes("1234")), StateFullError, "4 bytes");
    await assertRejects(() => narrow.add("c", 1n), StateFullError);
    await wide.set("b", bytes("1"));
    await wide.add("c", 1n);
    assertEquals(await narrow.keys(""), ["a", "b", "c"]);
    await narrow.delete("b");
    await narrow.set("c", bytes("2"));
  });

  test("what has expired takes no room from what comes", async (_, harness) => {
    const store = await harness.open({ limits: { bucketEntries: 300 } });
    const bucket = store.bucket("b");
    await Promise.all(Array.from({ length: 299 }, (_, n) => bucket.set(`k${n}`, bytes(""), { ttlMs: 60 })));
    await bucket.set("stays", bytes(""));
    await harness.elapse(60);
    await Promise.all(Array.from({ length: 299 }, (_, n) => bucket.set(`n${n}`, bytes(""))));
    await assertRejects(() => bucket.set("more", bytes("")), StateFullError);
    assertEquals((await bucket.keys("n")).length, 299);
  });
}
