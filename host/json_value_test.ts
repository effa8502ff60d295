import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { Json } from "./envelope.ts";
import { parseJson, PathMismatch, readAt, withoutPrototype, writeAt } from "./json_value.ts";
import { parsePath } from "./path.ts";

const at = (value: Json, path: string) => readAt(value, parsePath(path));
const put = (value: Json, path: string, what: Json | undefined) => writeAt(value, parsePath(path), what);
const text = (value: Json | undefined) => JSON.stringify(value);

Deno.test("parseJson() makes objects without a prototype, at every depth, and keeps every key", () => {
  const value = parseJson('{"__proto__":{"a":1},"l":[{"constructor":{"b":[{}]}}],"toString":null}');
  const bare = (value: Json): void => {
    if (typeof value !== "object" || value === null) return;
    if (!Array.isArray(value)) assertEquals(Object.getPrototypeOf(value), null);
    Object.values(value).forEach(bare);
  };
  bare(value);
  assertEquals(text(value), '{"__proto__":{"a":1},"l":[{"constructor":{"b":[{}]}}],"toString":null}');
});

Deno.test("withoutPrototype() keeps the value", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    assertEquals(text(withoutPrototype(value as Json)), text(value as Json));
  }));
});

Deno.test("readAt() gives nothing where there is nothing, and never what JavaScript has there", () => {
  const value = parseJson('{"a":[1,{"b":null}],"s":"text","n":5}');
  const cases: [string, string | undefined][] = [
    [".", '{"a":[1,{"b":null}],"s":"text","n":5}'],
    [".a[0]", "1"],
    [".a[-1].b", "null"],
    [".a[-2]", "1"],
    [".a[2]", undefined],
    [".a[-3]", undefined],
    [".a[0:1]", "[1]"],
    [".a[:]", '[1,{"b":null}]'],
    [".a[-1:]", '[{"b":null}]'],
    [".a[5:9]", "[]"],
    [".a.length", undefined],
    [".a.b", undefined],
    [".s[0]", undefined],
    [".s[0:1]", undefined],
    [".s.length", undefined],
    [".n.toFixed", undefined],
    [".a[1].b.c", undefined],
    [".toString", undefined],
    [".__proto__", undefined],
    [".missing.deep[3]", undefined],
  ];
  for (const [path, expected] of cases) assertEquals(text(at(value, path)), expected, path);
});

Deno.test("writeAt() makes missing objects, replaces, removes, and leaves the original as it was", () => {
  const source = '{"a":[1,2,3],"o":{"x":{"y":1}}}';
  const cases: [string, Json | undefined, string | undefined][] = [
    [".", 5, "5"],
    [".", undefined, undefined],
    [".new.deep", 1, '{"a":[1,2,3],"o":{"x":{"y":1}},"new":{"deep":1}}'],
    [".o.x.y", null, '{"a":[1,2,3],"o":{"x":{"y":null}}}'],
    [".o.x", undefined, '{"a":[1,2,3],"o":{}}'],
    [".o.no.such.thing", undefined, source],
    [".a[0]", 9, '{"a":[9,2,3],"o":{"x":{"y":1}}}'],
    [".a[-1]", 9, '{"a":[1,2,9],"o":{"x":{"y":1}}}'],
    [".a[1]", undefined, '{"a":[1,3],"o":{"x":{"y":1}}}'],
    [".a[:0]", [8, 9], '{"a":[8,9,1,2,3],"o":{"x":{"y":1}}}'],
    [".a[99:]", [4], '{"a":[1,2,3,4],"o":{"x":{"y":1}}}'],
    [".a[-2:-1]", [], '{"a":[1,3],"o":{"x":{"y":1}}}'],
    [".a[2:1]", [7], '{"a":[1,2,7,3],"o":{"x":{"y":1}}}'],
    [".a[-99:99]", undefined, '{"a":[],"o":{"x":{"y":1}}}'],
    ['.["__proto__"].x', 1, '{"a":[1,2,3],"o":{"x":{"y":1}},"__proto__":{"x":1}}'],
  ];
  for (const [path, what, expected] of cases) {
    const value = parseJson(source);
    assertEquals(text(put(value, path, what)), expected, path);
    assertEquals(text(value), source, `${path} changed what it was given`);
  }
  assertStrictEquals(({} as Record<string, unknown>).x, undefined);
});

Deno.test("writeAt() refuses a path that does not fit, and says whether its shape or its range is wrong", () => {
  const value = parseJson('{"a":[1,[2]],"s":"text","nil":null}');
  const cases: [string, Json | undefined, "shape" | "range", string][] = [
    [".s.x", 1, "shape", '"x" in a string'],
    [".nil.x", 1, "shape", '"x" in null'],
    [".a.x", 1, "shape", '"x" in an array'],
    [".s[0]", 1, "shape", "no index in a string"],
    [".new[0]", 1, "shape", "no index in nothing"],
    [".a[2]", 1, "range", "index 2"],
    [".a[-3]", 1, "range", "index -3"],
    [".a[1][1]", undefined, "range", "array of 1"],
    [".a[:1]", 1, "shape", "has to be an array"],
    [".a[:1][0]", [1], "shape", "last part"],
  ];
  for (const [path, what, reason, words] of cases) {
    assertEquals(assertThrows(() => put(value, path, what), PathMismatch, words).reason, reason, path);
  }
});

Deno.test("what was put at a path is what is read there, and elsewhere nothing changes", () => {
  const key = fc.constantFrom("a", "b", "__proto__", "constructor", "0");
  const json = fc.jsonValue({ maxDepth: 2 });
  fc.assert(
    fc.property(
      fc.dictionary(key, json),
      fc.array(key, { minLength: 1, maxLength: 3 }),
      json,
      (o, path, what) => {
        const segments = path.map((key) => ({ kind: "key" as const, key }));
        const before = withoutPrototype(o as Json);
        let after: Json | undefined;
        try {
          after = writeAt(before, segments, what as Json);
        } catch (error) {
          if (error instanceof PathMismatch) return;
          throw error;
        }
        assertEquals(text(readAt(after, segments)), text(what as Json));
        for (const other of Object.keys(before as object)) {
          const elsewhere = [{ kind: "key" as const, key: other }];
          if (other !== path[0]) {
            assertEquals(
              text(readAt(after, elsewhere)),
              text(readAt(before, elsewhere)),
            );
          }
        }
      },
    ),
  );
});
