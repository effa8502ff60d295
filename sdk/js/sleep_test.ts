import { assertEquals, assertThrows } from "@std/assert";
import { duringHop } from "./_hop.ts";
import { sleep } from "./sleep.ts";
import { run } from "./testing.ts";

Deno.test("a test does not wait, and is told for how long the actor would have", () => {
  const { sleeps, payloads } = run(() => {
    sleep(10.5);
    sleep(0);
    return 1;
  }, null);
  assertEquals([sleeps, payloads], [[11, 0], [1]]);
});

Deno.test("what is no time to sleep is refused", () => {
  for (const ms of [-1, NaN, Infinity, 2 ** 31]) {
    assertEquals(run(() => sleep(ms), null).failure?.kind, "RangeError");
  }
});

Deno.test("nothing sleeps outside of a hop, or in a component without", () => {
  assertThrows(() => sleep(1), Error, "no envelope");
  const calls = {} as never;
  duringHop({ calls, pending: new Set() }, () => assertThrows(() => sleep(1), Error, "built without sleep"));
});
