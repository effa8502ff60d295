import { assertEquals, assertRejects } from "@std/assert";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { DEFAULT_LIMITS } from "../../limits.ts";
import { engine } from "./_suspending_testing.ts";
import { HostCalls } from "./host_calls.ts";
import type { Port } from "./port.ts";
import { Turns } from "./turns.ts";
import { suspendUnwindably } from "./unwinding.ts";

const WAITS = new WebAssembly.Module(
  await parse(
    `(module (import "host" "wait" (func $wait)) (func (export "run") (call $wait)))`,
  ) as BufferSource,
);

/** A hop whose guest makes one call, which may wait any number of times. */
function hop(turns: Turns, call: (calls: HostCalls) => Promise<void>) {
  const port = { send() {}, flush() {} } as unknown as Port;
  const calls = new HostCalls(0n, { port, turns, limits: DEFAULT_LIMITS, stop() {} });
  const host = { wait: new engine.Suspending(() => call(calls)) };
  const run = engine.promising(new WebAssembly.Instance(WAITS, { host }).exports["run"]);
  const ended = Promise.withResolvers<void>();
  const over = () => {
    turns.leave();
    turns.run();
  };
  turns.take(() => void run().then(ended.resolve, ended.reject).finally(over));
  return { calls, ended: ended.promise };
}

Deno.test("a hop that is given up while one call of it waits a second time goes, and no other", async () => {
  suspendUnwindably();
  const turns = new Turns(() => {});
  const [first, again, other] = [1, 2, 3].map(() => Promise.withResolvers<void>());
  const twice = hop(turns, async (calls) => {
    await calls.wait(first!.promise);
    again!.resolve();
    await calls.wait(new Promise(() => {}));
  });
  const once = hop(turns, (calls) => calls.wait(other!.promise));
  // Begins, and goes through as much of it as there is no waiting for.
  const atOnce = hop(turns, () => Promise.resolve());
  turns.run();
  await atOnce.ended;
  first!.resolve();
  await again!.promise;
  twice.calls.abandon(() => {});
  await assertRejects(() => twice.ended, WebAssembly.RuntimeError);
  other!.resolve();
  assertEquals(await once.ended, undefined);
});
