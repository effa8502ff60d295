import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { JsonTextError, scanJson, scanMembers } from "./json_text.ts";

const GOOD = [
  "null",
  " true ",
  "false",
  "0",
  "-0",
  "-0.0e-0",
  "1e400",
  "9007199254740993",
  '""',
  '"\\u0000\\ud800\\"\\\\\\/\\b\\f\\n\\r\\t"',
  '"\u2028é😀"',
  "[]",
  "[ ]",
  "{}",
  "{ }",
  '[1,[2,{"a":[]}], "x"]',
  '{"a":1,"a":2,"__proto__":{}}',
  "\t\r\n [ 1 , 2 ] \n",
];

const BAD: [string, number][] = [
  ["", 0],
  [" ", 1],
  ["nul", 0],
  ["nulll", 4],
  ["True", 0],
  ["01", 1],
  ["-", 1],
  ["1.", 2],
  ["1e", 2],
  ["+1", 0],
  [".5", 0],
  ["NaN", 0],
  ['"', 1],
  ['"\n"', 1],
  ['"\\x"', 2],
  ['"\\u12"', 2],
  ["[", 1],
  ["[1", 2],
  ["[1,]", 3],
  ["[1 2]", 3],
  ["]", 0],
  ["{", 1],
  ['{"a"}', 4],
  ['{"a":}', 5],
  ['{"a":1,}', 7],
  ["{a:1}", 1],
  ["{1:1}", 1],
  ["[1}", 2],
  ["1 2", 2],
  ["\ufeff1", 0],
  ["'a'", 0],
];

Deno.test("scanJson() takes what RFC 8259 allows", () => {
  for (const text of GOOD) scanJson(text);
});

Deno.test("scanJson() says where a text stops being JSON", () => {
  for (const [text, offset] of BAD) {
    assertEquals(assertThrows(() => scanJson(text), JsonTextError).offset, offset, text);
  }
});

Deno.test("scanJson() agrees with JSON.parse() on any text", () => {
  const fragments = fc.array(
    fc.constantFrom(...'{}[],:"\\ \n-+.0123456789eE', "true", "null", "a", "\\u0041", "é", "\u0001"),
    { maxLength: 20 },
  ).map((parts) => parts.join(""));
  const isJson = (check: () => unknown) => {
    try {
      check();
      return true;
    } catch {
      return false;
    }
  };
  fc.assert(
    fc.property(fc.oneof(fragments, fc.json(), fc.string()), (text) => {
      assertEquals(
        isJson(() => scanJson(text, { maxDepth: Infinity })),
        isJson(() => JSON.parse(text)),
        text,
      );
    }),
    { numRuns: 3000 },
  );
});

Deno.test("scanJson() bounds the depth, and is not overflown by it", () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  scanJson(nested(512));
  assertThrows(() => scanJson(nested(513)), JsonTextError, "more than 512 deep");
  scanJson(nested(200_000), { maxDepth: Infinity });
  assertThrows(
    () => scanJson('{"a":'.repeat(200_000), { maxDepth: Infinity }),
    JsonTextError,
    "expected a value",
  );
});

Deno.test("scanMembers() gives members as they stand in the text", () => {
  assertEquals(scanMembers(' { "a" : [1, -0] , "\\u0062":1e400,"a":"x" } '), [
    { key: "a", keyText: '"a"', valueText: "[1, -0]" },
    { key: "b", keyText: '"\\u0062"', valueText: "1e400" },
    { key: "a", keyText: '"a"', valueText: '"x"' },
  ]);
  assertEquals(scanMembers("{}"), []);
});

Deno.test("scanMembers() refuses what is not one object", () => {
  for (const text of ["", "[]", "1", "{", '{"a":1', '{"a":1,}', "{}{}", '{"a" 1}', '{"a":1 "b":2}']) {
    assertThrows(() => scanMembers(text), JsonTextError);
  }
});
