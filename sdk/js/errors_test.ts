import { assertEquals, assertThrows } from "@std/assert";
import { Fatal, RefusedError, RetryAfter } from "./errors.ts";

for (const seconds of [-1, NaN, Infinity]) {
  Deno.test(`${seconds} seconds are no time to wait`, () => {
    assertThrows(() => new RetryAfter(seconds, "later"), RangeError);
  });
}

Deno.test("zero seconds are", () => assertEquals(new RetryAfter(0, "now").details.seconds, 0));

Deno.test("causes are kept", () => {
  const cause = new Error("beneath");
  assertEquals([new Fatal("a", { cause }).cause, new RetryAfter(1, "b", { cause }).cause], [cause, cause]);
});

Deno.test("a refusal has its code", () => {
  const error = new RefusedError("troupe.AccessError", "no");
  assertEquals([error.code, error.name, error.message], ["troupe.AccessError", "troupe.AccessError", "no"]);
});
