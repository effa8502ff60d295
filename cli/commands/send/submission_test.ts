import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { EnvelopeLimitError, MalformedEnvelopeError } from "@troupe/host/envelope";
import { JsonTextError } from "@troupe/host/json_text";
import { UsageError } from "../usage_error.ts";
import { checkRoute, parseDeadline, parseHeaders, submissionOf, submissionOfEnvelope } from "./submission.ts";

const text = (body: Uint8Array) => new TextDecoder().decode(body);

Deno.test("a payload becomes an envelope at the first step of its route", () => {
  const defaults = {
    route: ["split", "score"],
    headers: parseHeaders(["tenant=a=b", "n=1"]),
    deadline: undefined,
  };
  const { id, to, body } = submissionOf(' {"n": 9007199254740993} ', "id-1", defaults);
  assertEquals([id, to], ["id-1", "split"]);
  assertEquals(
    text(body),
    '{"id":"id-1","route":{"prev":[],"curr":"split","next":["score"]},"headers":{"tenant":"a=b","n":"1"},' +
      '"payload":{"n": 9007199254740993}}',
  );
});

Deno.test("a payload travels to the letter", () => {
  const defaults = { route: ["a"], headers: {}, deadline: "2030-01-01T00:00:00.000Z" };
  fc.assert(fc.property(fc.jsonValue(), fc.nat(4), (value, indent) => {
    const payload = JSON.stringify(value, null, indent);
    assertEquals(text(submissionOf(payload, "i", defaults).body).endsWith(`"payload":${payload}}`), true);
  }));
});

Deno.test("what is no payload is refused", () => {
  const defaults = { route: ["a"], headers: {}, deadline: undefined };
  for (const bad of ["", "hello", "{a:1}", '{"a":1,}', "1 2", '"open', "[".repeat(600) + "]".repeat(600)]) {
    assertThrows(() => submissionOf(bad, "i", defaults), JsonTextError);
  }
  assertThrows(() => submissionOf(`"${"x".repeat(1 << 24)}"`, "i", defaults), EnvelopeLimitError, "limit");
});

Deno.test("a whole envelope is sent as it is, but for what is the mesh's own", () => {
  const { id, to, body } = submissionOfEnvelope(
    '{"id":"e","parent_id":"p","route":{"prev":["z"],"curr":"a","next":["b"]},"extra": [1.0],' +
      '"headers":{"x-troupe-fan":[],"X-Troupe-Root":"f","traceparent":"t","k":"v"},' +
      '"status":{"phase":"failed","attempt":7,"deadline_at":"2030-01-01T00:00:00Z"},"payload":{"a": 1e400}}',
  );
  assertEquals([id, to], ["e", "a"]);
  assertEquals(
    text(body),
    '{"id":"e","parent_id":"p","route":{"prev":["z"],"curr":"a","next":["b"]},' +
      '"headers":{"traceparent":"t","k":"v"},"status":{"deadline_at":"2030-01-01T00:00:00Z"},' +
      '"extra":[1.0],"payload":{"a": 1e400}}',
  );
});

Deno.test("a whole envelope that cannot be sent is refused, naming the part", () => {
  const envelope = (route: unknown) => JSON.stringify({ id: "e", route, payload: 1 });
  assertThrows(() => submissionOfEnvelope("[]"), MalformedEnvelopeError);
  assertThrows(
    () => submissionOfEnvelope('{"route":{"prev":[],"curr":"a","next":[]}}'),
    MalformedEnvelopeError,
    "id",
  );
  assertThrows(
    () => submissionOfEnvelope(envelope({ prev: [], curr: "A!", next: [] })),
    MalformedEnvelopeError,
    "route",
  );
  assertThrows(() => submissionOfEnvelope(envelope({ prev: [], curr: "", next: [] })), UsageError, "curr");
  assertThrows(
    () => submissionOfEnvelope(envelope({ prev: [], curr: "x-sink", next: [] })),
    UsageError,
    "x-sink",
  );
  assertThrows(
    () => submissionOfEnvelope(envelope({ prev: [], curr: "x-pause", next: ["x-join", "x-resume"] })),
    UsageError,
    "x-resume",
  );
});

Deno.test("routes are checked by name", () => {
  checkRoute(["a", "b-2"]);
  for (const [route, part] of [[["A"], '"A"'], [["a", ""], '""'], [["a", "x-sump"], "x-sump"]] as const) {
    assertThrows(() => checkRoute(route), UsageError, part);
  }
  // Of the crew, two can be steps of a route.
  checkRoute(["x-pause", "a", "x-join"]);
  assertThrows(() => checkRoute(["x-resume"]), UsageError, "x-resume");
  assertThrows(() => checkRoute(Array(300).fill("a")), UsageError, "300");
});

Deno.test("headers have names, and none of the mesh's own", () => {
  for (const bad of ["novalue", "=v", "x-troupe-root=1", "X-TROUPE-fan=1"]) {
    assertThrows(() => parseHeaders([bad]), UsageError);
  }
  assertEquals({ ...parseHeaders(["a=1", "a=2", "empty="]) }, { a: "2", empty: "" });
  assertEquals({ ...parseHeaders(["a=[1]", "b=[1"]) }, { a: [1], b: "[1" });
});

Deno.test("a deadline is a time from now or a moment", () => {
  const now = new Date("2026-03-01T12:00:00Z");
  assertEquals(parseDeadline("30s", now), "2026-03-01T12:00:30.000Z");
  assertEquals(parseDeadline("2026-03-02T00:00:00+02:00", now), "2026-03-01T22:00:00.000Z");
  for (const bad of ["", "soon", "30", "-5s", "2026-03-02", "2026-13-02T00:00:00Z"]) {
    assertThrows(() => parseDeadline(bad, now), UsageError, "RFC 3339");
  }
});

const TRACE = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", sampled: true };
const TRACEPARENT = `00-${TRACE.traceId}-${TRACE.spanId}-01`;
const GIVEN = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

Deno.test("a submission begins a trace, unless it brings one that is valid", () => {
  const cases: [headers: readonly string[], traceparent: string, tracestate: string | undefined][] = [
    [[], TRACEPARENT, undefined],
    [["tracestate=a=1"], TRACEPARENT, undefined],
    [["traceparent=nonsense", "tracestate=a=1"], TRACEPARENT, undefined],
    [[`traceparent=${GIVEN}`, "tracestate=a=1"], GIVEN, "a=1"],
  ];
  for (const [headers, traceparent, tracestate] of cases) {
    const defaults = {
      route: ["a"],
      headers: parseHeaders(headers),
      deadline: undefined,
      beginTrace: () => TRACE,
    };
    const own = submissionOf("1", "i", defaults);
    const whole = submissionOfEnvelope(
      JSON.stringify({
        id: "i",
        route: { prev: [], curr: "a", next: [] },
        headers: defaults.headers,
        payload: 1,
      }),
      defaults,
    );
    for (const { body, trace } of [own, whole]) {
      const made = JSON.parse(text(body)).headers;
      assertEquals([made.traceparent, made.tracestate], [traceparent, tracestate]);
      assertEquals(trace, traceparent === TRACEPARENT ? TRACE : undefined);
    }
  }
});
