import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { unwrapDead } from "./crew/dead_letter.ts";
import { encodeEnvelope, type Envelope, MalformedEnvelopeError, parseEnvelope } from "./envelope.ts";
import type { Emit, Failure, HopResult } from "./hop.ts";
import {
  EnvelopeTooLargeError,
  failureOutcome,
  type HopContext,
  NoSuchActorError,
  type Outbound,
  type Outcome,
  outcomeOf,
  RouteMismatchError,
  undeliverable,
  undelivered,
} from "./outcome.ts";

import { DEFAULT_POLICY, type Resiliency, type RetryPolicy } from "./resiliency.ts";

const NOW = new Date("2026-05-01T12:00:00.000Z");
const utf8 = (text: string) => new TextEncoder().encode(text);

function hop(more: Record<string, unknown> = {}): { envelope: Envelope; context: HopContext } {
  const body = utf8(JSON.stringify({
    id: "e",
    route: { prev: ["p"], curr: "a", next: ["b"] },
    headers: { h: 1 },
    payload: { n: 1 },
    "of asya": true,
    ...more,
  }));
  const context = { actor: "a", queue: "a", body, run: "r", now: NOW, maxEnvelopeBytes: 2 ** 20 };
  return { envelope: parseEnvelope(body), context };
}

function emits(envelope: Envelope, ...payloads: string[]): HopResult {
  const { route, headers = {} } = envelope;
  return { ok: true, emits: payloads.map((payload): Emit => ({ route, headers, payload })) };
}

const failure = (type: string, more: Partial<Failure> = {}): Failure => ({
  type,
  mro: [],
  message: "m",
  ...more,
});
const read = (message: Outbound | undefined) => parseEnvelope((message as Outbound).body);
const letterIn = (message: Outbound | undefined) => {
  assertEquals(message?.to, "x-sump");
  const letter = unwrapDead((message as Outbound).body);
  assert(letter, "not a dead letter");
  return letter;
};

Deno.test("outcomeOf() forwards to the next actor", async () => {
  const { envelope, context } = hop();
  const { verdict, error, messages } = await outcomeOf(emits(envelope, "7"), envelope, context);
  assertEquals([verdict, error], ["forwarded", undefined]);
  assertEquals(messages.map(({ id, to }) => [id, to]), [["e", "b"]]);
  const child = read(messages[0]);
  assertEquals(child.route, { prev: ["p", "a"], curr: "b", next: [] });
  assertEquals([child.payload, child.extra.length], ["7", 1]);
});

Deno.test("outcomeOf() ends a route at x-sink, and says so only when every emit does", async () => {
  const { envelope, context } = hop({ route: { prev: [], curr: "a", next: [] } });
  const ended = await outcomeOf(emits(envelope, "1", "2"), envelope, context);
  assertEquals([ended.verdict, ended.messages.map(({ to }) => to)], ["finished", ["x-sink", "x-sink"]]);
  const first: Emit = { route: envelope.route, headers: {}, payload: "1" };
  const elsewhere: Emit = { ...first, route: { prev: [], curr: "a", next: ["b"] } };
  const mixed = await outcomeOf({ ok: true, emits: [first, elsewhere] }, envelope, context);
  assertEquals([mixed.verdict, mixed.messages.map(({ to }) => to)], ["forwarded", ["x-sink", "b"]]);
});

Deno.test("outcomeOf() of nothing emitted is the envelope as it came, succeeded, at x-sink", async () => {
  const { envelope, context } = hop({ status: { phase: "pending", attempt: 2 } });
  const { verdict, messages } = await outcomeOf({ ok: true, emits: [] }, envelope, context);
  assertEquals([verdict, messages.map(({ id, to }) => [id, to])], ["aborted", [["e", "x-sink"]]]);
  const result = read(messages[0]);
  assertEquals({ ...result, status: undefined }, { ...envelope, status: undefined });
  assertEquals([result.status?.phase, result.status?.reason], ["succeeded", "Aborted"]);
});

Deno.test("outcomeOf() sends the one emit that is too large to x-sump, under its own id; the others go on", async () => {
  const { envelope, context } = hop();
  const large = JSON.stringify("x".repeat(1_000));
  const { verdict, messages } = await outcomeOf(emits(envelope, "1", large, "2"), envelope, {
    ...context,
    maxEnvelopeBytes: 1_000,
  });
  assertEquals(verdict, "forwarded");
  assertEquals(messages.map(({ to }) => to), ["b", "x-sump", "b"]);
  const letter = letterIn(messages[1]);
  assertEquals([letter.reason, letter.queue, letter.actor, letter.at], ["troupe.TooLarge", "b", "a", NOW]);
  const dead = parseEnvelope(letter.body);
  assertEquals([dead.id, dead.parentId, dead.payload], [messages[1]?.id, "e", large]);
  assertStringIncludes(letter.message, String(letter.body.length));
});

Deno.test("a limit on envelopes is counted in bytes, and reaching it exactly is allowed", async () => {
  const { envelope, context } = hop();
  const [message] = (await outcomeOf(emits(envelope, '"ééé"'), envelope, context)).messages;
  const bytes = (message as Outbound).body.length;
  for (const [maxEnvelopeBytes, to] of [[bytes, "b"], [bytes - 1, "x-sump"]] as const) {
    const outcome = await outcomeOf(emits(envelope, '"ééé"'), envelope, { ...context, maxEnvelopeBytes });
    assertEquals(outcome.messages.map(({ to }) => to), [to]);
  }
});

Deno.test("failureOutcome() does what the failure's type asks for", () => {
  const cases: [type: string, attempt: number, verdict: string, to: string, before?: string][] = [
    ["ValueError", 1, "failed", "x-sink"],
    ["troupe.Timeout", 1, "failed", "x-sink"],
    ["troupe.DeadlineExceeded", 1, "failed", "x-sink"],
    ["guest.troupe.Fatal", 1, "failed", "x-sink"],
    ["troupe.Fatal", 1, "dead", "x-sump"],
    ["troupe.StageViolation", 1, "retried", "a"],
    ["troupe.StageViolation", 2, "dead", "x-sump", "troupe.StageViolation"],
  ];
  for (const [type, attempt, verdict, to, before] of cases) {
    const error = before ? { error: { type: before, message: "" } } : {};
    const { envelope, context } = hop({ status: { attempt, ...error } });
    const outcome = failureOutcome(failure(type), envelope, context);
    assertEquals([outcome.verdict, outcome.messages.map(({ to }) => to)], [verdict, [to]], type);
    assertEquals(outcome.error, { type, message: "m" });
    assertEquals(outcome.messages[0]?.id, "e");
  }
});

Deno.test("failureOutcome() at x-sink is the envelope as it came, with the error", () => {
  const { envelope, context } = hop({ parent_id: "up" });
  const told = failure("ValueError", { mro: ["Exception"], traceback: "line 1", details: "{}" });
  const result = read(failureOutcome(told, envelope, context).messages[0]);
  assertEquals({ ...result, status: undefined }, { ...envelope, status: undefined });
  assertEquals([result.status?.phase, result.status?.actor], ["failed", "a"]);
  assertEquals({ ...result.status?.error }, {
    type: "ValueError",
    mro: ["Exception"],
    message: "m",
    traceback: "line 1",
    details: "{}",
  });
});

Deno.test("failureOutcome() that is to be retried goes back to the queue that it came from, one attempt on", () => {
  const { envelope, context } = hop({ status: { deadline_at: "2027-01-01T00:00:00Z" } });
  const [message] = failureOutcome(failure("troupe.StageViolation"), envelope, {
    ...context,
    queue: "a_suspect",
  }).messages;
  assertEquals(message?.to, "a_suspect");
  const again = read(message);
  assertEquals({ ...again, status: undefined }, { ...envelope, status: undefined });
  assertEquals([again.status?.attempt, again.status?.phase], [2, "retrying"]);
  assertEquals(again.status?.deadline_at, "2027-01-01T00:00:00Z");
});

const rules = (more: Partial<RetryPolicy>): Resiliency => ({
  rules: [{ match: ["*"], policy: { ...DEFAULT_POLICY, ...more } }],
});

Deno.test("failureOutcome() under a rule waits, and then gives it to others", () => {
  const { envelope, context } = hop({ parent_id: "up" });
  const resiliency = rules({ maxAttempts: 2, onExhausted: ["triage", "b"] });
  const circumstances = { ...context, queue: "a_suspect", resiliency, random: 0.5 };
  const first = failureOutcome(failure("ValueError"), envelope, circumstances);
  assertEquals(first.verdict, "retried");
  assertEquals(first.messages.map(({ id, to, delayMs }) => [id, to, delayMs]), [["e", "a_suspect", 900]]);
  const again = read(first.messages[0]);
  assertEquals({ ...again, status: undefined }, { ...envelope, status: undefined });
  assertEquals([again.status?.attempt, again.status?.max_attempts], [2, 2]);

  const second = failureOutcome(failure("ValueError"), again, circumstances);
  assertEquals(second.verdict, "rerouted");
  assertEquals(second.error, { type: "ValueError", message: "m" });
  assertEquals(second.messages.map(({ id, to, delayMs }) => [id, to, delayMs]), [["e", "triage", undefined]]);
  const given = read(second.messages[0]);
  assertEquals(given.route, { prev: ["p", "a"], curr: "triage", next: ["b"] });
  assertEquals([given.payload, given.parentId, given.extra], [envelope.payload, "up", envelope.extra]);
  assertEquals([given.status?.attempt, given.status?.error?.route], [0, ["b"]]);
});

Deno.test("what a failure says is told shorter where the envelope would be too large with it", () => {
  const { envelope, context } = hop();
  const long = failure("ValueError", { message: "m".repeat(8_000), traceback: "t".repeat(30_000) });
  for (const onExhausted of [[], ["triage"]]) {
    const resiliency = rules({ maxAttempts: onExhausted.length > 0 ? 1 : 2, onExhausted });
    const [message] =
      failureOutcome(long, envelope, { ...context, resiliency, maxEnvelopeBytes: 1_000 }).messages;
    const { error } = read(message).status ?? {};
    assertEquals([error?.type, error?.message, error?.traceback], ["ValueError", "m".repeat(200), undefined]);
    const outcome = failureOutcome(long, envelope, { ...context, resiliency, maxEnvelopeBytes: 200 });
    assertEquals(outcome.verdict, "dead");
    const letter = letterIn(outcome.messages[0]);
    assertEquals([letter.reason, letter.body, letter.error?.type], [
      "troupe.TooLarge",
      context.body,
      "ValueError",
    ]);
  }
});

Deno.test("failureOutcome() at x-sump keeps the bytes, not what was read from them", () => {
  const { context } = hop();
  const body = utf8(
    '{"payload" : {"n":9007199254740993,"n":-0}, "id":"e","route":{"prev":[],"curr":"a","next":[]} }',
  );
  const told = failure("troupe.Fatal", { mro: ["Exception"], details: '{"a":1}' });
  const [message] = failureOutcome(told, parseEnvelope(body), { ...context, body }).messages;
  const letter = letterIn(message);
  assertEquals(letter.body, body);
  assertEquals(letter.error, told);
  assertEquals([letter.reason, letter.message, letter.queue], ["troupe.Fatal", "m", "a"]);
});

Deno.test("wherever a failure is told of, the component is named", async () => {
  const { envelope, context: unknown } = hop();
  const context = { ...unknown, component: "c0de" };
  const error = new RouteMismatchError("a", "b");
  const dead: [string, Outcome | Promise<Outcome>][] = [
    ["a failure at x-sump", failureOutcome(failure("troupe.Fatal"), envelope, context)],
    ["bytes", undeliverable(error, undefined, context)],
    ["an emit", outcomeOf(emits(envelope, "7"), envelope, { ...context, maxEnvelopeBytes: 10 })],
  ];
  for (const [what, outcome] of dead) {
    assertEquals(letterIn((await outcome).messages[0]).component, "c0de", what);
  }
  const policy = { ...DEFAULT_POLICY, maxAttempts: 2 };
  const again: Resiliency = { rules: [{ match: ["E"], policy }] };
  const reroute: Resiliency = {
    rules: [{ match: ["E"], policy: { ...policy, maxAttempts: 1, onExhausted: ["t"] } }],
  };
  for (
    const [verdict, resiliency] of [["failed", { rules: [] }], ["retried", again], [
      "rerouted",
      reroute,
    ]] as const
  ) {
    const outcome = failureOutcome(failure("E", { details: "[1]" }), envelope, { ...context, resiliency });
    assertEquals(outcome.verdict, verdict);
    const told = read(outcome.messages[0]).status?.error;
    assertEquals([told?.component, told?.details], ["c0de", "[1]"], verdict);
    const { messages } = failureOutcome(failure("E"), envelope, { ...unknown, resiliency });
    assertEquals(Object.keys(read(messages[0]).status?.error ?? {}).includes("component"), false, verdict);
  }
});

Deno.test("undeliverable() keeps the bytes as they came, whatever they are", () => {
  const { envelope, context } = hop();
  const body = Uint8Array.of(0xff, 0, 0x7b);
  const error = new MalformedEnvelopeError("", "it is not UTF-8");
  const outcome = undeliverable(error, undefined, { ...context, body });
  assertEquals([outcome.verdict, outcome.error?.type], ["dead", "troupe.MalformedEnvelope"]);
  assertEquals(outcome.messages[0]?.id, "");
  assertEquals(letterIn(outcome.messages[0]).body, body);
  const mismatch = undeliverable(new RouteMismatchError("a", "b"), envelope, context);
  assertEquals([mismatch.messages[0]?.id, letterIn(mismatch.messages[0]).reason], [
    "e",
    "troupe.RouteMismatch",
  ]);
});

Deno.test("undelivered() readdresses a message to x-sump, with the queue that it did not get to", () => {
  const { envelope, context } = hop();
  const message = { id: "e", to: "nobody", body: encodeEnvelope(envelope) };
  const dead = undelivered(message, new NoSuchActorError("nobody"), context);
  const letter = letterIn(dead);
  assertEquals([dead.id, letter.reason, letter.queue, letter.body], [
    "e",
    "troupe.NoSuchActor",
    "nobody",
    message.body,
  ]);
});

Deno.test("the errors of a hop say what is wrong, where, and what to do", () => {
  const cases: [Error & { code: string }, string, string[]][] = [
    [new RouteMismatchError("a", ""), "troupe.RouteMismatch", ["queue of a", '""', "own name"]],
    [new EnvelopeTooLargeError(12, 10), "troupe.TooLarge", ["12 bytes", "10", "emit less"]],
    [new NoSuchActorError("b"), "troupe.NoSuchActor", ['"b"', "correct the route"]],
  ];
  for (const [error, code, words] of cases) {
    assertEquals(error.code, code);
    for (const word of words) assertStringIncludes(error.message, word);
  }
});
