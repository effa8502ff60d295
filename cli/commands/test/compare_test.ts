import { parsePath } from "@troupe/host/path";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { differencesOf } from "./compare.ts";
import { type ExactJson, parseExact } from "./exact_json.ts";
import { withMarks } from "./ignore.ts";

/** Where two JSON texts differ: path, what is expected, what is there. */
function compared(expected: string, actual: string, ...ignored: string[]): unknown[] {
  return differencesOf(parseExact(expected), parseExact(actual), ignored.map(parsePath))
    .map(({ path, expected, actual }) => [path.join("/"), JSON.stringify(expected), JSON.stringify(actual)]);
}

Deno.test("values are compared as they are written, but for the order of keys", () => {
  assertEquals(compared('{"a":1,"b":[true]}', '{ "b": [true], "a": 1 }'), []);
  assertEquals(compared("[1,-0,9007199254740993,1e400]", "[1.0,0,9007199254740992,1e401]"), [
    ["0", "1", "1.0"],
    ["1", "-0", "0"],
    ["2", "9007199254740993", "9007199254740992"],
    ["3", "1e400", "1e401"],
  ]);
  assertEquals(compared("[9007199254740993,1e400]", "[9007199254740993,1e400]"), []);
});

Deno.test("each place is told once, as deep as both go", () => {
  assertEquals(compared('{"a":{"b":1,"c":2}}', '{"a":{"b":3,"d":null}}'), [
    ["a/b", "1", "3"],
    ["a/c", "2", undefined],
    ["a/d", undefined, "null"],
  ]);
  assertEquals(compared("[1,2]", "[1,2,3]"), [["2", undefined, "3"]]);
  assertEquals(compared('{"a":[1]}', '{"a":{"0":1}}'), [["a", "[1]", '{"0":1}']]);
  assertEquals(compared("null", '"null"'), [["", "null", '"null"']]);
});

Deno.test("keys that mean something to JavaScript are keys", () => {
  assertEquals(compared('{"__proto__":1}', "{}"), [["__proto__", "1", undefined]]);
  assertEquals(compared('{"__proto__":{"a":1}}', '{"__proto__":{"a":2}}'), [["__proto__/a", "1", "2"]]);
  assertEquals(compared('{"rawJSON":"1"}', '{"rawJSON":1}'), [["rawJSON", '"1"', "1"]]);
});

Deno.test("what is ignored may be anything, and has to be there", () => {
  const ignored = [".id", ".items[:].at", '.["a b"][-1]', ".pair[1:]"];
  assertEquals(
    compared(
      '{"id":1,"items":[{"at":1},{"at":2}],"a b":[1,2],"pair":[1,2]}',
      '{"id":{"x":2},"items":[{"at":3},{"at":[]}],"a b":[1,3],"pair":[1,9]}',
      ...ignored,
    ),
    [],
  );
  assertEquals(compared('{"id":1,"items":[{"at":1}]}', '{"items":[{}]}', ...ignored), [
    ["id", "1", undefined],
    ["items/0/at", "1", undefined],
  ]);
  assertEquals(compared('{"items":[{"at":1}]}', '{"items":[{"at":1},{"at":2}]}', ...ignored), [
    ["items/1", undefined, '{"at":2}'],
  ]);
});

const json = fc.jsonValue().map((value) => parseExact(JSON.stringify(value)));

Deno.test("a value is like itself; of two that are not alike, something is told", () => {
  fc.assert(fc.property(json, json, (a, b) => {
    assertEquals(differencesOf(a, a), []);
    assertEquals(differencesOf(a, b).length === 0, sorted(a) === sorted(b));
  }));
});

Deno.test("a mark at an ignored place changes nothing that is compared", () => {
  const path = fc.constantFrom(".a", ".a[:]", ".a[:].b", ".a[0].b", ".b[-1]", ".b[1:]").map(parsePath);
  const part = fc.oneof(fc.integer(), fc.array(fc.record({ b: fc.integer() }), { maxLength: 3 }));
  fc.assert(fc.property(fc.record({ a: part, b: part }), fc.array(path), (value, ignored) => {
    assertEquals(differencesOf(withMarks(value, ignored), value, ignored), []);
  }));
});

function sorted(value: ExactJson): string {
  return JSON.stringify(
    value,
    (_key, member) =>
      typeof member === "object" && member !== null && !Array.isArray(member)
        ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => a < b ? -1 : 1))
        : member,
  );
}
