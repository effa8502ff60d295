// A hop as a whole, from the bytes that come in to the bytes that go out, held to a model of a few lines that shares no
// code with what it checks.

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Draft, RefusedCallError } from "./draft.ts";
import { type Envelope, parseEnvelope } from "./envelope.ts";
import type { HopResult } from "./hop.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { failureOutcome, type HopContext, outcomeOf } from "./outcome.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const NOW = new Date("2026-05-01T12:00:00.000Z");
const LATER = new Date("2026-05-01T12:00:09.000Z");

/** JSON texts with all that parsing and printing would change: numbers, escapes, white space, doubled keys. */
const { text: exactText } = fc.letrec<{ text: string; object: string }>((tie) => ({
  text: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(
      "-0",
      "1e400",
      "9007199254740993",
      "1.0",
      '"\\u0041\\/\\ud800"',
      '"é 😀\u2028"',
      "null",
      "[ ]",
    ),
    fc.json({ maxDepth: 1 }),
    tie("object"),
    fc.array(tie("text"), { maxLength: 3 }).map((items) => `[ ${items.join(" ,")}\n]`),
  ),
  object: fc.array(fc.tuple(fc.constantFrom("a", "b", "__proto__", "\\u0061"), tie("text")), { maxLength: 3 })
    .map((members) => `{${members.map(([key, value]) => `"${key}":\t${value}`).join(", ")}}`),
}));

const name = fc.constantFrom("b", "c", "d");
const RESERVED = ["traceparent", "x-troupe-note", "X-Asya-Trace"];
const headerName = fc.constantFrom("h", "__proto__", "constructor", "1", "é", ...RESERVED);

const arbitraryEnvelope = fc.record({
  id: fc.string({ minLength: 1, maxLength: 8 }),
  parent_id: fc.option(fc.string({ maxLength: 8 }), { nil: undefined }),
  prev: fc.array(name, { maxLength: 3 }),
  next: fc.array(name, { maxLength: 4 }),
  headers: fc.array(fc.tuple(headerName, fc.jsonValue({ maxDepth: 2 })), { maxLength: 5 }),
  status: fc.record({
    phase: fc.constantFrom("pending", "retrying"),
    attempt: fc.nat(5),
    created_at: fc.constant("2026-04-30T00:00:00Z"),
    deadline_at: fc.constant("2027-01-01T00:00:00Z"),
    error: fc.constant({ type: "Old", message: "before" }),
    "of asya": fc.jsonValue({ maxDepth: 2 }),
  }, { requiredKeys: [] }),
  extra: fc.array(fc.tuple(fc.constantFrom("zz", "zz", "__proto__", "ext"), exactText), { maxLength: 3 }),
  payload: exactText,
});
type Parts = typeof arbitraryEnvelope extends fc.Arbitrary<infer T> ? T : never;

function bodyOf(
  { id, parent_id, prev, next, headers, status, extra, payload }: Parts,
): Uint8Array<ArrayBuffer> {
  // A key may come only once; the last one of a list is taken.
  const unique = [...new Map(headers.map(([key, value]) => [key, JSON.stringify(value)]))];
  const members = [
    ...extra.map(([key, value]) => `"${key}" : ${value}`),
    `"payload": ${payload}`,
    `"id":${JSON.stringify(id)}`,
    ...(parent_id === undefined ? [] : [`"parent_id":${JSON.stringify(parent_id)}`]),
    `"route":${JSON.stringify({ next, prev, curr: "a" })}`,
    `"headers":{${unique.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join()}}`,
    `"status":${JSON.stringify(status)}`,
  ];
  return utf8(`{ ${members.join(" ,\n")} }`);
}

/** What an actor calls, and what that does to a list of names or of headers, said again in another way. */
const arbitraryCall = fc.oneof(
  fc.record({ verb: fc.constant("emit" as const), payload: exactText }),
  fc.record({ verb: fc.constant("prepend" as const), names: fc.array(name, { maxLength: 2 }) }),
  fc.record({ verb: fc.constant("append" as const), names: fc.array(name, { maxLength: 2 }) }),
  fc.record({ verb: fc.constant("replace" as const), names: fc.array(name, { maxLength: 3 }) }),
  fc.record({ verb: fc.constant("drop" as const), index: fc.integer({ min: -3, max: 3 }) }),
  fc.record({ verb: fc.constant("clear" as const) }),
  fc.record({ verb: fc.constant("header" as const), key: headerName, value: fc.json({ maxDepth: 1 }) }),
  fc.record({ verb: fc.constant("unheader" as const), key: headerName }),
);
type Call = typeof arbitraryCall extends fc.Arbitrary<infer T> ? T : never;

function make(draft: Draft, call: Call): void {
  switch (call.verb) {
    case "emit":
      return draft.emit(call.payload);
    case "prepend":
      return draft.set(".route.next[:0]", JSON.stringify(call.names));
    case "append":
      return draft.set(".route.next[999:]", JSON.stringify(call.names));
    case "replace":
      return draft.set(".route.next", JSON.stringify(call.names));
    case "drop":
      return draft.del(`.route.next[${call.index}]`);
    case "clear":
      return draft.del(".route.next");
    case "header":
      return draft.set(`.headers[${JSON.stringify(call.key)}]`, call.value);
    case "unheader":
      return draft.del(`.headers[${JSON.stringify(call.key)}]`);
  }
}

interface Expected {
  next: string[];
  headers: Map<string, string>;
  payload: string;
}

class Model {
  readonly emits: Expected[] = [];
  #next: string[];
  readonly #incoming: readonly string[];
  readonly #granted: readonly string[];
  readonly #headers: Map<string, string>;

  constructor(parts: Parts, granted: readonly string[]) {
    this.#next = [...parts.next];
    this.#incoming = parts.next;
    this.#granted = granted;
    this.#headers = new Map(parts.headers.map(([key, value]) => [key, canonical(JSON.stringify(value))]));
  }

  /** Whether a call is allowed, and what comes of it. */
  make(call: Call): boolean {
    switch (call.verb) {
      case "emit":
        this.emits.push({ next: [...this.#next], headers: new Map(this.#headers), payload: call.payload });
        return true;
      case "prepend":
        return this.#route([...call.names, ...this.#next]);
      case "append":
        return this.#route([...this.#next, ...call.names]);
      case "replace":
        return this.#route(call.names);
      case "clear":
        return this.#route([]);
      case "drop": {
        const at = call.index < 0 ? this.#next.length + call.index : call.index;
        return at >= 0 && at < this.#next.length && this.#route(this.#next.filter((_, i) => i !== at));
      }
      case "header":
      case "unheader":
        if (RESERVED.includes(call.key)) return false;
        if (call.verb === "header") this.#headers.set(call.key, canonical(call.value));
        else this.#headers.delete(call.key);
        return true;
    }
  }

  #route(next: string[]): boolean {
    const left = [...this.#incoming];
    for (const name of next) {
      const at = left.indexOf(name);
      if (at >= 0) left.splice(at, 1);
      else if (!this.#granted.includes(name)) return false;
    }
    this.#next = next;
    return true;
  }
}

/** A text in which the order of keys does not matter. */
function canonical(text: string): string {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted);
    if (typeof value !== "object" || value === null) return value;
    return { members: Object.entries(value).map(([key, item]) => [key, sorted(item)]).sort() };
  };
  return JSON.stringify(sorted(JSON.parse(text)));
}

function contextOf(body: Uint8Array, more: Partial<HopContext> = {}): HopContext {
  return { actor: "a", queue: "a", body, run: "run-1", now: NOW, maxEnvelopeBytes: 2 ** 20, ...more };
}

function handle(envelope: Envelope, calls: readonly Call[], granted: readonly string[]): HopResult {
  const draft = new Draft(envelope, { grants: { route: granted }, limits: DEFAULT_LIMITS });
  for (const call of calls) {
    try {
      make(draft, call);
    } catch (error) {
      assert(error instanceof RefusedCallError, String(error));
    }
  }
  return { ok: true, emits: draft.emits };
}

/** Every member of a message but its status, as it stands there; what is not to be exact, in one spelling. */
function members(body: Uint8Array) {
  const { id, parentId, route, headers, payload, extra } = parseEnvelope(body);
  const own = Object.entries(headers ?? {}).map(([key, value]) => [key, canonical(JSON.stringify(value))]);
  return { id, parentId, route, headers: Object.fromEntries(own), payload, extra };
}

const arbitraryHop = fc.record({
  parts: arbitraryEnvelope,
  calls: fc.array(arbitraryCall, { maxLength: 10 }),
  granted: fc.subarray(["b", "d"]),
});

Deno.test("a call is refused exactly when the model refuses it", () => {
  fc.assert(
    fc.property(arbitraryHop, ({ parts, calls, granted }) => {
      const envelope = parseEnvelope(bodyOf(parts));
      const draft = new Draft(envelope, { grants: { route: granted }, limits: DEFAULT_LIMITS });
      const model = new Model(parts, granted);
      for (const call of calls) {
        let refused: unknown;
        try {
          make(draft, call);
        } catch (error) {
          refused = error;
        }
        const allowed = model.make(call);
        assertEquals(refused === undefined, allowed, `${JSON.stringify(call)}: ${refused}`);
      }
    }),
    { numRuns: 1000 },
  );
});

Deno.test("what goes out is what the model says: routes, headers, and everything else to the letter", async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryHop, async ({ parts, calls, granted }) => {
      const body = bodyOf(parts);
      const envelope = parseEnvelope(body);
      const model = new Model(parts, granted);
      for (const call of calls) model.make(call);
      if (model.emits.length === 0) return;
      const { messages } = await outcomeOf(handle(envelope, calls, granted), envelope, contextOf(body));
      assertEquals(messages.length, model.emits.length);
      for (const [i, { next, headers, payload }] of model.emits.entries()) {
        const sent = members(messages[i]?.body as Uint8Array);
        assertEquals(sent.route, { prev: [...parts.prev, "a"], curr: next[0] ?? "", next: next.slice(1) });
        assertEquals(messages[i]?.to, next[0] ?? "x-sink");
        assertEquals(sent.payload, payload.trim());
        assertEquals(
          sent.extra.map(({ keyText, valueText }) => `${keyText}=${valueText}`),
          parts.extra.map(([key, value]) => `"${key}"=${value.trim()}`),
        );
        const { "x-troupe-fan": _fan, "x-troupe-root": _root, ...others } = sent.headers;
        assertEquals(new Map(Object.entries(others).sort()), new Map([...headers].sort()));
        assertEquals(sent.parentId, i === 0 ? parts.parent_id : parts.id);
        assertEquals(sent.id === parts.id, i === 0);
      }
      assertEquals(new Set(messages.map(({ id }) => id)).size, messages.length);
    }),
    { numRuns: 500 },
  );
});

Deno.test("of the status, only what the host says of the hop changes", async () => {
  await fc.assert(fc.asyncProperty(arbitraryHop, async ({ parts, calls, granted }) => {
    const body = bodyOf(parts);
    const envelope = parseEnvelope(body);
    const { messages } = await outcomeOf(handle(envelope, calls, granted), envelope, contextOf(body));
    for (const message of messages) {
      const { phase: _phase, actor: _actor, attempt: _attempt, reason: _reason, ...kept } =
        parseEnvelope(message.body).status ?? {};
      const { phase: _p, attempt: _a, error: _e, ...before } = parts.status;
      assertEquals(
        canonical(JSON.stringify(kept)),
        canonical(JSON.stringify({ created_at: NOW, ...before, updated_at: NOW })),
      );
    }
  }));
});

Deno.test("a hop is all or nothing: after an abort or a failure, nothing that the actor did is there", async () => {
  await fc.assert(fc.asyncProperty(arbitraryHop, async ({ parts, calls, granted }) => {
    const body = bodyOf(parts);
    const envelope = parseEnvelope(body);
    handle(envelope, calls, granted);
    const context = contextOf(body);
    const failure = { type: "ValueError", mro: [], message: "m" };
    const outcomes = [
      await outcomeOf({ ok: true, emits: [] }, envelope, context),
      failureOutcome(failure, envelope, context),
      failureOutcome({ ...failure, type: "troupe.StageViolation" }, { ...envelope, status: {} }, context),
    ];
    for (const { messages } of outcomes) {
      assertEquals(messages.length, 1);
      assertEquals(members(messages[0]?.body as Uint8Array), members(body));
    }
  }));
});

Deno.test("a hop that is run again makes the same ids and bytes, but for the run's name and the time", async () => {
  await fc.assert(fc.asyncProperty(arbitraryHop, async ({ parts, calls, granted }) => {
    const body = bodyOf(parts);
    const run = async (more: Partial<HopContext>) => {
      const envelope = parseEnvelope(body);
      const { messages } = await outcomeOf(handle(envelope, calls, granted), envelope, contextOf(body, more));
      return messages.map(({ id, to, body }) => ({ id, to, text: new TextDecoder().decode(body) }));
    };
    const first = await run({});
    assertEquals(await run({}), first);
    const again = await run({ run: "run-2", now: LATER });
    const asFirst = again.map(({ text, ...rest }) => ({
      ...rest,
      text: text.replaceAll('"run":"run-2"', '"run":"run-1"').replaceAll(
        LATER.toISOString(),
        NOW.toISOString(),
      ),
    }));
    assertEquals(asFirst, first);
  }));
});

Deno.test("along a whole route, prev only grows, by whoever had the envelope", async () => {
  const arbitraryWay = fc.tuple(
    arbitraryEnvelope,
    fc.array(fc.array(arbitraryCall, { maxLength: 4 }), { maxLength: 6 }),
  );
  await fc.assert(fc.asyncProperty(arbitraryWay, async ([parts, hops]) => {
    let body = bodyOf(parts);
    for (const calls of hops) {
      const envelope = parseEnvelope(body);
      const { prev, curr } = envelope.route;
      if (curr === "") return;
      const result = handle(envelope, [...calls, { verb: "emit", payload: envelope.payload }], ["b"]);
      const { messages } = await outcomeOf(result, envelope, contextOf(body, { actor: curr, queue: curr }));
      body = new Uint8Array(messages.at(-1)?.body as Uint8Array);
      const after = parseEnvelope(body);
      assertEquals(after.route.prev, [...prev, curr]);
      assertEquals(after.payload, parts.payload.trim());
    }
  }));
});
