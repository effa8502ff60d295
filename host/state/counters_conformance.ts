/**
 * What every store of state has to keep of counters, as tests.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { bytes, type StateHarness, testsOn, text } from "./_state_harness_testing.ts";
import { CounterRangeError, NotACounterError } from "./errors.ts";

const MOST = 2n ** 63n - 1n;
const LEAST = -(2n ** 63n);

/** Runs the tests. @param start Makes a place that is empty. */
export function testCounters(name: string, start: () => Promise<StateHarness>): void {
  const test = testsOn(name, start);

  test("a counter begins at 0, and is its digits", async (store) => {
    const bucket = store.bucket("b");
    assertEquals(await bucket.add("n", 0n), 0n);
    assertEquals(await bucket.add("n", 5n), 5n);
    assertEquals(await bucket.add("n", -12n), -7n);
    const first = await bucket.get("n");
    assertEquals(text(first?.value), "-7");
    assertEquals(await bucket.add("n", 7n), 0n);
    const second = await bucket.get("n");
    assertEquals(text(second?.value), "0");
    assert(first && second && first.version < second.version);
    await bucket.set("n", bytes("41"));
    assertEquals(await bucket.add("n", 1n), 42n);
  });

  test("a counter is exact to 64 bits, and leaves them never", async (store) => {
    const bucket = store.bucket("b");
    assertEquals(await bucket.add("n", MOST), MOST);
    await assertRejects(() => bucket.add("n", 1n), CounterRangeError, '"n"');
    assertEquals(await bucket.add("n", -1n), MOST - 1n);
    assertEquals(await bucket.add("n", LEAST), -2n);
    assertEquals(await bucket.add("n", LEAST + 2n), LEAST);
    await assertRejects(() => bucket.add("n", -1n), CounterRangeError);
    assertEquals(await bucket.add("n", 1n), LEAST + 1n);
    assertEquals(text((await bucket.get("n"))?.value), String(LEAST + 1n));
    assertEquals(await bucket.add("exact", 2n ** 53n), 2n ** 53n);
    assertEquals(await bucket.add("exact", 1n), 2n ** 53n + 1n);
  });

  test("what is no number is not counted up, and stays as it is", async (store) => {
    const bucket = store.bucket("b");
    for (
      const value of [
        "",
        " 1",
        "1 ",
        "+1",
        "01",
        "-0",
        "1.0",
        "1e3",
        "0x10",
        "ten",
        "\ufeff1",
        "9223372036854775808",
      ]
    ) {
      const version = await bucket.set("n", bytes(value));
      await assertRejects(() => bucket.add("n", 1n), NotACounterError, '"n"');
      assertEquals(await bucket.get("n"), { value: bytes(value), version }, value);
    }
    await bucket.set("n", Uint8Array.of(0x31, 0xff));
    await assertRejects(() => bucket.add("n", 1n), NotACounterError);
  });
}
