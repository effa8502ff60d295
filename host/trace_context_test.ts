import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import type { Headers, Json } from "./envelope.ts";
import { newTraceContext, readTraceContext, traceparentOf, withTraceContext } from "./trace_context.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";
const VALID = `00-${TRACE}-${SPAN}-01`;

const PARENTS: [what: string, traceparent: Json, sampled: boolean | undefined][] = [
  ["recorded", VALID, true],
  ["not recorded", `00-${TRACE}-${SPAN}-00`, false],
  ["flags of later times", `00-${TRACE}-${SPAN}-ff`, true],
  ["other flags than the one", `00-${TRACE}-${SPAN}-02`, false],
  ["a later version", `cc-${TRACE}-${SPAN}-01`, true],
  ["a later version with more to it", `cc-${TRACE}-${SPAN}-01-what-the-future-brings`, true],
  ["a later version with more to it that is empty", `cc-${TRACE}-${SPAN}-01-`, true],
  ["a later version with more and no hyphen", `cc-${TRACE}-${SPAN}-01.more`, undefined],
  ["the version that is none", `ff-${TRACE}-${SPAN}-01`, undefined],
  ["more than this version has", `${VALID}-more`, undefined],
  ["a hyphen too many", `${VALID}-`, undefined],
  ["upper case", VALID.toUpperCase(), undefined],
  ["a trace of zeros", `00-${"0".repeat(32)}-${SPAN}-01`, undefined],
  ["a span of zeros", `00-${TRACE}-${"0".repeat(16)}-01`, undefined],
  ["a digit too few", `00-${TRACE.slice(1)}-${SPAN}-01`, undefined],
  ["a digit that is none", `00-${TRACE.slice(1)}g-${SPAN}-01`, undefined],
  ["no flags", `00-${TRACE}-${SPAN}`, undefined],
  ["a space before it", ` ${VALID}`, undefined],
  ["a line break after it", `${VALID}\n`, undefined],
  ["nothing", "", undefined],
  ["a number", 1, undefined],
  ["null", null, undefined],
  ["a list", [VALID], undefined],
];

for (const [what, traceparent, sampled] of PARENTS) {
  Deno.test(`a traceparent: ${what} is ${sampled === undefined ? "not valid" : "valid"}`, () => {
    const expected = sampled === undefined ? undefined : { traceId: TRACE, spanId: SPAN, sampled };
    assertEquals(readTraceContext({ traceparent }), expected);
  });
}

Deno.test("no headers, or none that says so, are no context", () => {
  assertEquals(readTraceContext(undefined), undefined);
  assertEquals(readTraceContext({ Traceparent: VALID }), undefined);
});

const long = (n: number) => `k${n}=${"v".repeat(100)}`;
const STATES: [what: string, tracestate: Json, state: string][] = [
  ["one member", "vendor=opaque", "vendor=opaque"],
  ["several, with blanks between them", "a=1 ,\tb=2", "a=1,b=2"],
  ["empty members", "a=1,,b=2,", "a=1,b=2"],
  ["the form with a tenant", "tenant@system=x", "tenant@system=x"],
  ["a key that begins with a digit, of a tenant", "1a@system=x", "1a@system=x"],
  ["a key that begins with a digit", "1a=x", ""],
  ["an upper-case key", "A=x", ""],
  ["a blank within a value", "a=x y", "a=x y"],
  ["a value with an equals sign", "a=x=y", ""],
  ["no value", "a=", ""],
  ["a member that is none, among others", "a=1,nonsense", ""],
  ["a key twice", "a=1,a=2", ""],
  ["a control character", "a=\u0007", ""],
  ["a list", ["a=1"], ""],
  [
    "32 members",
    Array.from({ length: 32 }, (_, n) => `k${n}=v`).join(","),
    Array.from({ length: 32 }, (_, n) => `k${n}=v`).join(","),
  ],
  ["33 members", Array.from({ length: 33 }, (_, n) => `k${n}=v`).join(","), ""],
  ["more than 512 characters", [0, 1, 2, 3, 4, 5].map(long).join(","), [0, 1, 2, 3].map(long).join(",")],
];

for (const [what, tracestate, state] of STATES) {
  Deno.test(`a tracestate: ${what}`, () => {
    const context = readTraceContext({ traceparent: VALID, tracestate });
    assert(context);
    assertEquals(context.state ?? "", state);
  });
}

Deno.test("a tracestate without its traceparent is none", () => {
  assertEquals(readTraceContext({ tracestate: "a=1" }), undefined);
});

Deno.test("what is written is what was read, and the other headers stay as they are", () => {
  const headers: Headers = { tracestate: "old=1", "x-troupe-root": "r", traceparent: "old" };
  const context = { traceId: TRACE, spanId: SPAN, sampled: true };
  const changed = withTraceContext(headers, context);
  assertEquals(Object.entries(changed), [["x-troupe-root", "r"], ["traceparent", VALID]]);
  assertEquals(readTraceContext(changed), context);
  assertEquals(withTraceContext(undefined, { ...context, state: "a=1" }).tracestate, "a=1");
  assertEquals(headers.traceparent, "old");
});

Deno.test("what is not recorded says so", () => {
  assertEquals(traceparentOf({ traceId: TRACE, spanId: SPAN, sampled: false }), `00-${TRACE}-${SPAN}-00`);
});

Deno.test("a trace that begins is valid, and another one each time", () => {
  const [one, two] = [newTraceContext(), newTraceContext()];
  assertEquals(readTraceContext(withTraceContext(undefined, one)), one);
  assertMatch(traceparentOf(one), /-01$/);
  assertNotEquals([one.traceId, one.spanId], [two.traceId, two.spanId]);
});
