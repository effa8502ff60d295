import { assertEquals, assertThrows } from "@std/assert";
import { Timers } from "./timers.ts";

function begun(): { timers: Timers; slept: number[]; run: () => void } {
  const timers = new Timers();
  timers.begin();
  const slept: number[] = [];
  return {
    timers,
    slept,
    run() {
      while (timers.runNext((ms) => void slept.push(ms)));
    },
  };
}

Deno.test("what is due first is called first, and what is due at once in the order in which it was set", () => {
  const { timers, slept, run } = begun();
  const called: unknown[] = [];
  for (const ms of [20, 10, 0, 10]) {
    timers.add((...args: unknown[]) => called.push(args), { ms, args: [ms, called.length], repeat: false });
  }
  run();
  assertEquals(called, [[0, 0], [10, 0], [10, 0], [20, 0]]);
  assertEquals(slept, [10, 10]);
});

Deno.test("times are as setTimeout has them", () => {
  const { timers, slept, run } = begun();
  for (const ms of [undefined, null, -5, NaN, Infinity, 2 ** 31, "7", 7.2]) {
    timers.add(() => {}, { ms, args: [], repeat: false });
  }
  run();
  assertEquals(slept, [7, 1]);
});

Deno.test("an interval goes on until it is cleared, also by itself, and never takes everybody's turn", () => {
  const { timers, run } = begun();
  const called: string[] = [];
  const id = timers.add(() => {
    called.push("tick");
    if (called.length > 4) timers.remove(id);
  }, { ms: 0, args: [], repeat: true });
  timers.add(() => called.push("once"), { ms: 2, args: [], repeat: false });
  run();
  assertEquals(called, ["tick", "once", "tick", "tick", "tick"]);
});

Deno.test("what was slept through is due at once", () => {
  const { timers, slept, run } = begun();
  timers.add(() => {}, { ms: 100, args: [], repeat: false });
  timers.elapse(250);
  run();
  assertEquals(slept, []);
});

Deno.test("nothing of one hop is left for the next", () => {
  const { timers, slept, run } = begun();
  timers.add(() => {}, { ms: 100, args: [], repeat: false });
  timers.end();
  assertThrows(() => timers.add(() => {}, { ms: 1, args: [], repeat: false }), Error, "no envelope");
  timers.begin();
  run();
  assertEquals(slept, []);
});

Deno.test("what is no function is refused", () => {
  assertThrows(() => begun().timers.add("alert()", { ms: 1, args: [], repeat: false }), TypeError);
});
