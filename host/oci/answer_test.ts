import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { readRetryAfter, wordsOf } from "./answer.ts";

Deno.test("how long a server asks to wait", () => {
  const now = Date.UTC(2026, 10, 28, 12);
  assertEquals(readRetryAfter("7", now), 7000);
  assertEquals(readRetryAfter("Sat, 28 Nov 2026 12:00:05 GMT", now), 5000);
  assertEquals(readRetryAfter("Sat, 28 Nov 2026 11:00:00 GMT", now), 0);
  assertEquals(readRetryAfter("soon"), undefined);
  assertEquals(readRetryAfter(null), undefined);
});

Deno.test("the words of a registry's error", async (t) => {
  const cases: [string, string, string][] = [
    ["nothing", "", ""],
    ["a page", "<html>no</html>", ""],
    ["no object", "null", ""],
    ["no list", '{"errors":{"code":"A"}}', ""],
    ["nothing in it", '{"errors":[null,7,{},{"code":7}]}', ""],
    ["a code", '{"errors":[{"code":"DENIED"}]}', ", DENIED"],
    ["several", '{"errors":[{"code":"A","message":"b"},{"message":"c"}]}', ", A: b; c"],
    ["what steers a terminal", '{"errors":[{"message":"a\\u001b[2J\\nb"}]}', ", a [2J b"],
    ["many", JSON.stringify({ errors: [{ message: "x".repeat(1000) }] }), `, ${"x".repeat(300)}`],
  ];
  for (const [name, text, words] of cases) {
    await t.step(name, () => assertEquals(wordsOf(new TextEncoder().encode(text)), words));
  }
  await t.step("whatever they are", () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => assertEquals(wordsOf(bytes), "")));
  });
});
