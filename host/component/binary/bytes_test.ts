import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { kindOf, MalformedWasm, Reader, sectionsOf } from "./bytes.ts";

const bytes = (...values: number[]) => new Uint8Array(values);
const reader = (...values: number[]) => new Reader(bytes(...values));

Deno.test("unsigned numbers", async (t) => {
  const cases: [string, number[], number][] = [
    ["zero", [0], 0],
    ["one byte", [0x7f], 127],
    ["two bytes", [0x80, 0x01], 128],
    ["longer than needed", [0x80, 0x80, 0x00], 0],
    ["the largest", [0xff, 0xff, 0xff, 0xff, 0x0f], 2 ** 32 - 1],
  ];
  for (const [name, given, expected] of cases) {
    await t.step(name, () => assertEquals(reader(...given).u32(), expected));
  }
});

Deno.test("signed numbers", async (t) => {
  const cases: [string, number[], number][] = [
    ["zero", [0], 0],
    ["a positive one", [0x3f], 63],
    ["a positive one of two bytes", [0xdc, 0x00], 92],
    ["minus one", [0x7f], -1],
    ["a primitive type", [0x73], -13],
    ["a negative one of two bytes", [0xbf, 0x7f], -65],
  ];
  for (const [name, given, expected] of cases) {
    await t.step(name, () => assertEquals(reader(...given).s33(), expected));
  }
});

Deno.test("numbers that are refused", async (t) => {
  const cases: [string, () => unknown][] = [
    ["nothing", () => reader().u32()],
    ["unfinished", () => reader(0x80).u32()],
    ["of 33 bits", () => reader(0xff, 0xff, 0xff, 0xff, 0x1f).u32()],
    ["of six bytes", () => reader(0x80, 0x80, 0x80, 0x80, 0x80, 0x00).u32()],
    ["signed, of six bytes", () => reader(0x80, 0x80, 0x80, 0x80, 0x80, 0x00).s33()],
    ["of eleven bytes", () => new Reader(new Uint8Array(11).fill(0x80)).u64()],
  ];
  for (const [name, read] of cases) await t.step(name, () => void assertThrows(read, MalformedWasm));
});

Deno.test("every number is read as it was written", () => {
  const leb = (value: number): number[] =>
    value < 128 ? [value] : [value % 128 + 128, ...leb(Math.floor(value / 128))];
  fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (value) => {
    assertEquals(reader(...leb(value)).u32(), value);
    assertEquals(reader(...leb(value)).u64(), value);
  }));
});

Deno.test("names are UTF-8, and within their section", () => {
  assertEquals(reader(3, 0x61, 0x62, 0x63).name(), "abc");
  assertEquals(reader(2, 0xc3, 0xa4).name(), "ä");
  assertThrows(() => reader(1, 0xff).name(), MalformedWasm, "UTF-8");
  assertThrows(() => reader(4, 0x61).name(), MalformedWasm, "too early");
});

Deno.test("vectors", () => {
  const read = reader(3, 1, 2, 3);
  assertEquals(read.list(() => read.byte()), [1, 2, 3]);
  read.end();
  assertThrows(() => reader(1).end(), MalformedWasm, "behind its end");
  const short = reader(3, 1);
  assertThrows(() => short.list(() => short.byte()), MalformedWasm, "too early");
});

Deno.test("a vector of four billion empty items is refused at once", () => {
  const read = reader(0xff, 0xff, 0xff, 0xff, 0x0f);
  assertThrows(() => read.each(() => {}), MalformedWasm, "empty");
});

Deno.test("preambles", () => {
  assertEquals(kindOf(bytes(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)), "module");
  assertEquals(kindOf(bytes(0, 0x61, 0x73, 0x6d, 13, 0, 1, 0)), "component");
  assertEquals(kindOf(bytes(0, 0x61, 0x73, 0x6d, 12, 0, 1, 0)), "not-wasm");
  assertEquals(kindOf(bytes(0, 0x61, 0x73, 0x6d)), "not-wasm");
  assertEquals(kindOf(bytes()), "not-wasm");
});

Deno.test("sections", () => {
  const all = [...sectionsOf(bytes(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 5, 2, 8, 9, 7, 0))];
  assertEquals(all.map(({ id, bytes }) => [id, ...bytes]), [[5, 8, 9], [7]]);
  assertThrows(() => [...sectionsOf(bytes(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 5, 2, 8))], MalformedWasm);
});

Deno.test("whatever the bytes are, a reader throws nothing but MalformedWasm", () => {
  const reads = ["u32", "u64", "s33", "name", "byte"] as const;
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), fc.array(fc.constantFrom(...reads)), (given, calls) => {
      const read = new Reader(given);
      try {
        for (const call of calls) read[call]();
      } catch (error) {
        assert(error instanceof MalformedWasm);
      }
    }),
  );
});
