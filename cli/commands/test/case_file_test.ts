import { parsePath } from "@troupe/host/path";
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { BadCaseError, type Case, caseText, parseCase } from "./case_file.ts";
import { completeEnvelope } from "./envelope.ts";
import { compareOutcomes, expectationOf, marked } from "./expectation.ts";

const place = { file: "cases/x.json", actor: "a" };
const HEAD = '"apiVersion":"troupe.dev/v1alpha1","kind":"Case"';

/** A case of which one part is replaced. */
function caseWith(parts: Record<string, string>): string {
  const members = { envelope: '{"payload":1}', expect: '{"verdict":"ok","emits":[]}', ...parts };
  return `{${HEAD},${Object.entries(members).map(([key, text]) => `"${key}":${text}`).join(",")}}`;
}

Deno.test("what is written is read again, numbers to the digit", () => {
  const envelope = completeEnvelope(
    '{"id":"7","route":{"next":["b"]},"headers":{"h":[1]},"more":1.0,"payload":{"n":9007199254740993,"z":-0}}',
    "a",
  );
  const route = { prev: [], curr: "a", next: ["b"] };
  const emits = [{ payload: '{"x":1.0,"n":[1e400]}', route, headers: { h: 2 } }];
  const written: Case = { envelope, expect: expectationOf({ ok: true, emits }), ignore: [".payload.n[:]"] };
  const read = parseCase(caseText(written), place);
  assertEquals(read.envelope.payload, '{"n":9007199254740993,"z":-0}');
  assertEquals(
    JSON.stringify(read),
    JSON.stringify({ ...written, envelope: { ...envelope, ...read.envelope } }),
  );
  assertEquals(compareOutcomes(read.expect, written.expect, []), []);
});

Deno.test("what was ignored when it was recorded is read again", () => {
  const route = { prev: [], curr: "a", next: ["b"] };
  const outcome = expectationOf({ ok: true, emits: [{ payload: '{"id":5}', route, headers: { h: 1 } }] });
  for (const ignore of [[".payload.id"], [".payload", ".headers"], [".next", ".headers.h"]]) {
    const paths = ignore.map(parsePath);
    const envelope = completeEnvelope('{"payload":1}', "a");
    const text = caseText({ envelope, expect: marked(outcome, paths), ignore });
    assertStringIncludes(text, '"(ignored)"');
    assertEquals(compareOutcomes(parseCase(text, place).expect, outcome, paths), []);
  }
});

Deno.test("of a failure, the type and its lineage are kept", () => {
  const failure = { type: "E", mro: ["Error"], message: "m", traceback: "t", details: "{}" };
  assertEquals(expectationOf({ ok: false, failure }), {
    verdict: "failed",
    failure: { type: "E", mro: ["Error"] },
  });
});

Deno.test("a case may be as short as a person writes it", () => {
  const { envelope, ignore } = parseCase(caseWith({}), place);
  assertEquals([envelope.id, envelope.route.curr, ignore], ["test", "a", []]);
});

const WRONG: [text: string, said: string][] = [
  ["{", "JSON"],
  ["[]", '"kind": "Case"'],
  ['{"x":1}', "make one with --record"],
  [`{${HEAD}}`, "envelope: it has to be an object; expect: "],
  [caseWith({ more: "1" }), "more"],
  [caseWith({ envelope: '{"payload":1,"route":{"curr":"b"}}' }), 'envelope: The envelope goes to "b"'],
  [caseWith({ envelope: "9007199254740993" }), "envelope: it has to be an object"],
  [caseWith({ expect: '{"verdict":"maybe"}' }), "expect.verdict"],
  [caseWith({ expect: '{"verdict":"ok"}' }), "expect.emits"],
  [caseWith({ expect: '{"verdict":"ok","emits":[{"next":[]}]}' }), "expect.emits.0.payload: it is missing"],
  [caseWith({ expect: '{"verdict":"ok","emits":[{"payload":1,"next":[1]}]}' }), "expect.emits.0.next"],
  [caseWith({ expect: '{"verdict":"failed","failure":{"type":"E"}}' }), "expect.failure.mro"],
  [caseWith({ ignore: '[".id"]' }), "ignore.0: .id is not within an emit"],
  [caseWith({ ignore: '["."]' }), "ignore.0: "],
  [caseWith({ ignore: '["payload"]' }), "at offset 0"],
];

for (const [text, said] of WRONG) {
  Deno.test(`no case: ${text}`, () => {
    const error = assertThrows(() => parseCase(text, place), BadCaseError);
    assertStringIncludes(error.message, "cases/x.json is no case: ");
    assertStringIncludes(error.message, said);
  });
}
