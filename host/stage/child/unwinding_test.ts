import { assert, assertEquals, assertRejects } from "@std/assert";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { isUnwinding, unwinding } from "./unwinding.ts";

/** The engine's two functions for stacks that are suspended. */
const { Suspending, promising } = WebAssembly as unknown as {
  readonly Suspending: new (call: () => Promise<void>) => WebAssembly.ImportValue;
  readonly promising: (call: WebAssembly.ExportValue | undefined) => () => Promise<void>;
};

/** A guest that waits, catches whatever comes, and goes on. */
const CATCHES = await parse(`(module
  (import "host" "wait" (func $wait))
  (import "host" "went-on" (func $went-on))
  (func (export "run")
    (block $caught
      (try_table (catch_all $caught) (call $wait))
      (return))
    (call $went-on)))`);

/** Runs it. @returns Whether it went on after it was thrown something into. */
async function goesOnAfter(thrown: Error): Promise<boolean> {
  let wentOn = false;
  const wait = new Suspending(() => Promise.reject(thrown));
  const host = { wait, "went-on": () => void (wentOn = true) };
  const instance = new WebAssembly.Instance(new WebAssembly.Module(CATCHES as BufferSource), { host });
  const run = promising(instance.exports["run"])();
  if (isUnwinding(thrown)) await assertRejects(() => run, WebAssembly.RuntimeError, "unreachable");
  else await run;
  return wentOn;
}

Deno.test("no guest catches what unwinds it, as it would catch an error", async () => {
  assertEquals(await goesOnAfter(new Error("caught")), true);
  assertEquals(await goesOnAfter(new WebAssembly.RuntimeError("unreachable")), true);
  assertEquals(await goesOnAfter(unwinding()), false);
});

Deno.test("it is told from every other error", () => {
  assert(isUnwinding(unwinding()));
  assert(!isUnwinding(new WebAssembly.RuntimeError("unreachable")));
  assert(!isUnwinding(undefined));
});
