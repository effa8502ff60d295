import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { isAsyncGenerator, isGenerator, isPromise, jsonText, NotJsonError } from "./json.ts";

const cycle: { self?: unknown } = {};
cycle.self = cycle;

const REFUSED: [string, unknown, string][] = [
  ["a BigInt", 1n, "BigInt"],
  ["a BigInt within", { a: [1n] }, "BigInt"],
  ["a cycle", cycle, "the value cannot be written as JSON"],
  ["a function", () => 1, "it is a function"],
  ["a symbol", Symbol("s"), "it is a symbol"],
  ["nothing", undefined, "it is undefined"],
  ["a promise", Promise.resolve(1), "is a promise; await it"],
  ["a generator", (function* () {})(), "write yield*"],
  ["a toJSON that throws", { toJSON: () => fails("no") }, "no"],
];

function fails(message: string): never {
  throw new Error(message);
}

for (const [name, value, says] of REFUSED) {
  Deno.test(`${name} is no JSON`, () => {
    const { message } = assertThrows(() => jsonText(value, "the value"), NotJsonError, says);
    assertEquals(message.startsWith("the value "), true);
  });
}

const TEXTS: [unknown, string][] = [
  [null, "null"],
  [{ a: undefined, b: NaN, c: new Date(0) }, '{"b":null,"c":"1970-01-01T00:00:00.000Z"}'],
  [[undefined], "[null]"],
  ["\ud800", '"\\ud800"'],
  [[], "[]"],
];

for (const [value, text] of TEXTS) {
  Deno.test(`${text} is what JSON makes of it`, () => assertEquals(jsonText(value, "x"), text));
}

Deno.test("any JSON value comes back as it was", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    assertEquals(JSON.parse(jsonText(value, "x")), JSON.parse(JSON.stringify(value)));
  }));
});

Deno.test("an async generator is no JSON, and is told from others", () => {
  const steps = (async function* () {})();
  assertThrows(() => jsonText(steps, "it"), NotJsonError, "yield*");
  assertEquals([isAsyncGenerator(steps), isGenerator(steps), isAsyncGenerator((function* () {})())], [
    true,
    false,
    false,
  ]);
});

Deno.test("promises and generators are told from what looks like them", () => {
  assertEquals([isPromise(Promise.resolve()), isPromise({ then: 1 }), isPromise(null)], [true, false, false]);
  assertEquals([isGenerator((function* () {})()), isGenerator([].values()), isGenerator({ next() {} })], [
    true,
    false,
    false,
  ]);
});
