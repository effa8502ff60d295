import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import type { Instance } from "./instance.ts";
import { GIVEN_UP, MOST_KEPT_BYTES, RESTORED_TIMES, RestoredInstances } from "./restored_instances.ts";

/** An instance that says what is done with it. */
interface Probe extends Instance {
  restored: number;
  spoilt: string | undefined;
}

function open({ most = 2, bytes = 0 } = {}) {
  const made: Probe[] = [];
  let collected = 0;
  const source = new RestoredInstances(({ restorable }) => {
    const probe: Probe = {
      restored: 0,
      spoilt: undefined,
      handle: () => undefined,
      memoryBytes: () => bytes,
      ...(restorable
        ? {
          kept: {
            get spoilt() {
              return probe.spoilt;
            },
            restore: () => void probe.restored++,
          },
        }
        : {}),
    };
    made.push(probe);
    return probe;
  }, { collect: () => collected++, most });
  return { source, made, collected: () => collected };
}

Deno.test("an instance that returned is put back before it is taken again", () => {
  const { source, made } = open();
  const first = source.take();
  source.done(first, "returned");
  assertEquals(made[0]?.restored, 0);
  assertStrictEquals(source.take(), first);
  assertEquals(made[0]?.restored, 1);
  source.done(first, "returned");
  source.tidy();
  assertEquals(made[0]?.restored, 2);
  assertStrictEquals(source.take(), first);
  assertEquals([made.length, made[0]?.restored], [1, 2]);
});

Deno.test("one that failed, or is spoilt, is not taken again", () => {
  const { source, made } = open();
  source.done(source.take(), "failed");
  const second = source.take() as Probe;
  second.spoilt = "a memory grew";
  source.done(second, "returned");
  const third = source.take();
  assertEquals(made.map((probe) => [probe.restored, probe === third]), [[0, false], [0, false], [0, true]]);
});

Deno.test("one is made ahead where there is none", () => {
  const { source, made } = open();
  assert(source.wants);
  source.prepare();
  source.prepare();
  assert(!source.wants);
  const first = source.take();
  assert(source.wants);
  source.done(first, "returned");
  assert(!source.wants);
  source.prepare();
  assertEquals(made.length, 1);
});

Deno.test("several can be taken at once, and as many are kept as there may be", () => {
  const { source, made } = open({ most: 2 });
  const taken = [source.take(), source.take(), source.take()];
  assertEquals(new Set(taken).size, 3);
  for (const instance of taken) source.done(instance, "returned");
  source.tidy();
  const again = [source.take(), source.take(), source.take()];
  assertEquals(again.filter((instance) => taken.includes(instance)).length, 2);
  assertEquals(made.length, 4);
});

Deno.test("no more are kept than may have so much memory together, and one in any case", () => {
  const cases = [[MOST_KEPT_BYTES / 3, 3], [MOST_KEPT_BYTES / 3 + 1, 2], [MOST_KEPT_BYTES + 1, 1]] as const;
  for (const [bytes, expected] of cases) {
    const { source } = open({ most: 10, bytes });
    const taken = Array.from({ length: 5 }, () => source.take());
    for (const instance of taken) source.done(instance, "returned");
    const again = Array.from({ length: 5 }, () => source.take());
    assertEquals(again.filter((instance) => taken.includes(instance)).length, expected);
  }
});

Deno.test("one serves so many times, and what is left is collected", () => {
  const { source, made, collected } = open();
  for (let n = 0; n <= RESTORED_TIMES; n++) source.done(source.take(), "returned");
  assertEquals(made.map(({ restored }) => restored), [RESTORED_TIMES - 1, 0]);
  for (let n = 0; n < 40; n++) source.done(source.take(), "failed");
  assertEquals(collected(), 2);
});

Deno.test("where none can be put back it is left alone for a while", () => {
  const { source, made } = open();
  const hop = () => {
    const instance = source.take() as Probe;
    instance.spoilt = "it opened a resource";
    source.done(instance, "returned");
  };
  for (let n = 0; n < 3 * (GIVEN_UP.after + GIVEN_UP.for); n++) hop();
  const tried = made.filter(({ kept }) => kept).length;
  assertEquals(tried, 3 * GIVEN_UP.after);
});
