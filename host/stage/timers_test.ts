// Guests that sleep: the host waits for them, and others run meanwhile.

import { assert, assertEquals } from "@std/assert";
import { factsOf } from "../component/facts.ts";
import { CONTRACT_EXTRAS } from "../component/contract_table.ts";
import { envelope, watComponent, withStage } from "./_testing.ts";

/** Sleeps for as many milliseconds as its payload has bytes, and returns that. */
const sleeper = await watComponent({
  world: `(import "troupe:actor/timers@0.1.0" (instance $timers (export "sleep" (func (param "ms" u32)))))
    (core func $sleep (canon lower (func $timers "sleep")))`,
  given: `(with "timers" (instance (export "sleep" (func $sleep))))`,
  imports: `(import "timers" "sleep" (func $sleep (param i32)))`,
  handle: `(call $sleep (local.get $length)) (call $return (local.get $at) (local.get $length))`,
});

Deno.test("the table says what timers.wit says", () => {
  const read = factsOf(sleeper).imports.find(({ name }) => name === "troupe:actor/timers@0.1.0");
  assertEquals(new Map(read?.members), new Map(CONTRACT_EXTRAS.get("troupe:actor/timers")));
});

Deno.test("while a guest sleeps others run, and whoever sleeps for less is back before", async () => {
  await withStage(sleeper, {}, async ({ stage }) => {
    const order: string[] = [];
    const run = async (id: string, ms: number) => {
      const result = await stage.run(envelope(id, "x".repeat(ms)));
      assert(result.ok);
      order.push(id);
    };
    await Promise.all([run("long", 2_000), run("short", 1), run("middle", 1_000)]);
    assertEquals(order, ["short", "middle", "long"]);
  });
});

Deno.test("whoever sleeps for longer than a hop may last has failed alone", async () => {
  await withStage(sleeper, { limits: { timeoutMs: 500 } }, async ({ stage, events }) => {
    const late = await stage.run(envelope("late", "x".repeat(60_000)));
    assertEquals(late.ok ? "ok" : late.failure.type, "troupe.Timeout");
    assert((await stage.run(envelope("next", ""))).ok);
    assertEquals(events.filter(({ kind }) => kind !== "child-started"), []);
  });
});
