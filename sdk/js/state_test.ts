import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Handler } from "./handler.ts";
import { state } from "./state.ts";
import { run, type RunOptions, TestState } from "./testing.ts";

/** What a handler returned, or how it failed. */
function returned(handle: Handler<null>, options: RunOptions = {}): unknown {
  const { failure, payloads } = run(handle, null, options);
  return failure ? failure.kind : payloads[0];
}

Deno.test("values are JSON, and come back as they were", () => {
  for (const value of [null, 0, "ä🎭", [1, { a: [] }], { "__proto__": 1 }]) {
    assertEquals(
      returned(() => {
        state.set("k", value);
        return { value: state.get("k") };
      }),
      { value },
    );
  }
  assertEquals(returned(() => [state.get("k") === undefined, state.entry("k") === undefined]), [true, true]);
  assertEquals(returned(() => state.set("k", () => 1)), "NotJsonError");
  assertEquals(returned(() => state.set("k", undefined)), "NotJsonError");
});

Deno.test("bytes are those that were put", () => {
  const bucket = new TestState();
  returned(() => state.bytes.set("k", Uint8Array.of(0, 255)), { state: bucket });
  assertEquals(returned(() => [...state.bytes.get("k")?.value ?? []], { state: bucket }), [0, 255]);
});

Deno.test("a swap is done by whoever read last", () => {
  const bucket = new TestState();
  const outcomes = returned(() => {
    const first = state.swap("k", { expected: undefined, value: 1 });
    const second = state.swap("k", { expected: first, value: 2 });
    return [
      state.swap("k", { expected: undefined, value: 3 }) ?? "lost",
      state.swap("k", { expected: first, value: 4 }) ?? "lost",
      state.entry("k")?.version === second,
    ];
  }, { state: bucket });
  assertEquals(outcomes, ["lost", "lost", true]);
  assertEquals(bucket.text("k"), "2");
});

Deno.test("an update is made again until nobody was in between", () => {
  const bucket = new TestState();
  let rivals = 2;
  const seen = returned(() => {
    const values: unknown[] = [];
    state.update<string[]>("list", (list = []) => {
      values.push(list.length);
      if (rivals-- > 0) {
        bucket.set("list", new TextEncoder().encode(JSON.stringify([...list, "rival"])), undefined);
      }
      return [...list, "mine"];
    });
    return values;
  }, { state: bucket });
  assertEquals([seen, bucket.text("list")], [[0, 1, 2], '["rival","rival","mine"]']);
});

Deno.test("counters, keys, deletions and times to live are as in the contract", () => {
  const bucket = new TestState();
  const options = { state: bucket };
  assertEquals(returned(() => [state.add("n"), state.add("n", -3), state.get("n")], options), [1, -2, -2]);
  returned(() => {
    state.set("short", 1, { ttlMs: 10 });
    state.swap("a", { expected: undefined, value: 1, ttlMs: 20 });
    state.update("b", () => 1, { ttlMs: 30 });
  }, options);
  assertEquals(returned(() => state.keys(), options), ["a", "b", "n", "short"]);
  assertEquals(returned(() => state.keys("", { after: "a", limit: 1 }), options), ["b"]);
  bucket.elapse(10);
  assertEquals(returned(() => [state.keys("s"), state.delete("short"), state.delete("a")], options), [
    [],
    false,
    true,
  ]);
  bucket.elapse(20);
  assertEquals(returned(() => state.keys(), options), ["n"]);
});

Deno.test("what cannot be is refused by the code that the mesh has for it", () => {
  const cases: [string, Handler<null>][] = [
    ["troupe.BadStateRequest", () => state.get("")],
    ["troupe.BadStateRequest", () => state.set("ä".repeat(257), 1)],
    ["troupe.BadStateRequest", () => state.set("k", 1, { ttlMs: 0 })],
    ["troupe.BadStateRequest", () => state.keys("", { limit: 1001 })],
    ["troupe.StateTooLarge", () => state.set("k", "x".repeat(1024 * 1024))],
    ["troupe.NotACounter", () => {
      state.set("k", "text");
      state.add("k");
    }],
    ["troupe.CounterRange", () => {
      state.bytes.set("k", new TextEncoder().encode("9223372036854775807"));
      state.add("k");
    }],
    ["RangeError", () => state.add("n", 0.5)],
    ["RangeError", () => state.add("n", NaN)],
    ["RangeError", () => state.add("n", 2 ** 60)],
  ];
  for (const [code, handle] of cases) assertEquals(returned(handle), code);
});

Deno.test("state stays when the handler fails, and each run has its own where none is given", () => {
  const bucket = new TestState();
  returned(() => {
    state.add("n");
    throw new Error("no");
  }, { state: bucket });
  assertEquals(bucket.text("n"), "1");
  assertEquals([returned(() => state.add("n")), returned(() => state.add("n"))], [1, 1]);
});

Deno.test("outside of a handler there is no state", () => {
  const { message } = assertThrows(() => state.get("k"), Error, "no envelope is being handled");
  assert(message.startsWith("state.entry"));
});
