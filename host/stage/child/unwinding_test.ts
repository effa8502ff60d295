import { assertEquals, assertRejects } from "@std/assert";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { engine } from "./_suspending_testing.ts";
import { suspendUnwindably, trapped, unwindingOfLast } from "./unwinding.ts";

type Run = () => Promise<void>;
/** A guest that waits, catches whatever comes, and goes on. */
const CATCHES = new WebAssembly.Module(
  await parse(`(module
    (import "host" "wait" (func $wait))
    (import "host" "went-on" (func $went-on))
    (func (export "run")
      (block $caught
        (try_table (catch_all $caught) (call $wait))
        (return))
      (call $went-on)))`) as BufferSource,
);

/** A guest, and whether it went on after something was thrown into it. */
function guest(wait: () => unknown): { readonly run: Run; wentOn: boolean } {
  const state = { wentOn: false };
  const host = { wait: new engine.Suspending(wait), "went-on": () => void (state.wentOn = true) };
  const run = engine.promising(new WebAssembly.Instance(CATCHES, { host }).exports["run"]);
  return Object.assign(state, { run });
}

Deno.test("no guest catches a trap, as it would catch an error", async () => {
  const caught = guest(() => Promise.reject(new WebAssembly.RuntimeError("unreachable")));
  await caught.run();
  assertEquals(caught.wentOn, true);
  const unwound = guest(() => Promise.reject(trapped()));
  await assertRejects(unwound.run, WebAssembly.RuntimeError, "unreachable");
  assertEquals(unwound.wentOn, false);
});

Deno.test("guests whose import never settles are unwound, each by itself", async () => {
  suspendUnwindably();
  const [first, second] = [guest(() => new Promise(() => {})), guest(() => new Promise(() => {}))];
  const ends = [assertRejects(first.run, WebAssembly.RuntimeError)];
  const unwindFirst = unwindingOfLast();
  ends.push(assertRejects(second.run, WebAssembly.RuntimeError));
  unwindingOfLast()?.();
  await ends[1];
  unwindFirst?.();
  await ends[0];
  assertEquals([first.wentOn, second.wentOn], [false, false]);
});

Deno.test("a call in which nobody waits any more is not unwound in the place of another", async () => {
  suspendUnwindably();
  const waiting = guest(() => new Promise(() => {}));
  const end = assertRejects(waiting.run, WebAssembly.RuntimeError);
  const unwind = unwindingOfLast();
  for (const wait of [() => Promise.resolve(), () => undefined]) await guest(wait).run();
  await guest(() => {
    throw new Error("at once");
  }).run();
  assertEquals(unwindingOfLast(), undefined);
  unwind?.();
  await end;
});

Deno.test("what settles is handed on as it is, and what does not suspend neither", async () => {
  suspendUnwindably();
  await guest(() => Promise.resolve()).run();
  await guest(() => undefined).run();
  const failing = guest(() => Promise.reject(new Error("caught")));
  await failing.run();
  assertEquals(failing.wentOn, true);
});
