import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { jsonArray, jsonLine } from "./json_line.ts";

Deno.test("texts are spliced in to the letter", () => {
  assertEquals(
    jsonLine({ id: "a\n", n: 1, none: null, left: undefined, payload: { json: '{"x": -0, "x": 1e400}' } }),
    '{"id":"a\\n","n":1,"none":null,"payload":{"x": -0, "x": 1e400}}',
  );
  assertEquals(jsonLine({ list: jsonArray(["1", jsonLine({ a: true })]) }), '{"list":[1,{"a":true}]}');
  assertEquals(jsonLine({}), "{}");
});

Deno.test("a text of several lines stands on one, with the same value", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    const line = jsonLine({ payload: { json: JSON.stringify(value, null, 2).replaceAll("\n", "\r\n") } });
    assert(!/[\r\n]/.test(line));
    assertEquals(JSON.stringify(JSON.parse(line).payload), JSON.stringify(value));
  }));
});
