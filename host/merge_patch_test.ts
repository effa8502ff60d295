import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Json } from "./envelope.ts";
import { mergePatch } from "./merge_patch.ts";

Deno.test("mergePatch() does what the table of RFC 7396, appendix A, says", () => {
  const rows: [target: string, patch: string, result: string][] = [
    ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
    ['{"a":"b"}', '{"a":null}', "{}"],
    ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
    ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
    ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
    ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
    ['["a","b"]', '["c","d"]', '["c","d"]'],
    ['{"a":"b"}', '["c"]', '["c"]'],
    ['{"a":"foo"}', "null", "null"],
    ['{"a":"foo"}', '"bar"', '"bar"'],
    ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
    ["[1,2]", '{"a":"b","c":null}', '{"a":"b"}'],
    ["{}", '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
  ];
  for (const [target, patch, result] of rows) {
    assertEquals(mergePatch(target, patch), result, `${target} ${patch}`);
  }
});

Deno.test("mergePatch() keeps the exact text of what the patch does not name", () => {
  const target =
    ' { "n" : 9007199254740993 , "z":-0,"z":1e400, "deep": {"x":1.0, "y" : "\\u0041"}, "\\u0067one":1 } ';
  assertEquals(
    mergePatch(target, '{"deep":{"x":2.50},"gone":null,"new":1E2}'),
    '{"n":9007199254740993,"z":-0,"z":1e400,"deep":{"x":2.50,"y":"\\u0041"},"new":1E2}',
  );
  // Of a key that is there twice, the last counts for every parser: so it is the one that is patched.
  assertEquals(mergePatch('{"a":{"x":1},"a":{"y":2}}', '{"a":{"z":3}}'), '{"a":{"y":2,"z":3}}');
  assertEquals(mergePatch('{"a":1}', '{"a":2,"a":3}'), '{"a":3}');
  assertEquals(mergePatch("{}", '{"__proto__":{"x":1}}'), '{"__proto__":{"x":1}}');
  const deep = "[".repeat(5000) + "]".repeat(5000);
  assertEquals(mergePatch(`{"d":${deep}}`, '{"a":1}'), `{"d":${deep},"a":1}`);
});

/** As the RFC gives it, in values. */
function model(target: Json | undefined, patch: Json): Json {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const isObject = typeof target === "object" && target !== null && !Array.isArray(target);
  const merged = new Map(Object.entries(isObject ? target : {}));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, model(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}

Deno.test("mergePatch() is the algorithm of RFC 7396", () => {
  const json = fc.jsonValue({ maxDepth: 3, noUnicodeString: false }).map((value) => value as Json);
  fc.assert(fc.property(json, json, (target, patch) => {
    const merged = JSON.parse(mergePatch(JSON.stringify(target), JSON.stringify(patch)));
    assertEquals(merged, JSON.parse(JSON.stringify(model(target, patch))));
  }));
});
