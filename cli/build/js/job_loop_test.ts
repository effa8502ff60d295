import { assertEquals, assertRejects } from "@std/assert";
import { parse, print } from "@bytecodealliance/jco-transpile/wasm-tools";
import { BuildError } from "../errors.ts";
import { withJobLoop } from "./job_loop.ts";

/** A component with a module such as the tool makes, within another component. */
function component(body: string): string {
  return `(component (component (core module
    (import "env" "wit_dylib_export_start" (func $wit_dylib_export_start (param i32) (result i32)))
    (import "env" "wit_dylib_export_async_call" (func $wit_dylib_export_async_call (param i32 i32) (result i32)))
    (import "env" "wit_dylib_push_string" (func $wit_dylib_push_string (param i32 i32 i32)))
    (import "wasi:cli/exit@0.2.12" "exit" (func $exit (param i32)))
    ${body}
  )))`;
}

Deno.test("the one call of exit is redirected", async () => {
  const text = await print(
    await withJobLoop(
      await parse(component(`(func (export "adapter exit") (param i32) (call $exit (local.get 0)))`)),
    ),
  );
  assertEquals(/call \$exit\b/.test(text), false);
  assertEquals(text.match(/call \$\w+/g), [
    "call $run_jobs",
    "call $wit_dylib_export_start",
    "call $wit_dylib_push_string",
    "call $wit_dylib_export_async_call",
  ]);
});

for (
  const [name, text] of [
    ["calls exit nowhere", component("")],
    ["calls it twice", component("(func (call $exit (i32.const 0)) (call $exit (i32.const 0)))")],
    ["has no such module", "(component (core module))"],
  ] as const
) {
  Deno.test(`a component that ${name} is another tool's`, async () => {
    const error = await assertRejects(async () => await withJobLoop(await parse(text)), BuildError);
    assertEquals(error.code, "troupe.BuildFailed");
  });
}

Deno.test("bytes that end too early are another tool's", async () => {
  const cut = (await parse(component(""))).slice(0, -1);
  const error = await assertRejects(() => withJobLoop(cut), BuildError, "ends too early");
  assertEquals(error.code, "troupe.BuildFailed");
});
