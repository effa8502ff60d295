import { assertEquals, assertNotEquals } from "@std/assert";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { aborted, advance, destination, failed, rerouted, retried } from "./advance.ts";
import { Draft } from "./draft.ts";
import { encodeEnvelope, type Envelope, parseEnvelope } from "./envelope.ts";
import { framesOf } from "./fan.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { childId, idempotentId, replayId, TROUPE_NAMESPACE } from "./lineage.ts";

const NOW = new Date("2026-05-01T12:00:00.000Z");
const STARTED = new Date("2026-05-01T11:59:00.000Z");
const CONTEXT = { actor: "a", run: "run-1", now: NOW };

function envelopeOf(more: Record<string, unknown> = {}): Envelope {
  return parseEnvelope(new TextEncoder().encode(JSON.stringify({
    id: "e",
    route: { prev: ["p"], curr: "a", next: ["b", "c"] },
    payload: { n: 1 },
    ...more,
  })));
}

function emitted(envelope: Envelope, calls: (draft: Draft) => void) {
  const draft = new Draft(envelope, { grants: { route: ["s"] }, limits: DEFAULT_LIMITS });
  calls(draft);
  return draft.emits;
}

/** RFC 9562, section 5.5, by another implementation of SHA-1. */
function uuid5(name: string): string {
  const hash = createHash("sha1").update(Uint8Array.fromHex(TROUPE_NAMESPACE.replaceAll("-", ""))).update(
    name,
  ).digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  return hash.toString("hex").slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

Deno.test("ids are UUIDv5 over a JSON text: the published vectors", async () => {
  const vectors: [string, string][] = [
    [await childId("e", { actor: "a", hop: 1, index: 2 }), '["e","a",1,2]'],
    [await idempotentId("tenant", "key"), '["tenant","key"]'],
    [await replayId("e", 3), '["e","replay",3]'],
    [await childId('"é\n', { actor: "a", hop: 0, index: 1 }), JSON.stringify(['"é\n', "a", 0, 1])],
  ];
  for (const [id, name] of vectors) assertEquals(id, uuid5(name), name);
});

Deno.test("advance() of one emit keeps the id, and moves the route on", async () => {
  const envelope = envelopeOf({ parent_id: "up", headers: { h: 1 }, "of asya": [1] });
  const [child, ...others] = await advance(envelope, emitted(envelope, (draft) => draft.emit("7")), CONTEXT);
  assertEquals(others, []);
  assertEquals(
    new TextDecoder().decode(encodeEnvelope(child as Envelope)),
    JSON.stringify({
      id: "e",
      parent_id: "up",
      route: { prev: ["p", "a"], curr: "b", next: ["c"] },
      headers: { h: 1 },
      status: {
        phase: "pending",
        actor: "b",
        attempt: 1,
        created_at: NOW.toISOString(),
        updated_at: NOW.toISOString(),
      },
      "of asya": [1],
      payload: 7,
    }),
  );
  assertEquals(destination(child as Envelope), "b");
});

Deno.test("advance() at the end of a route succeeds", async () => {
  const envelope = envelopeOf({
    route: { prev: [], curr: "a", next: [] },
    status: {
      phase: "retrying",
      attempt: 3,
      created_at: "2026-01-01T00:00:00Z",
      deadline_at: "2027-01-01T00:00:00Z",
      error: { type: "X", message: "" },
    },
  });
  const [child] = await advance(envelope, emitted(envelope, (draft) => draft.emit("7")), CONTEXT);
  assertEquals(destination(child as Envelope), "x-sink");
  assertEquals({ ...child?.status }, {
    phase: "succeeded",
    actor: "a",
    attempt: 3,
    created_at: "2026-01-01T00:00:00Z",
    deadline_at: "2027-01-01T00:00:00Z",
    updated_at: NOW.toISOString(),
  });
});

Deno.test("advance() of several emits counts them", async () => {
  const envelope = envelopeOf({
    headers: { "x-troupe-fan": [{ g: "g0", run: "r0", i: 1, n: 2 }], "x-troupe-root": "root" },
  });
  const children = await advance(
    envelope,
    emitted(envelope, (draft) => {
      draft.emit("0");
      draft.set(".route.next[:0]", '["s"]');
      draft.emit("1");
      draft.emit("2");
    }),
    CONTEXT,
  );
  assertEquals(children.map(({ id }) => id), ["e", uuid5('["e","a",1,1]'), uuid5('["e","a",1,2]')]);
  assertEquals(children.map(({ parentId }) => parentId), [undefined, "e", "e"]);
  assertEquals(children.map(({ route }) => route.curr), ["b", "s", "s"]);
  assertEquals(children.map(({ headers }) => headers?.["x-troupe-root"]), ["root", "root", "root"]);
  for (const [i, { headers }] of children.entries()) {
    assertEquals(framesOf(headers), [{ g: "g0", run: "r0", i: 1, n: 2 }, {
      g: uuid5('["e","a",1]'),
      run: "run-1",
      i,
      n: 3,
      id: "e",
    }]);
  }
});

Deno.test("advance() of one part is a fan-out of one, if the actor calls it a part", async () => {
  const envelope = envelopeOf({ parent_id: "up", route: { prev: [], curr: "a", next: ["b", "x-join"] } });
  const emits = emitted(envelope, (draft) => {
    draft.set(".headers.parts", "true");
    draft.emit("0");
  });
  const [child, ...others] = await advance(envelope, emits, CONTEXT);
  assertEquals([child?.id, child?.parentId, others], ["e", "up", []]);
  assertEquals(framesOf(child?.headers), [
    { g: uuid5('["e","a",0]'), run: "run-1", i: 0, n: 1, id: "e", parent_id: "up", join: true },
  ]);
  assertEquals(child?.headers?.parts, undefined);
});

Deno.test("advance() makes the same ids when a hop is run again, and other runs", async () => {
  const envelope = envelopeOf();
  const emits = emitted(envelope, (draft) => (draft.emit("0"), draft.emit("1")));
  const first = await advance(envelope, emits, CONTEXT);
  const again = await advance(envelope, emits, { ...CONTEXT, run: "run-2" });
  assertEquals(first.map(({ id }) => id), again.map(({ id }) => id));
  assertNotEquals(first[0]?.headers, again[0]?.headers);
});

Deno.test("aborted(), failed() and retried() change nothing but the status", () => {
  const envelope = envelopeOf({
    headers: { h: 1 },
    status: { phase: "pending", attempt: 1, deadline_at: "2027-01-01T00:00:00Z" },
  });
  const failure = { type: "ValueError", mro: ["Exception"], message: "m", traceback: "t", details: "{}" };
  const cases = [
    { made: aborted(envelope, CONTEXT), status: { phase: "succeeded", reason: "Aborted", attempt: 1 } },
    { made: failed(envelope, failure, CONTEXT), status: { phase: "failed", attempt: 1, error: failure } },
    {
      made: retried(envelope, failure, { ...CONTEXT, startedAt: STARTED, maxAttempts: 4 }),
      status: {
        phase: "retrying",
        attempt: 2,
        max_attempts: 4,
        first_attempt_at: STARTED.toISOString(),
        error: failure,
      },
    },
  ];
  for (const { made, status } of cases) {
    assertEquals({ ...made, status: undefined }, { ...envelope, status: undefined });
    assertEquals<unknown>({ ...made.status }, {
      actor: "a",
      deadline_at: "2027-01-01T00:00:00Z",
      created_at: NOW.toISOString(),
      updated_at: NOW.toISOString(),
      ...status,
    });
  }
});

const FAILURE = { type: "ValueError", mro: ["Exception"], message: "m" };

Deno.test("retried() counts on, from the first attempt at this actor", () => {
  let envelope = envelopeOf({ status: { attempt: 0 } });
  const seen: unknown[] = [];
  for (const minute of [1, 2, 3]) {
    const startedAt = new Date(Date.UTC(2026, 4, 1, 12, minute));
    envelope = retried(envelope, FAILURE, { ...CONTEXT, startedAt });
    const { attempt, first_attempt_at } = envelope.status ?? {};
    seen.push([attempt, first_attempt_at]);
  }
  const first = "2026-05-01T12:01:00.000Z";
  assertEquals(seen, [[2, first], [3, first], [4, first]]);
});

Deno.test("rerouted() goes to others as it came, with the error and the rest of its route in it", () => {
  const envelope = envelopeOf({
    parent_id: "up",
    headers: { traceparent: "t", "x-troupe-fan": [{ g: "g0", run: "r0", i: 1, n: 2 }] },
    status: {
      phase: "retrying",
      attempt: 3,
      max_attempts: 3,
      first_attempt_at: STARTED.toISOString(),
      created_at: "2026-01-01T00:00:00Z",
      deadline_at: "2027-01-01T00:00:00Z",
      tenant: "t1",
      error: { type: "Old", message: "old" },
    },
    "of asya": [1],
  });
  const made = rerouted(envelope, FAILURE, { ...CONTEXT, route: ["triage", "store"] });
  const { route, status, ...rest } = made;
  const { route: _route, status: _status, ...before } = envelope;
  assertEquals(rest, before);
  assertEquals(route, { prev: ["p", "a"], curr: "triage", next: ["store"] });
  assertEquals({ ...status }, {
    phase: "pending",
    actor: "triage",
    attempt: 0,
    created_at: "2026-01-01T00:00:00Z",
    updated_at: NOW.toISOString(),
    deadline_at: "2027-01-01T00:00:00Z",
    tenant: "t1",
    error: { ...FAILURE, route: ["b", "c"] },
  });
  assertEquals(parseEnvelope(encodeEnvelope(made)).status?.error?.route, ["b", "c"]);
});

Deno.test("advance() counts attempts anew, in every child", async () => {
  const envelope = envelopeOf({
    status: { attempt: 3, max_attempts: 5, first_attempt_at: STARTED.toISOString(), error: FAILURE },
  });
  const emits = emitted(envelope, (draft) => (draft.emit("0"), draft.emit("1")));
  for (const { status } of await advance(envelope, emits, CONTEXT)) {
    assertEquals({ ...status }, {
      phase: "pending",
      actor: "b",
      attempt: 1,
      created_at: NOW.toISOString(),
      updated_at: NOW.toISOString(),
    });
  }
});

Deno.test("prev only grows, by the actor; curr is what was first in next; payloads and unknown members are to the letter", async () => {
  const name = fc.constantFrom("b", "c", "d-1");
  const arbitrary = fc.record({
    next: fc.array(name, { maxLength: 5 }),
    payloads: fc.array(fc.json(), { minLength: 1, maxLength: 4 }),
    extra: fc.json(),
  });
  await fc.assert(fc.asyncProperty(arbitrary, async ({ next, payloads, extra }) => {
    const body = `{"id":"e","route":{"prev":["p"],"curr":"a","next":${
      JSON.stringify(next)
    }},"zz":${extra},"payload":0}`;
    const envelope = parseEnvelope(new TextEncoder().encode(body));
    const children = await advance(
      envelope,
      emitted(envelope, (draft) => payloads.forEach((payload) => draft.emit(payload))),
      CONTEXT,
    );
    for (const [i, child] of children.entries()) {
      const read = parseEnvelope(encodeEnvelope(child));
      assertEquals(read.route, { prev: ["p", "a"], curr: next[0] ?? "", next: next.slice(1) });
      assertEquals(read.payload, payloads[i]?.trim());
      assertEquals(read.extra, [{ key: "zz", keyText: '"zz"', valueText: extra.trim() }]);
    }
  }));
});
