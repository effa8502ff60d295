/**
 * What every store of payloads has to keep, as tests that each plugs into.
 *
 * @module
 */

import { type StoreHarness, testsOn } from "./_store_harness_testing.ts";
import { assert, assertEquals } from "@std/assert";
import { sha256Of } from "./claim_check.ts";

const DAY = 24 * 60 * 60 * 1000;

/** Runs the tests. @param start Makes a database that is empty. */
export function testClaims(name: string, start: () => Promise<StoreHarness>): void {
  const test = testsOn(name, start);

  test(
    "a payload is read back byte for byte, by its SHA-256, also by others",
    async ({ claims }, harness) => {
      const payload = crypto.getRandomValues(new Uint8Array(60_000));
      const large = new Uint8Array(8 * 1024 * 1024).fill(7);
      const key = await claims.put(payload, { now: DAY });
      assertEquals(key, await sha256Of(payload));
      const other = (await harness.open()).claims;
      const found = await other.get(key, { at: DAY });
      assert(found && found.every((byte, i) => byte === payload[i]) && found.length === payload.length);
      assertEquals(
        (await other.get(await claims.put(large, { now: DAY + 5 }), { at: DAY + 5 }))?.length,
        large.length,
      );
      assertEquals(await claims.get("0".repeat(64), { at: DAY }), undefined);
    },
  );

  test("a payload that is put again is kept for as long from then", async ({ claims }) => {
    const [once, twice] = [new Uint8Array([1]), new Uint8Array([2])];
    const [first, second] = [await claims.put(once, { now: DAY }), await claims.put(twice, { now: DAY })];
    assertEquals(await claims.put(twice, { now: 5 * DAY }), second);
    assertEquals(await claims.put(twice, { now: 3 * DAY }), second);
    assert(await claims.forget(5 * DAY) > 0);
    assertEquals(await claims.get(first, { at: DAY }), undefined);
    assertEquals((await claims.get(second, { at: 5 * DAY }))?.[0], 2);
    assertEquals(await claims.forget(6 * DAY), 1);
    assertEquals(await claims.get(second, { at: 5 * DAY }), undefined);
    assertEquals(await claims.forget(6 * DAY), 0);
  });

  test("the same payload, put at once from two sides, is there once", async ({ claims }, harness) => {
    const other = (await harness.open()).claims;
    const payload = new Uint8Array(1000).fill(3);
    const keys = await Promise.all(
      Array.from({ length: 20 }, (_, n) => (n % 2 ? other : claims).put(payload, { now: n })),
    );
    assertEquals(new Set(keys).size, 1);
    assertEquals(await claims.forget(2 * DAY), 1);
  });
}
