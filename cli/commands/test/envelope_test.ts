import { TroupeError } from "@troupe/host/errors";
import { encodeEnvelope } from "@troupe/host/envelope";
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { completeEnvelope, composeEnvelope, type EnvelopeParts } from "./envelope.ts";

function composed(parts: Partial<EnvelopeParts>): unknown {
  return JSON.parse(
    new TextDecoder().decode(encodeEnvelope(composeEnvelope({ headers: {}, ...parts }, "a"))),
  );
}

Deno.test("an envelope of nothing, and of parts", () => {
  const route = { prev: [], curr: "a", next: [] };
  assertEquals(composed({}), { id: "test", route, payload: null });
  assertEquals(composed({ payload: " [1] ", headers: { h: 1 }, next: ["b"] }), {
    id: "test",
    route: { ...route, next: ["b"] },
    headers: { h: 1 },
    payload: [1],
  });
});

Deno.test("options count more than what a file says", () => {
  const envelope = JSON.stringify({
    id: "7",
    route: { prev: ["z"], next: ["b"] },
    headers: { h: 1, i: 2 },
    payload: 1,
    more: { x: 1 },
  });
  assertEquals(composed({ envelope, payload: "2", headers: { h: 3 }, next: [] }), {
    id: "7",
    route: { prev: ["z"], curr: "a", next: [] },
    headers: { h: 3, i: 2 },
    more: { x: 1 },
    payload: 2,
  });
  assertEquals(composed({ envelope }), {
    id: "7",
    route: { prev: ["z"], curr: "a", next: ["b"] },
    headers: { h: 1, i: 2 },
    more: { x: 1 },
    payload: 1,
  });
});

Deno.test("a payload keeps its text", () => {
  assertEquals(
    completeEnvelope('{"payload": {"n": 9007199254740993}}', "a").payload,
    '{"n": 9007199254740993}',
  );
  assertEquals(composeEnvelope({ payload: "1.0", headers: {} }, "a").payload, "1.0");
});

const WRONG: [text: string, said: string][] = [
  ["[]", "expected an object"],
  ['{"name":"Ada"}', "--payload"],
  ['{"payload":1,"route":{"curr":"b"}}', 'goes to "b" (route.curr), and this actor is a'],
  ['{"payload":1,"route":[]}', "route: "],
  ['{"payload":1,"route":{"next":["B"]}}', "route.next.0: "],
  ['{"payload":1,"route":{"way":[]}}', "route: "],
  ['{"payload":1,"id":5}', "id: "],
  ['{"payload":1,"payload":2}', "payload: it is there twice"],
  ['{"payload":1,"headers":"x"}', "headers: not an object"],
];

for (const [text, said] of WRONG) {
  Deno.test(`no envelope for an actor: ${text}`, () => {
    const error = assertThrows(() => completeEnvelope(text, "a"), TroupeError);
    assertStringIncludes(error.message, said);
  });
}
