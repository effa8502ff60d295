/**
 * What every store of state has to keep of times to live, as tests.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { bytes, type StateHarness, testsOn, text } from "./_state_harness_testing.ts";

/** A time to live that a test waits for, in milliseconds. */
const SHORT = 60;
/** One that no test sees the end of. */
const LONG = 3_600_000;

/** Runs the tests. @param start Makes a place that is empty. */
export function testExpiry(name: string, start: () => Promise<StateHarness>): void {
  const test = testsOn(name, start);

  test("what has expired does not exist, whoever looks, before it is collected", async (store, harness) => {
    const bucket = store.bucket("b");
    const other = (await harness.open()).bucket("b");
    await bucket.set("long", bytes("1"), { ttlMs: LONG });
    const version = await bucket.set("k", bytes("1"), { ttlMs: SHORT });
    await harness.elapse(SHORT);
    for (const each of [bucket, other]) {
      assertEquals(await each.get("k"), undefined);
      assertEquals(await each.keys(""), ["long"]);
      assertEquals(await each.swap("k", { expected: version, value: bytes("x") }), {
        ok: false,
        found: undefined,
      });
      assertEquals([await each.delete("k"), await each.delete("k", { expected: version })], [false, false]);
    }
    assertEquals(text((await bucket.get("long"))?.value), "1");
  });

  test(
    "in the place of what has expired there can be something new, of another version",
    async (store, harness) => {
      const bucket = store.bucket("b");
      const old = [
        await bucket.set("set", bytes("1"), { ttlMs: SHORT }),
        await bucket.set("swap", bytes("1"), { ttlMs: SHORT }),
        await bucket.set("add", bytes("10"), { ttlMs: SHORT }),
      ];
      await harness.elapse(SHORT);
      const swapped = await bucket.swap("swap", { expected: "absent", value: bytes("2") });
      assert(swapped.ok);
      const renewed = [await bucket.set("set", bytes("2")), swapped.version];
      assertEquals(await bucket.add("add", 1n), 1n);
      renewed.push((await bucket.get("add"))?.version ?? 0n);
      assertEquals(new Set([...old, ...renewed]).size, 6);
      await harness.elapse(SHORT);
      assertEquals(await bucket.keys(""), ["add", "set", "swap"]);
    },
  );

  test("a time to live is that of the last value; a counter keeps it", async (store, harness) => {
    const bucket = store.bucket("b");
    for (const key of ["lasting", "renewed", "shortened"]) {
      await bucket.set(key, bytes("1"), { ttlMs: key === "shortened" ? LONG : SHORT });
    }
    await bucket.set("lasting", bytes("2"));
    await bucket.set("renewed", bytes("2"), { ttlMs: LONG });
    const { version } = await bucket.get("shortened") ?? { version: 0n };
    assert((await bucket.swap("shortened", { expected: version, value: bytes("2"), ttlMs: SHORT })).ok);
    let ttlMs = SHORT;
    // On a machine that is very busy it may be over before it is counted up.
    for (let counted = 0n; counted !== 11n; ttlMs *= 2) {
      await bucket.set("counter", bytes("10"), { ttlMs });
      counted = await bucket.add("counter", 1n);
    }
    await harness.elapse(ttlMs);
    assertEquals(await bucket.keys(""), ["lasting", "renewed"]);
    assertEquals(await bucket.get("counter"), undefined);
  });

  test("what has expired is collected, in each bucket, and counted", async (store, harness) => {
    const entries = Array.from({ length: 2_300 }, (_, n) => ({ bucket: `b${n % 3}`, key: `k${n}` }));
    await Promise.all(
      entries.map(({ bucket, key }) => store.bucket(bucket).set(key, bytes("1"), { ttlMs: SHORT })),
    );
    await store.bucket("b0").set("stays", bytes("1"), { ttlMs: LONG });
    await store.bucket("b1").set("stays", bytes("1"));
    await harness.elapse(SHORT);
    const gone = await Promise.all([(await harness.open()).collect(), store.collect()]);
    // Writes had removed some before.
    assert(gone[0] + gone[1] <= 2_300);
    assertEquals(await store.collect(), 0);
    assertEquals(await Promise.all(["b0", "b1", "b2"].map((name) => store.bucket(name).keys(""))), [
      ["stays"],
      ["stays"],
      [],
    ]);
  });
}
