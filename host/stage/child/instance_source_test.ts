import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import type { Instance } from "./instance.ts";
import { FreshInstances, REUSED_TIMES, ReusedInstances } from "./instance_source.ts";

/** Makes instances, and counts them. */
function factory({ memoryBytes = 0 } = {}) {
  const made: Instance[] = [];
  const make = (): Instance => {
    const instance = { handle: () => undefined, memoryBytes: () => memoryBytes };
    made.push(instance);
    return instance;
  };
  return { made, make };
}

Deno.test("fresh: each is new, and one that was made ahead is used first", () => {
  const { made, make } = factory();
  const source = new FreshInstances(make, () => {});
  assert(source.wants);
  source.prepare();
  source.prepare();
  assert(!source.wants);
  assertEquals(made.length, 1);
  const first = source.take();
  assertStrictEquals(first, made[0]);
  source.done(first);
  const second = source.take();
  assert(second !== first);
  assert(source.take() !== second);
});

Deno.test("fresh: what is left is collected after so many instances, or so many bytes", () => {
  const run = (hops: number, memoryBytes: number) => {
    let collected = 0;
    const source = new FreshInstances(factory({ memoryBytes }).make, () => collected++);
    for (let n = 0; n < hops; n++) source.done(source.take());
    return collected;
  };
  assertEquals(run(19, 0), 0);
  assertEquals(run(40, 0), 2);
  assertEquals(run(4, 40 * 1024 * 1024), 2);
});

Deno.test("reuse: the same until a hop fails, or it has served its time", () => {
  const { made, make } = factory();
  const source = new ReusedInstances(make);
  source.prepare();
  for (let n = 0; n < REUSED_TIMES; n++) source.done(source.take(), "returned");
  assertEquals(made.length, 1);
  assert(source.wants);
  source.done(source.take(), "returned");
  assertEquals(made.length, 2);
  source.done(source.take(), "failed");
  source.take();
  assertEquals(made.length, 3);
});

Deno.test("an instance that cannot be made leaves the source as it was", () => {
  const { make } = factory();
  let fails = true;
  const failing = () => {
    if (fails) throw new RangeError("no");
    return make();
  };
  for (const source of [new FreshInstances(failing, () => {}), new ReusedInstances(failing)]) {
    fails = true;
    assertThrows(() => source.prepare(), RangeError);
    assertThrows(() => source.take(), RangeError);
    fails = false;
    source.done(source.take(), "returned");
  }
});
