import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { coreToComponent } from "./core_to_component.ts";
import { BuildError } from "./errors.ts";

const WIT = "package a:b; world w { import say: func(n: u32); export twice: func(n: u32) -> u32; }";
const CORE = `(module
  (import "$root" "say" (func $say (param i32)))
  (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
  (func (export "twice") (param i32) (result i32)
    (call $say (call $yield))
    (i32.mul (local.get 0) (i32.const 2))))`;
const ADAPTER = `(module (func (export "sched_yield") (result i32) (i32.const 0)))`;

Deno.test("a core module and its adapter become one component, always the same", async () => {
  const bytes = await parse(CORE);
  const module = { bytes, wit: WIT, world: "w", adapters: { wasi_snapshot_preview1: { text: ADAPTER } } };
  const component = await coreToComponent(module);
  // Magic number and version of a component.
  assertEquals([...component.subarray(0, 8)], [0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0]);
  assertEquals(await coreToComponent(module), component);
});

Deno.test("what does not fit the world is told", async () => {
  const module = { bytes: await parse("(module)"), wit: WIT, world: "w" };
  const error = await assertRejects(() => coreToComponent(module), BuildError);
  assertEquals(error.code, "troupe.BuildFailed");
  assertStringIncludes(error.message, "twice");
});
