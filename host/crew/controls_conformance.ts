/**
 * What every book of controls has to keep, as tests that each store plugs into.
 *
 * @module
 */

import { type StoreHarness, testsOn } from "./_store_harness_testing.ts";
import { assertEquals } from "@std/assert";

/** Runs the tests. @param start Makes a database that is empty. */
export function testControls(name: string, start: () => Promise<StoreHarness>): void {
  const test = testsOn(name, start);

  test("nothing is asked at first", async ({ controls }) => {
    assertEquals(await controls.state(), { revision: 0, paused: [], canceled: [] });
  });

  test(
    "actors are paused and resumed; each change counts once, and is seen by others",
    async ({ controls }, harness) => {
      assertEquals(await controls.pause("b", { paused: true, now: 1 }), true);
      assertEquals(await controls.pause("a", { paused: true, now: 2 }), true);
      assertEquals(await controls.pause("a", { paused: true, now: 3 }), false);
      const other = (await harness.open()).controls;
      assertEquals(await other.state(), { revision: 2, paused: ["a", "b"], canceled: [] });
      assertEquals(await other.pause("a", { paused: false, now: 4 }), true);
      assertEquals(await other.pause("a", { paused: false, now: 5 }), false);
      assertEquals(await controls.state(), { revision: 3, paused: ["b"], canceled: [] });
    },
  );

  test("an envelope that is called off stays so; with what came of it, if that is asked later", async ({ controls }) => {
    assertEquals(await controls.cancel("1", { only: true, now: 1 }), true);
    assertEquals(await controls.cancel("1", { only: true, now: 2 }), false);
    assertEquals(await controls.cancel("1", { only: false, now: 3 }), true);
    assertEquals(await controls.cancel("1", { only: true, now: 4 }), false);
    assertEquals(await controls.cancel("2", { only: true, now: 5 }), true);
    const canceled = [{ id: "1", only: false, at: 3 }, { id: "2", only: true, at: 5 }];
    assertEquals(await controls.state(), { revision: 3, paused: [], canceled });
    assertEquals(await controls.forget(4), 1);
    assertEquals((await controls.state()).canceled, canceled.slice(1));
  });

  test("which of some envelopes are called off is seen by others at once", async ({ controls }, harness) => {
    await controls.cancel("1", { only: true, now: 1 });
    await controls.cancel("2'", { only: false, now: 2 });
    await controls.cancel("3", { only: false, now: 3 });
    const other = (await harness.open()).controls;
    assertEquals(await other.cancellations(["2'", "1", "4", "1"]), [
      { id: "1", only: true, at: 1 },
      { id: "2'", only: false, at: 2 },
    ]);
    assertEquals([await other.cancellations([]), await other.cancellations(["4"])], [[], []]);
  });

  test("many at once, from two sides, are all there, each counted once", async ({ controls }, harness) => {
    const other = (await harness.open()).controls;
    const changes = await Promise.all(
      Array.from(
        { length: 40 },
        (_, n) => (n % 2 ? other : controls).cancel(`${n >> 1}`, { only: false, now: 1 }),
      ),
    );
    assertEquals(changes.filter(Boolean).length, 20);
    const { revision, canceled } = await controls.state();
    assertEquals([revision, canceled.length], [20, 20]);
  });
}
