import { assertEquals } from "@std/assert";
import { assemble } from "../../component/_testing/components.ts";
import { RestoredState } from "./restored_state.ts";

const PREFIX = "p-";

async function open(fields: string, imports: WebAssembly.Imports = {}) {
  const module = new WebAssembly.Module(await assemble(`(module ${fields})`));
  const { exports } = new WebAssembly.Instance(module, imports);
  const state = new RestoredState(PREFIX);
  state.add(exports, imports);
  state.capture();
  return {
    state,
    exports,
    call: (name: string, ...args: unknown[]) => (exports[name] as (...args: unknown[]) => unknown)(...args),
  };
}

Deno.test("memories: what was there, and the zeros between", async () => {
  const { state, exports, call } = await open(`(memory (export "p-m") 5)
    (data (i32.const 65530) "over an edge") (data (i32.const 327670) "at the end")
    (func (export "fill") (memory.fill (i32.const 0) (i32.const 255) (i32.const 327680)))`);
  const bytes = () => new Uint8Array((exports["p-m"] as WebAssembly.Memory).buffer);
  const before = bytes().slice();
  call("fill");
  assertEquals([bytes()[0], bytes().at(-1)], [255, 255]);
  state.restore();
  assertEquals(bytes(), before);
});

Deno.test("tables and globals", async () => {
  const { state, exports, call } = await open(`
    (table (export "p-t") 3 funcref) (global (export "p-i") (mut i64) (i64.const 5))
    (global (export "p-f") (mut f32) (f32.const -0.1)) (global (export "p-r") (mut funcref) (ref.func $a))
    (func $a (export "a")) (func $b (export "b"))
    (elem (i32.const 1) $a)
    (func (export "change")
      (table.set (i32.const 0) (ref.func $b)) (table.set (i32.const 1) (ref.null func)) (global.set 0 (i64.const -1))
      (global.set 1 (f32.const nan)) (global.set 2 (ref.null func)))`);
  const table = exports["p-t"] as WebAssembly.Table;
  const seen = () => [
    ...[0, 1, 2].map((n) => table.get(n)),
    ...["p-i", "p-f", "p-r"].map((name) => (exports[name] as WebAssembly.Global).value),
  ];
  const before = seen();
  call("change");
  state.restore();
  assertEquals(seen(), before);
  assertEquals([before[1], before[3], before[5]], [exports["a"], 5n, exports["a"]]);
});

Deno.test("globals of the glue", async () => {
  const flags = new WebAssembly.Global({ value: "i32", mutable: true }, 1);
  const fixed = new WebAssembly.Global({ value: "i32", mutable: false }, 7);
  const { state, call } = await open(
    `(import "flags" "a" (global (mut i32))) (import "flags" "b" (global i32))
      (func (export "change") (global.set 0 (i32.const 0)))`,
    { flags: { a: flags, b: fixed } },
  );
  call("change");
  assertEquals(flags.value, 0);
  state.restore();
  assertEquals(flags.value, 1);
});

Deno.test("what cannot be put back", async (t) => {
  const cases: [string, string, string][] = [
    [
      "a memory that grew",
      `(memory (export "p-m") 1) (func (export "run") (drop (memory.grow (i32.const 1))))`,
      "a memory grew",
    ],
    [
      "a table that grew",
      `(table (export "p-t") 1 funcref) (func (export "run") (drop (table.grow (ref.null func) (i32.const 1))))`,
      "a table grew",
    ],
    [
      "a number that is none, of which there are many",
      `(global (export "p-g") (mut f64) (f64.const nan:0x123)) (func (export "run"))`,
      "it has a global that is not a number",
    ],
    [
      "very large memories",
      `(memory (export "p-m") 513) (func (export "run"))`,
      "its memories have more than 33554432 bytes at the start",
    ],
    [
      "very large tables",
      `(table (export "p-t") 20001 funcref) (func (export "run"))`,
      "its tables have more than 20000 entries at the start",
    ],
  ];
  for (const [name, fields, why] of cases) {
    await t.step(name, async () => {
      const { state, call } = await open(fields);
      call("run");
      assertEquals(state.spoilt, why);
    });
  }
});

Deno.test("what was spoilt stays so", async () => {
  const { state } = await open(`(memory (export "p-m") 1)`);
  assertEquals(state.spoilt, undefined);
  state.spoil("it opened or closed a resource");
  state.spoil("something else");
  state.restore();
  assertEquals(state.spoilt, "it opened or closed a resource");
});
