/**
 * What every store of state has to keep of single entries, as tests.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { bytes, type StateHarness, testsOn, text } from "./_state_harness_testing.ts";
import { StateClosedError } from "./errors.ts";
import type { Bucket, Swapped } from "./store.ts";

function versionOf(swapped: Swapped): bigint {
  assert(swapped.ok);
  return swapped.version;
}

/** Runs the tests. @param start Makes a place that is empty. */
export function testEntries(name: string, start: () => Promise<StateHarness>): void {
  const test = testsOn(name, start);

  test("a value is read back byte for byte, by its version, by everybody", async (store, harness) => {
    const bucket = store.bucket("b");
    assertEquals(await bucket.get("k"), undefined);
    const values = [
      new Uint8Array(),
      Uint8Array.from({ length: 256 }, (_, n) => n),
      new Uint8Array(1024 * 1024).fill(0xff),
    ];
    const other = (await harness.open()).bucket("b");
    for (const value of values) {
      const version = await bucket.set("k", value);
      const found = await other.get("k");
      assert(
        found && found.value.length === value.length && found.value.every((byte, i) => byte === value[i]),
      );
      assertEquals(found.version, version);
    }
  });

  test("the bytes are those of the moment in which they were given", async (store) => {
    const value = bytes("before");
    const setting = store.bucket("b").set("k", value);
    value.set(bytes("after!"));
    await setting;
    assertEquals(text((await store.bucket("b").get("k"))?.value), "before");
  });

  test("keys are compared as they are written, and buckets are apart", async (store) => {
    const keys = ["a", "A", "a ", "a\0", "a\0b", "ä", "a\u0308", "🎭", "__proto__", "*", "[a]", "\r\n"];
    for (const [n, bucket] of ["b", "b2", "actor/b"].entries()) {
      for (const key of keys) await store.bucket(bucket).set(key, bytes(`${n} ${key}`));
    }
    for (const [n, bucket] of ["b", "b2", "actor/b"].entries()) {
      for (const key of keys) {
        assertEquals(text((await store.bucket(bucket).get(key))?.value), `${n} ${key}`);
      }
    }
    assertEquals(await store.bucket("b").delete("a"), true);
    assertEquals([(await store.bucket("b2").get("a")) !== undefined, await store.bucket("b").get("a")], [
      true,
      undefined,
    ]);
  });

  test("a swap is done where the version is the expected one, and else says what is there", async (store) => {
    const bucket = store.bucket("b");
    assertEquals(await bucket.swap("k", { expected: 1n, value: bytes("x") }), {
      ok: false,
      found: undefined,
    });
    const first = versionOf(await bucket.swap("k", { expected: "absent", value: bytes("1") }));
    const found = { value: bytes("1"), version: first };
    assertEquals(await bucket.swap("k", { expected: "absent", value: bytes("x") }), { ok: false, found });
    assertEquals(await bucket.swap("k", { expected: first + 1n, value: bytes("x") }), { ok: false, found });
    const second = versionOf(await bucket.swap("k", { expected: first, value: bytes("2") }));
    assertEquals(await bucket.get("k"), { value: bytes("2"), version: second });
    const third = await bucket.set("k", bytes("3"));
    assertEquals((await bucket.swap("k", { expected: second, value: bytes("x") })).ok, false);
    assertEquals(text((await bucket.get("k"))?.value), "3");
    assert(first < second && second < third);
    assertEquals((await bucket.swap("k", { expected: 2n ** 64n - 1n, value: bytes("x") })).ok, false);
  });

  test("what is deleted is gone; with a version, only that one", async (store) => {
    const bucket = store.bucket("b");
    assertEquals(await bucket.delete("k"), false);
    const version = await bucket.set("k", bytes("1"));
    assertEquals(await bucket.delete("k", { expected: version + 1n }), false);
    assertEquals((await bucket.get("k"))?.version, version);
    assertEquals(await bucket.delete("k", { expected: version }), true);
    assertEquals([await bucket.get("k"), await bucket.delete("k", { expected: version })], [
      undefined,
      false,
    ]);
  });

  test(
    "no version comes twice, whatever was deleted and by whomever it is written",
    async (store, harness) => {
      const seen = new Set<bigint>();
      const note = (version: bigint) => {
        assert(!seen.has(version), `${version} has come twice`);
        seen.add(version);
      };
      const renew = async (bucket: Bucket) => {
        note(await bucket.set("k", bytes("same")));
        await bucket.delete("k");
        const version = versionOf(await bucket.swap("k", { expected: "absent", value: bytes("same") }));
        note(version);
        await bucket.delete("k", { expected: version });
        await bucket.add("k", 1n);
        note((await bucket.get("k"))?.version ?? 0n);
        await bucket.delete("k");
      };
      for (let n = 0; n < 5; n++) await renew(store.bucket("b"));
      await store.close();
      const other = await harness.open();
      for (let n = 0; n < 5; n++) await renew(other.bucket("b"));
      assertEquals(seen.size, 30);
    },
  );

  test("everything is there when a store is opened again", async (store, harness) => {
    const version = await store.bucket("b").set("k", bytes("1"));
    await store.bucket("b").add("n", 5n);
    await store.close();
    const again = (await harness.open()).bucket("b");
    assertEquals(await again.get("k"), { value: bytes("1"), version });
    assertEquals(await again.add("n", 1n), 6n);
  });

  test("what is asked of a closed store is refused", async (store) => {
    const bucket = store.bucket("b");
    await store.close();
    await store.close();
    const asked = [
      () => bucket.get("k"),
      () => bucket.set("k", bytes("")),
      () => bucket.swap("k", { expected: "absent", value: bytes("") }),
      () => bucket.delete("k"),
      () => bucket.keys(""),
      () => bucket.add("k", 1n),
      () => store.collect(),
    ];
    for (const ask of asked) await assertRejects(ask, StateClosedError);
  });
}
