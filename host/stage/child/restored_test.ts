import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { obedientActor, watComponent } from "../_testing.ts";
import { call, hop, openComponent } from "./_restored_testing.ts";

/**
 * Keeps the digit that it gets in a memory, another module's memory, globals of each type and a table, and returns those
 * that it kept before. 7 grows the table, 8 the memory; 9 traps, once everything is changed.
 */
const KEEPER = {
  more: `(memory 1)
    (func (export "swap") (param i32) (result i32)
      (i32.load (i32.const 60000))
      (i32.store (i32.const 60000) (local.get 0)))`,
  imports: `(import "more" "swap" (func $swap (param i32) (result i32)))`,
  fields: `
    (global $i32 (mut i32) (i32.const 0)) (global $i64 (mut i64) (i64.const 0))
    (global $f32 (mut f32) (f32.const 0)) (global $f64 (mut f64) (f64.const 0))
    (global $function (mut funcref) (ref.null func))
    (table $table 5 funcref)
    (type $number (func (result i32)))
    (func $zero (type $number) (i32.const 0))
    (func $four (type $number) (i32.const 4))
    (elem (table $table) (i32.const 2) func $zero)
    (elem declare func $four)
    (func $put (param $at i32) (param $digit i32) (i32.store8 (local.get $at) (i32.add (local.get $digit) (i32.const 48))))`,
  handle: `
    (local.set $n (i32.sub (i32.load8_u (local.get $at)) (i32.const 48)))
    (call $put (i32.const 64) (i32.const 1))
    (call $put (i32.const 65) (i32.load (i32.const 1024)))
    (call $put (i32.const 66) (call $swap (local.get $n)))
    (call $put (i32.const 67) (global.get $i32))
    (call $put (i32.const 68) (i32.wrap_i64 (global.get $i64)))
    (call $put (i32.const 69) (i32.trunc_f32_s (global.get $f32)))
    (call $put (i32.const 70) (i32.trunc_f64_s (global.get $f64)))
    (call $put (i32.const 71) (ref.is_null (global.get $function)))
    (call $put (i32.const 72) (call_indirect $table (type $number) (i32.const 2)))
    (call $put (i32.const 73) (ref.is_null (table.get $table (i32.const 4))))
    (i32.store (i32.const 1024) (local.get $n))
    (global.set $i32 (local.get $n))
    (global.set $i64 (i64.extend_i32_u (local.get $n)))
    (global.set $f32 (f32.convert_i32_u (local.get $n)))
    (global.set $f64 (f64.convert_i32_u (local.get $n)))
    (global.set $function (ref.func $four))
    (table.set $table (i32.const 2) (ref.func $four))
    (table.set $table (i32.const 4) (table.get $table (i32.const 2)))
    (if (i32.eq (local.get $n) (i32.const 7))
      (then (drop (table.grow $table (ref.null func) (i32.const 1)))))
    (if (i32.eq (local.get $n) (i32.const 8)) (then (drop (memory.grow (i32.const 1)))))
    (if (i32.eq (local.get $n) (i32.const 9)) (then (unreachable)))
    (call $return (i32.const 64) (i32.const 10))`,
};

/** What restored and new instances are compared on. */
interface Comparison {
  /** After it an instance can be put back. */
  readonly plain: string;
  readonly payloads: fc.Arbitrary<string>;
  readonly numRuns: number;
}

/** Restored and new instances get the same payloads: they are to start alike, and to say the same. */
async function compare(bytes: Uint8Array, { plain, payloads, numRuns }: Comparison): Promise<void> {
  const component = await openComponent(bytes);
  assertEquals(component.why, undefined);
  const instances = component.restored();
  let hops = 0;
  const compareOn = async (payloads: readonly string[]) => {
    for (const payload of payloads) {
      hops++;
      const [restored, fresh] = [instances.take(), component.fresh()];
      assertEquals(await component.stateOf(restored), await component.stateOf(fresh));
      const outcome = await call(restored, payload);
      assertEquals(outcome, await call(fresh, payload));
      assertEquals(await component.stateOf(restored), await component.stateOf(fresh));
      instances.done(restored, outcome.thrown === undefined ? "returned" : "failed");
      if (hops % 3 === 0) instances.tidy();
    }
  };
  await compareOn([plain, plain, plain]);
  // Restored they were: beside those to compare with, one was made, and one more before the first was put back.
  assert(component.made() - hops <= 2, `${component.made()} instances for ${hops} hops`);
  await fc.assert(fc.asyncProperty(fc.array(payloads, { minLength: 1, maxLength: 8 }), compareOn), {
    numRuns,
  });
}

Deno.test("restored instances are as new ones: state of every sort", async () => {
  const payload = fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 0, max: 6 }) },
    { weight: 1, arbitrary: fc.integer({ min: 7, max: 9 }) },
  );
  await compare(await watComponent(KEEPER), { plain: "1", payloads: payload.map(String), numRuns: 60 });
});

Deno.test("restored instances are as new ones: JavaScript", async () => {
  const text = fc.string({ unit: "grapheme", maxLength: 2_000 });
  const fails = fc.constantFrom(["fail", { kind: "Odd" }], ["trap"]);
  const step = fc.oneof(
    fc.constant(["count"]),
    fc.constant(["random"]),
    fc.constant(["get", "headers"]),
    fc.constant(["caught", "set", "status", 1]),
    fc.tuple(fc.constant("set"), fc.constant("headers.b"), text),
    fc.tuple(fc.constant("emit"), fc.jsonValue()),
    fc.tuple(fc.constant("log"), fc.constant("info"), text),
  );
  const steps = fc.array(fc.oneof({ weight: 15, arbitrary: step }, { weight: 1, arbitrary: fails }), {
    maxLength: 5,
  });
  const payloads = steps.map((steps) => JSON.stringify({ do: steps }));
  await compare(await obedientActor(), { plain: '{"do":[]}', payloads, numRuns: 15 });
});

Deno.test("an instance serves on until it cannot be put back", async () => {
  const component = await openComponent(await watComponent(KEEPER));
  const instances = component.restored();
  for (const payload of ["1", "5", "3"]) assertEquals((await hop(instances, payload)).returned, "1000000101");
  assertEquals(component.made(), 1);
  for (const [payload, made] of [["7", 1], ["0", 2], ["8", 2], ["0", 3], ["9", 3], ["0", 4]] as const) {
    await hop(instances, payload);
    assertEquals([payload, component.made()], [payload, made]);
  }
  assertEquals((await hop(instances, "1")).returned, "1000000101");
});
