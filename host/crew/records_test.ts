import { assertEquals, assertNotEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { createHash } from "node:crypto";
import { MalformedEnvelopeError } from "../envelope.ts";
import { wrapDead } from "./dead_letter.ts";
import { headersToJudge, judgeResult } from "./result_identity.ts";
import { deadHeaders, deadRecord, resultBody, resultRecord, supersedes } from "./records.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const ROUTE = '"route":{"prev":["a","b"],"curr":"","next":[]}';
const MESSAGE = { id: "17", at: 1_777_000_000_000 };
const AT = new Date("2026-05-01T12:00:00Z");

const letter = (body: Uint8Array, more: Record<string, unknown> = {}) =>
  wrapDead({ reason: "troupe.TooLarge", message: "m", queue: "b", actor: "a", at: AT, body, ...more });

Deno.test("resultRecord() takes the parts of an envelope, the payload to the letter", () => {
  const status = { phase: "failed", reason: "r", actor: "b", error: { type: "E", message: "m" } };
  const payload = '{ "n": 9007199254740993, "n": -0 }';
  const body = utf8(
    `{"id":"1","parent_id":"0",${ROUTE},"headers":{"x-troupe-root":"up","x-troupe-replay":2},` +
      `"status":${JSON.stringify(status)},"payload":${payload}}`,
  );
  assertEquals(resultRecord(body, 5), {
    id: "1",
    parentId: "0",
    root: "up",
    phase: "failed",
    reason: "r",
    actor: "b",
    route: '{"prev":["a","b"],"curr":"","next":[]}',
    headers: '{"x-troupe-root":"up","x-troupe-replay":2}',
    status: JSON.stringify(status),
    payload,
    error: '{"type":"E","message":"m"}',
    replay: 2,
    arrivedAt: 5,
  });
});

Deno.test("resultRecord() of the least that an envelope can be has succeeded", () => {
  assertEquals(resultRecord(utf8(`{"id":"1",${ROUTE}}`), 5), {
    id: "1",
    root: "1",
    phase: "succeeded",
    reason: "",
    actor: "",
    route: '{"prev":["a","b"],"curr":"","next":[]}',
    headers: "{}",
    status: "{}",
    payload: "null",
    error: "",
    replay: 0,
    arrivedAt: 5,
  });
});

Deno.test("resultRecord() reads whatever was let into the mesh, of any size and any length", () => {
  const prev = JSON.stringify(Array.from({ length: 300 }, () => "a"));
  const large = JSON.stringify("x".repeat(2 ** 21));
  const body = utf8(`{"id":"1","route":{"prev":${prev},"curr":"","next":${prev}},"payload":${large}}`);
  assertEquals(resultRecord(body, 0).payload, large);
});

Deno.test("a replay's number is a positive integer, and anything else is none", () => {
  for (
    const [header, replay] of [["3", 3], ["0", 0], ["-1", 0], ["1.5", 0], ['"2"', 0], ["1e300", 0], [
      "null",
      0,
    ]]
  ) {
    const body = utf8(`{"id":"1",${ROUTE},"headers":{"x-troupe-replay":${header}}}`);
    assertEquals(resultRecord(body, 0).replay, replay as number, String(header));
  }
});

Deno.test("resultRecord() refuses what is no envelope", () => {
  assertThrows(() => resultRecord(utf8("[]"), 0), MalformedEnvelopeError);
});

Deno.test("deadRecord() of a dead letter keeps its bytes, and is keyed by the envelope in it", async () => {
  const body = utf8(`{"id":"1",${ROUTE},"headers":{"x-troupe-root":"up","x-troupe-replay":2},"payload": 1 }`);
  const record = await deadRecord(letter(body), MESSAGE);
  assertEquals(record, {
    key: "1/2/2",
    id: "1",
    root: "up",
    queue: "b",
    actor: "a",
    reason: "troupe.TooLarge",
    message: "m",
    error: "",
    body,
    diedAt: AT.getTime(),
  });
  assertEquals(deadHeaders(record)?.["x-troupe-root"], "up");
});

Deno.test("deadRecord() keeps the failure of the hop", async () => {
  const error = { type: "troupe.Fatal", mro: [], message: "no" };
  const record = await deadRecord(letter(utf8(`{"id":"1",${ROUTE}}`), { error }), MESSAGE);
  assertEquals(JSON.parse(record.error), error);
});

Deno.test("deadRecord() of bytes that are no envelope is keyed by where, what and which message", async () => {
  const body = Uint8Array.of(0xff, 0, 1);
  const record = await deadRecord(letter(body), MESSAGE);
  assertEquals(record.key, `b/${createHash("sha256").update(body).digest("hex")}/17`);
  assertEquals([record.id, record.root, record.body], ["", "", body]);
  assertEquals(deadHeaders(record), undefined);
  const again = await deadRecord(letter(body), { ...MESSAGE, id: "18" });
  assertNotEquals(again.key, record.key);
});

Deno.test("a second death is another key: another hop, another replay", async () => {
  const dead = (route: string, headers: string) =>
    deadRecord(letter(utf8(`{"id":"1","route":${route},"headers":${headers}}`)), MESSAGE);
  const first = '{"prev":[],"curr":"a","next":[]}';
  const later = '{"prev":["a"],"curr":"b","next":[]}';
  const keys = await Promise.all([
    dead(first, "{}"),
    dead(later, "{}"),
    dead(first, '{"x-troupe-replay":1}'),
  ]);
  assertEquals(keys.map(({ key }) => key), ["1/0/0", "1/1/0", "1/0/1"]);
});

Deno.test("deadRecord() of what someone has put there himself is kept whole, with what is known of it", async () => {
  const envelope = await deadRecord(utf8(`{"id":"1",${ROUTE},"payload":[]}`), MESSAGE);
  assertEquals([envelope.id, envelope.queue, envelope.reason, envelope.diedAt], [
    "1",
    "x-sump",
    "troupe.SentToSump",
    MESSAGE.at,
  ]);
  const status = '{"actor":"b","error":{"type":"E","message":"it broke"}}';
  const failed = await deadRecord(utf8(`{"id":"1",${ROUTE},"status":${status}}`), MESSAGE);
  assertEquals([failed.reason, failed.message, failed.actor], ["E", "it broke", "b"]);
  const noise = Uint8Array.of(1, 2, 3);
  const foreign = await deadRecord(noise, MESSAGE);
  assertEquals([foreign.id, foreign.reason, foreign.body], ["", "troupe.MalformedEnvelope", noise]);
  assertStringIncludes(foreign.key, "x-sump/");
});

Deno.test("what the broker gave up is told so, with its queue; a dead letter that it gave up keeps its own reason", async () => {
  const envelope = new TextEncoder().encode('{"id":"1","route":{"prev":[],"curr":"a","next":[]}}');
  const givenUp = { queue: "a", reason: "the broker says delivery_limit" };
  const record = await deadRecord(envelope, { id: "m", at: 5, givenUp });
  assertEquals([record.reason, record.queue, record.id, record.body], [
    "troupe.BrokerDeadLettered",
    "a",
    "1",
    envelope,
  ]);
  const letter = {
    reason: "troupe.Trap",
    message: "m",
    queue: "b",
    actor: "b",
    at: new Date(0),
    body: envelope,
  };
  const kept = await deadRecord(wrapDead(letter), { id: "m", at: 5, givenUp });
  assertEquals([kept.reason, kept.queue], ["troupe.Trap", "b"]);
});

Deno.test("members that are unknown, and the component, are kept", async () => {
  const extra = '"x": 1e400,"x":{"__proto__":1}';
  const body = utf8(`{"id":"1",${ROUTE},${extra},"payload":{}}`);
  const record = resultRecord(body, 5);
  assertEquals(record.extra, '"x":1e400,"x":{"__proto__":1}');
  assertEquals(
    new TextDecoder().decode(resultBody(record)),
    `{"id":"1",${ROUTE},"x":1e400,"x":{"__proto__":1},"payload":{}}`,
  );
  assertEquals((await deadRecord(letter(body, { component: "c0de" }), MESSAGE)).component, "c0de");
});

Deno.test("supersedes(): a replay answers for a failure, and what was joined for the slice of the same id", () => {
  const headersOf = (fans: string[], joined?: object) =>
    JSON.stringify({
      "x-troupe-fan": fans.map((g) => ({ g, run: "r", i: 0, n: 2 })),
      ...(joined ? { "x-troupe-join": joined } : {}),
    });
  const result = (headers: string, replay = 0, phase = "failed") => ({ headers, replay, phase });
  const plain = result("{}");
  const slice = result(headersOf(["g"]));
  const inner = result(headersOf(["g", "h"]));
  const joined = result(headersOf([], { g: "g", before: [] }));
  const rows: [what: string, record: typeof plain, kept: typeof plain, expected: boolean][] = [
    ["the same again", plain, plain, false],
    ["a replay of a failure", result("{}", 1), plain, true],
    ["an older replay", result("{}", 1), result("{}", 2), false],
    ["a replay of a success", result("{}", 1), result("{}", 0, "succeeded"), false],
    ["what was joined", joined, slice, true],
    ["what was joined, when the slice was aborted", joined, { ...slice, phase: "succeeded" }, true],
    ["a slice that is late", slice, joined, false],
    ["what was joined, again", joined, joined, false],
    ["what was joined further in", result(headersOf(["g"], { g: "h", before: [] })), inner, true],
    ["what was joined twice", result(headersOf([], { g: "k", before: ["g"] })), slice, true],
    ["another fan-out", result(headersOf([], { g: "other", before: [] })), slice, false],
    ["another execution that was not fanned out", plain, slice, false],
  ];
  for (const [what, record, kept, expected] of rows) assertEquals(supersedes(record, kept), expected, what);
});

Deno.test("the end of a slice that comes when what it was joined to is there is a repeat, and no conflict", () => {
  const frame = { g: "g", run: "r", i: 0, n: 2 };
  const slice = {
    ...resultRecord(utf8(`{"id":"1",${ROUTE},"payload":1}`), 1),
    headers: JSON.stringify({ "x-troupe-fan": [frame] }),
  };
  const joined = JSON.stringify({ own: 1, "x-troupe-join": { g: "g", before: [] } });
  for (const phase of ["succeeded", "failed"]) {
    const known = { phase, replay: 0, digest: "d", headers: headersToJudge(joined) };
    assertEquals(judgeResult({ ...slice, replay: 1 }, { digest: "e", known }), "repeat");
  }
  const known = { phase: "succeeded", replay: 0, digest: "d", headers: headersToJudge(slice.headers) };
  assertEquals(judgeResult({ ...slice, headers: joined }, { digest: "e", known }), "replaced");
  assertEquals(judgeResult(slice, { digest: "e", known }), "conflict");
  assertEquals(headersToJudge('{"own":1}'), "{}");
});
