// Here the reactions are run by the runtime that runs the test, after the loop has given up; the loop with an engine's own
// is tested in components: cli/build/js/promises_test.ts.

import { assertEquals, assertThrows } from "@std/assert";
import { AwaitError } from "../errors.ts";
import { EventLoop } from "./event_loop.ts";
import { Timers } from "./timers.ts";

const calls = { calls: {} as never };

Deno.test("where nothing settles the promise, the handler has failed", () => {
  const loop = new EventLoop({ runReactions: () => {} });
  assertThrows(() => loop.run(() => new Promise(() => {}), "1", calls), AwaitError, "nothing settles");
});

Deno.test("the component's handle is its own only while the loop is not run", () => {
  const seen: unknown[] = [];
  const loop = new EventLoop({ runReactions: () => seen.push(handle("")) });
  const handle = loop.enter((payload) => loop.run(() => new Promise(() => {}), payload, calls));
  assertThrows(() => handle("1"), AwaitError);
  assertEquals(seen.map((answer) => typeof (answer as { then: unknown }).then), ["function"]);
});

Deno.test("timers are waited for in their turn, reactions run after each, and what one throws ends the hop", () => {
  const timers = new Timers();
  const slept: number[] = [];
  let turns = 0;
  const loop = new EventLoop({ runReactions: () => turns++, timers });
  const sleep = (ms: number) => void slept.push(ms);
  const handler = () => {
    timers.add(() => {}, { ms: 5, args: [], repeat: false });
    timers.add(
      () => {
        throw new RangeError("of a timer");
      },
      { ms: 8, args: [], repeat: false },
    );
    return new Promise<never>(() => {});
  };
  assertThrows(() => loop.run(handler, "1", { ...calls, sleep }), RangeError, "of a timer");
  assertEquals([slept, turns], [[5, 3], 2]);
});
