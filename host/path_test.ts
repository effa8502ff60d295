import { assertEquals, assertThrows } from "@std/assert";
import { BadPathError, parsePath, type Segment } from "./path.ts";

const key = (key: string): Segment => ({ kind: "key", key });
const index = (index: number): Segment => ({ kind: "index", index });

const GOOD: [string, Segment[]][] = [
  [".", []],
  [".route", [key("route")]],
  [".route.next", [key("route"), key("next")]],
  [".route.next[0]", [key("route"), key("next"), index(0)]],
  [".route.prev[-1]", [key("route"), key("prev"), index(-1)]],
  [".route.next[:0]", [key("route"), key("next"), { kind: "slice", stop: 0 }]],
  [".route.next[999:]", [key("route"), key("next"), { kind: "slice", start: 999 }]],
  [".route.next[1:-1]", [key("route"), key("next"), { kind: "slice", start: 1, stop: -1 }]],
  [".route.next[:]", [key("route"), key("next"), { kind: "slice" }]],
  ['.headers["any key"]', [key("headers"), key("any key")]],
  ['.["headers"]["\\u0061\\"]"]', [key("headers"), key('a"]')]],
  [".headers.x-y_z9", [key("headers"), key("x-y_z9")]],
  [".headers.__proto__", [key("headers"), key("__proto__")]],
];

const BAD: [string, number][] = [
  ["", 0],
  ["route", 0],
  ["..route", 0],
  [".route.", 6],
  [".9", 0],
  [".-a", 0],
  [".a b", 2],
  [".a[]", 2],
  [".a[x]", 2],
  [".a[1", 2],
  [".a[1.5]", 2],
  [".a[1:2:3]", 2],
  [".a['b']", 2],
  ['.a["b]', 2],
  ['.a["\\x"]', 2],
  [".a[99999999999]", 2],
  [" .a", 0],
  [".a\n", 2],
];

Deno.test("parsePath() reads every form of a path", () => {
  for (const [path, segments] of GOOD) assertEquals(parsePath(path), segments, path);
});

Deno.test("parsePath() says where a path goes wrong", () => {
  for (const [path, offset] of BAD) assertThrows(() => parsePath(path), BadPathError, `at offset ${offset}`);
});

Deno.test("parsePath() bounds the length", () => {
  assertThrows(() => parsePath(".a".repeat(3000)), BadPathError, "more than 4096 characters");
});
