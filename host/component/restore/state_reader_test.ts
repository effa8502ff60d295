import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { assemble } from "../_testing/components.ts";
import { NotRestorable } from "./core_state.ts";
import { readCoreState } from "./state_reader.ts";

Deno.test("what a module keeps, by the numbers under which it does", async () => {
  const state = readCoreState(
    await assemble(`(module
      (import "a" "f" (func))
      (import "a" "m" (memory 1 2))
      (import "a" "t" (table 1 funcref))
      (import "a" "g" (global i32))
      (import "a" "h" (global (mut i64)))
      (memory 1) (memory (export "shown") 2 3)
      (table 1 funcref) (table 2 9 funcref)
      (global i32 (i32.const -5))
      (global (mut i32) (i32.add (global.get 0) (i32.const 1)))
      (global (mut i64) (i64.const -9223372036854775808))
      (global (mut f32) (f32.const 1)) (global (mut f64) (f64.const 1))
      (global (mut funcref) (ref.func 0)) (global (mut externref) (ref.null extern))
      (elem (table 1) (i32.const 0) func 0)
      (elem (table 2) (i32.const 0) funcref (ref.func 0) (ref.null func))
      (elem declare func 0)
      (data (memory 1) (i32.const 0) "abc") (data (i32.const 0) "\\fd\\00")
      (func (export "run")))`),
  );
  assertEquals(state, {
    memories: { imported: 1, defined: 2, kept: [1, 2] },
    tables: { imported: 1, defined: 2, kept: [1, 2] },
    globals: { imported: 2, defined: 7, kept: [3, 4, 5, 6, 7, 8] },
    exports: ["shown", "run"],
    writesTables: false,
  });
});

Deno.test("what cannot be put back, or not provably", async (t) => {
  const cases: [string, string, string][] = [
    ["a vector in a global", `(global (mut v128) (v128.const i64x2 0 0))`, "neither a number"],
    ["a vector in an immutable global", `(global v128 (v128.const i64x2 0 0))`, "neither a number"],
    [
      "a global behind one that looks like its end",
      `(global $v v128 (v128.const i32x4 0x0b017f0b 0 0 0)) (global (mut i32) (i32.const 1))`,
      "neither a number",
    ],
    ["an imported vector", `(import "a" "g" (global (mut v128)))`, "neither a number"],
    ["a passive data segment", `(memory 1) (data "abc") (func (data.drop 0))`, "passive segments"],
    ["a passive element segment", `(elem func 0) (func (elem.drop 0))`, "passive segments"],
    ["one of expressions", `(elem funcref (ref.func 0)) (func (elem.drop 0))`, "passive segments"],
    ["a struct", `(type (struct (field (mut i32))))`, "garbage collector"],
    [
      "a struct in an immutable global",
      `(type $s (struct (field (mut i32)))) (global (ref $s) (struct.new $s (i32.const 0)))`,
      "garbage collector",
    ],
    ["an array", `(type (array (mut i8)))`, "garbage collector"],
    ["a group of types", `(rec (type (func)) (type (func)))`, "garbage collector"],
    ["a type that has others below it", `(type (sub (func)))`, "garbage collector"],
    ["a parameter of a type that is not known", `(func (param anyref))`, "a type that is not known"],
    ["a global of such a type", `(global (mut anyref) (ref.null any))`, "neither a number"],
    ["a reference to a type", `(type $f (func)) (func (param (ref null $f)))`, "a type that is not known"],
    [
      "a function that catches what is thrown",
      `(import "a" "f" (func)) (func (block $caught (try_table (catch_all $caught) (call 0))))`,
      "may catch what is thrown",
    ],
    ["a tag", `(tag)`, "a section of a kind that is not known here (13)"],
    ["an imported tag", `(import "a" "t" (tag))`, "imports what is not known"],
    ["a shared memory", `(memory 1 1 shared)`, "memory that is shared"],
    ["an imported shared memory", `(import "a" "m" (memory 1 1 shared))`, "memory that is shared"],
    ["a memory of 64 bits", `(memory i64 1)`, "of 64 bits"],
    ["a table of 64 bits", `(table i64 1 funcref)`, "of 64 bits"],
    ["a table of the host's references", `(table 1 externref)`, "a table of something else"],
    [
      "a table with a value at the start",
      `(func) (table 1 funcref (ref.func 0))`,
      "a table of something else",
    ],
    ["a segment of the host's references", `(elem declare externref)`, "segment of a kind"],
  ];
  for (const [name, fields, said] of cases) {
    await t.step(name, async () => {
      const fillers = fields.includes("(func") ? "" : "(func)";
      const module = await assemble(`(module ${fields} ${fillers})`);
      assertThrows(() => readCoreState(module), NotRestorable, said);
    });
  }
});

Deno.test("empty passive segments are as good as dropped ones", async () => {
  readCoreState(
    await assemble(`(module (memory 1) (data "") (elem func) (func (data.drop 0) (elem.drop 0)))`),
  );
});

Deno.test("whatever the bytes are, there is an answer", async () => {
  const module = await assemble(`(module (memory 1) (global (mut i32) (i32.const 1)) (table 1 funcref)
    (func (export "f")) (elem (i32.const 0) 0) (data (i32.const 0) "x"))`);
  fc.assert(fc.property(fc.nat(module.length - 1), fc.nat(255), fc.nat(module.length), (at, byte, length) => {
    const changed = module.slice(0, length);
    changed[at] = byte;
    try {
      readCoreState(changed);
    } catch (error) {
      if (!(error instanceof NotRestorable)) throw error;
    }
  }));
});
