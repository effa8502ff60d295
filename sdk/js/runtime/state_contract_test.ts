import { assertEquals, assertThrows } from "@std/assert";
import { RefusedError } from "../errors.ts";
import { stateCallsOf, type StateImport } from "./state_contract.ts";

/** An import that notes its calls, and answers what it is told. */
function fakeImport(answer: unknown): { state: StateImport; seen: unknown[][] } {
  const seen: unknown[][] = [];
  const call = (name: string) => (...args: unknown[]) => {
    seen.push([name, ...args]);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const names = ["get", "set", "swap", "delete", "keys", "add"];
  return {
    state: Object.fromEntries(names.map((name) => [name, call(name)])) as unknown as StateImport,
    seen,
  };
}

const value = Uint8Array.of(1);

Deno.test("what is absent is null for the engine, and undefined here", () => {
  const { state, seen } = fakeImport(null);
  const calls = stateCallsOf(state);
  const answers = [calls.get("k"), calls.swap("k", undefined, { value, ttlMs: undefined })];
  calls.set("k", value, undefined);
  calls.keys("", { after: undefined, limit: 5 });
  assertEquals(answers, [undefined, undefined]);
  assertEquals(seen, [
    ["get", "k"],
    ["swap", "k", null, value, null],
    ["set", "k", value, null],
    ["keys", "", null, 5],
  ]);
});

Deno.test("half of a surrogate pair does not come to the engine", () => {
  const { state, seen } = fakeImport([]);
  const calls = stateCallsOf(state);
  calls.get("\ud800");
  calls.set("\ud800", value, 1);
  calls.swap("\ud800", 1, { value, ttlMs: 1 });
  calls.delete("\ud800");
  calls.keys("\ud800", { after: "\ud800", limit: 1 });
  calls.add("\ud800", 1);
  assertEquals(seen.flat().filter((part) => typeof part === "string" && !part.isWellFormed()), []);
});

Deno.test("times that the engine could not say do not come to it", () => {
  const { state, seen } = fakeImport(1);
  for (const ttlMs of [-1, 0.5, NaN, Infinity, 2 ** 60]) {
    assertThrows(() => stateCallsOf(state).set("k", value, ttlMs), RangeError, "time to live");
  }
  assertEquals(seen, []);
});

Deno.test("a refusal is thrown as one, anything else as it is", () => {
  const refusal = Object.assign(new Error("see payload"), {
    payload: { code: "troupe.StateFull", message: "full" },
  });
  const refused = assertThrows(
    () => stateCallsOf(fakeImport(refusal).state).add("k", 1),
    RefusedError,
    "full",
  );
  assertEquals(refused.code, "troupe.StateFull");
  assertThrows(() => stateCallsOf(fakeImport(new TypeError("other")).state).get("k"), TypeError, "other");
});
