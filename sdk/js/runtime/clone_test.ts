// Deno's structuredClone says what is right.
import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { clone } from "./clone.ts";

Deno.test("any data is cloned as by the standard", () => {
  const data = fc.anything({
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    withBigInt: true,
  });
  fc.assert(fc.property(data, (value) => assertEquals(clone(value), structuredClone(value))));
});

Deno.test("cycles and what is there twice stay so", () => {
  const shared = { x: 1 };
  const value: { a: unknown; b: unknown; self?: unknown; map: Map<unknown, unknown> } = {
    a: shared,
    b: shared,
    map: new Map(),
  };
  value.self = value;
  value.map.set(value, shared);
  const copied = clone(value);
  assert(copied.a === copied.b && copied.self === copied && copied.map.get(copied) === copied.a);
  assertEquals(copied.a === shared, false);
});

Deno.test("views of one buffer go on sharing one", () => {
  const bytes = new Uint8Array([1, 2, 3, 4]);
  const [whole, part] = clone([bytes, bytes.subarray(1, 3)]) as [Uint8Array, Uint8Array];
  whole[1] = 9;
  assertEquals([part[0], part.length, bytes[1]], [9, 2, 2]);
});

Deno.test("errors keep their kind, message and cause", () => {
  const copied = clone(new TypeError("m", { cause: new RangeError("c") }));
  assert(copied instanceof TypeError && copied.cause instanceof RangeError);
  assertEquals([copied.message, (copied.cause as Error).message], ["m", "c"]);
});

Deno.test("a class's instance becomes a plain object, and __proto__ a member like any other", () => {
  class Point {
    x = 1;
  }
  assertEquals(Object.getPrototypeOf(clone(new Point())), Object.prototype);
  const copied = clone(JSON.parse('{"__proto__": {"bad": 1}}'));
  assertEquals(Object.keys(copied), ["__proto__"]);
  assertNotEquals(copied.bad, 1);
});

const REFUSED: [string, unknown][] = [
  ["a function", () => 1],
  ["a symbol", Symbol("s")],
  ["a function within", { a: [() => 1] }],
  ["a weak map", new WeakMap()],
  ["a promise", Promise.resolve()],
];

for (const [name, value] of REFUSED) {
  Deno.test(`${name} cannot be cloned`, () => {
    assertEquals(assertThrows(() => clone(value), DOMException).name, "DataCloneError");
  });
}
