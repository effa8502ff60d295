import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { assemble, jsActor } from "../_testing/components.ts";
import { sectionsOf } from "../binary/bytes.ts";
import { type CodeFacts, readCode } from "./code_reader.ts";

async function factsOf(body: string): Promise<CodeFacts> {
  const module = await assemble(`(module
    (type $f (func (param i32) (result i32)))
    (memory 1) (memory $second 1) (table 10 funcref) (table 10 funcref) (data "") (elem func)
    (global $g (mut i32) (i32.const 0))
    (func $id (type $f) (local.get 0))
    (elem declare func $id)
    (func (param $i i32) (param $v v128) (result i32) (local $l i64)
      ${body}
      (i32.const 0)))`);
  const code = [...sectionsOf(module)].find(({ id }) => id === 10);
  return readCode(code?.bytes ?? new Uint8Array());
}

const NEITHER = { writesTables: false, catches: false };
const WRITING = { writesTables: true, catches: false };
/** As what is not known. */
const ANYTHING = { writesTables: true, catches: true };

/** Instructions that do neither, with operands in which bytes such as 0x26 and 0xfc stand. */
const HARMLESS = [
  "(nop)",
  "(block (nop)) (loop (nop)) (drop (block (result i32) (i32.const 1)))",
  "(drop (if (result i32) (local.get $i) (then (i32.const 0x26)) (else (i32.const -4))))",
  "(local.get $i) (block (type $f)) (drop)",
  "(block $a (block $b (br_table $a $b $a (local.get $i))))",
  "(block $a (br_if $a (local.get $i)) (br $a))",
  "(drop (call $id (i32.const 38)))",
  "(drop (call_indirect 1 (type $f) (i32.const 9830) (i32.const 1)))",
  "(return (i32.const 4964))",
  "(return_call $id (i32.const 1))",
  "(return_call_indirect 1 (type $f) (i32.const 1) (i32.const 1))",
  "(drop (select (i32.const 1) (i32.const 2) (i32.const 3)))",
  "(drop (select (result funcref) (ref.null func) (ref.func $id) (i32.const 3)))",
  "(local.set $l (i64.const -0x2626262626262626))",
  "(drop (local.tee $i (global.get $g))) (global.set $g (i32.const 0x26))",
  "(drop (table.get 1 (i32.const 38))) (drop (table.size 1))",
  "(drop (i32.load offset=4864 (i32.const 0)))",
  "(i64.store16 offset=38 align=1 (i32.const 38) (i64.const 38))",
  "(drop (i32.load $second offset=38 (i32.const 0))) (i32.store8 $second offset=38 (i32.const 0) (i32.const 1))",
  "(drop (memory.size $second)) (drop (memory.grow $second (i32.const 0)))",
  "(drop (f32.const nan:0x262626)) (drop (f64.const nan:0x2626262626262))",
  "(drop (i32.trunc_sat_f64_u (f64.const 38))) (drop (i64.extend32_s (i64.const 0)))",
  "(memory.init $second 0 (i32.const 0) (i32.const 0) (i32.const 0)) (data.drop 0) (elem.drop 0)",
  "(memory.copy 0 $second (i32.const 0) (i32.const 0) (i32.const 38))",
  "(memory.fill $second (i32.const 0) (i32.const 0) (i32.const 38))",
  "(drop (ref.is_null (ref.null extern)))",
  "(drop (v128.const i32x4 0x26fc2626 0x26262626 0x26262626 0x26262626))",
  "(drop (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31 (local.get $v) (local.get $v)))",
  "(drop (i8x16.extract_lane_s 15 (local.get $v))) (drop (f64x2.replace_lane 1 (local.get $v) (f64.const 1)))",
  "(drop (v128.load8x8_s offset=38 (i32.const 0))) (v128.store offset=38 (i32.const 0) (local.get $v))",
  "(drop (v128.load16_lane offset=38 7 (i32.const 0) (local.get $v)))",
  "(v128.store64_lane $second offset=38 1 (i32.const 0) (local.get $v))",
  "(drop (v128.load64_zero offset=38 (i32.const 0))) (drop (i64x2.abs (local.get $v)))",
  "(drop (i8x16.swizzle (local.get $v) (local.get $v))) (drop (i32x4.dot_i16x8_s (local.get $v) (local.get $v)))",
  "(drop (i32x4.relaxed_trunc_f32x4_s (local.get $v)))",
];

/** Instructions that change a table. */
const WRITES = [
  "(table.set 1 (i32.const 0) (ref.null func))",
  "(drop (table.grow 1 (ref.null func) (i32.const 0)))",
  "(table.fill 1 (i32.const 0) (ref.null func) (i32.const 0))",
  "(table.copy 0 1 (i32.const 0) (i32.const 0) (i32.const 0))",
  "(table.init 1 0 (i32.const 0) (i32.const 0) (i32.const 0))",
];

/** Instructions that catch what is thrown. */
const CATCHES = [
  "(block $caught (try_table (catch_all $caught) (nop)))",
  "(block $caught (result exnref) (try_table (catch_all_ref $caught) (nop)) (return (i32.const 0))) (drop)",
];

Deno.test("instructions that do neither", async (t) => {
  for (const body of HARMLESS) await t.step(body, async () => assertEquals(await factsOf(body), NEITHER));
});

Deno.test("instructions that change a table", async (t) => {
  for (const body of WRITES) await t.step(body, async () => assertEquals(await factsOf(body), WRITING));
});

Deno.test("instructions that catch", async (t) => {
  for (const body of CATCHES) await t.step(body, async () => assertEquals(await factsOf(body), ANYTHING));
});

Deno.test("they are found among others", async () => {
  const instructions = fc.constantFrom(...HARMLESS);
  const property = fc.asyncProperty(
    fc.array(instructions, { maxLength: 6 }),
    fc.constantFrom(...WRITES),
    fc.constantFrom(...CATCHES),
    fc.array(instructions, { maxLength: 3 }),
    async (before, write, catches, after) => {
      assertEquals(await factsOf([...before, ...after].join("\n")), NEITHER);
      assertEquals(await factsOf([...before, write, ...after].join("\n")), WRITING);
      assertEquals(await factsOf([...before, write, catches, ...after].join("\n")), ANYTHING);
    },
  );
  await fc.assert(property, { numRuns: 60 });
});

Deno.test("what is not known counts as what does both", async () => {
  assertEquals(await factsOf("(drop (i32.atomic.load (i32.const 0)))"), ANYTHING);
  assertEquals(await factsOf("(drop (call_ref $f (i32.const 0) (ref.func $id)))"), ANYTHING);
  assertEquals(readCode(Uint8Array.of(1, 4, 0, 0x41, 0x80)), ANYTHING);
});

Deno.test("all of a JavaScript engine is known", async () => {
  const component = await jsActor();
  // Core modules stand in components as they are: sections with the number 1.
  const modules = [...sectionsOf(component)].filter(({ id }) => id === 1);
  const code = modules.flatMap(({ bytes }) => [...sectionsOf(bytes)].filter(({ id }) => id === 10));
  assertEquals(code.map(({ bytes }) => readCode(bytes)), code.map(() => NEITHER));
});
