import { assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { formatLine } from "./format.ts";

class Point {
  x = 1;
}
const cycle: { self?: unknown } = {};
cycle.self = cycle;

const LINES: [unknown[], string][] = [
  [["a", "b", 1], "a b 1"],
  [[], ""],
  [[null, undefined, true, 2n, Symbol("s")], "null undefined true 2n Symbol(s)"],
  [[{ a: "x", "b c": [1] }], '{ a: "x", "b c": [ 1 ] }'],
  [[[], {}], "[] {}"],
  [[new Point()], "Point { x: 1 }"],
  [[new Map([["k", 1]]), new Set([1])], 'Map(1) { "k" => 1 } Set(1) { 1 }'],
  [[new Date(0), /x/g], "1970-01-01T00:00:00.000Z /x/g"],
  [[new Date(NaN)], "Invalid Date"],
  [[function named() {}, () => 1], "[function named] [function (anonymous)]"],
  [[cycle], "{ self: [circular] }"],
  [[{ a: { b: { c: { d: { e: 1 } } } } }], "{ a: { b: { c: { d: {…} } } } }"],
  [[new Uint8Array([1, 2])], "Uint8Array(2) [ 1, 2 ]"],
];

for (const [values, line] of LINES) {
  Deno.test(`prints ${JSON.stringify(line)}`, () => assertEquals(formatLine(values), line));
}

Deno.test("long lists are cut", () => {
  assertStringIncludes(formatLine([Array.from({ length: 150 }, () => 0)]), ", … 50 more ]");
});

Deno.test("errors are shown with their stack", () => {
  const line = formatLine(["failed:", new TypeError("m")]);
  assertStringIncludes(line, "failed: TypeError: m\n");
  assertStringIncludes(line, "format_test.ts");
});

Deno.test("anything can be printed", () => {
  fc.assert(fc.property(fc.anything({ withNullPrototype: true, withMap: true }), (value) => {
    assertEquals(typeof formatLine([value]), "string");
  }));
});
