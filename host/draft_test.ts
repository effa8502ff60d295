import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Draft, type DraftSource, RefusedCallError } from "./draft.ts";
import { parseEnvelope } from "./envelope.ts";
import { DEFAULT_LIMITS } from "./limits.ts";

function source(more: Record<string, unknown> = {}): DraftSource {
  return parseEnvelope(new TextEncoder().encode(JSON.stringify({
    id: "1",
    parent_id: "0",
    route: { prev: ["z"], curr: "judge", next: ["b", "c"] },
    headers: { a: { b: [1, 2] }, traceparent: "00", "x-troupe-root": "r" },
    status: { phase: "pending", attempt: 1 },
    payload: {},
    ...more,
  })));
}

function draftOf(grants: string[] = [], limits = DEFAULT_LIMITS): Draft {
  return new Draft(source(), { grants: { route: grants }, limits });
}

const nextOf = (draft: Draft) => JSON.parse(draft.get(".route.next") ?? "");

Deno.test("Draft.get() reads everything but the payload", () => {
  const draft = draftOf();
  const cases: [string, string | undefined][] = [
    [".id", '"1"'],
    [".parent_id", '"0"'],
    [".route.prev[-1]", '"z"'],
    [".route.curr", '"judge"'],
    [".route.next[0:1]", '["b"]'],
    [".route.next[5]", undefined],
    [".headers.a.b[1]", "2"],
    ['.headers["traceparent"]', '"00"'],
    [".headers.nothing.here", undefined],
    [".headers.__proto__", undefined],
    [".headers.constructor", undefined],
    [".headers.a.b.length", undefined],
    [".status.attempt", "1"],
    [".payload", undefined],
  ];
  for (const [path, value] of cases) assertEquals(draft.get(path), value, path);
});

Deno.test("Draft.set() and del() on .route.next", () => {
  const cases: [(draft: Draft) => void, string[]][] = [
    [(draft) => draft.set(".route.next[:0]", '["s"]'), ["s", "b", "c"]],
    [(draft) => draft.set(".route.next[999:]", '["s"]'), ["b", "c", "s"]],
    [(draft) => draft.set(".route.next", '["s"]'), ["s"]],
    [(draft) => draft.set(".route.next", '["c","b"]'), ["c", "b"]],
    [(draft) => draft.set(".route.next[0]", '"s"'), ["s", "c"]],
    [(draft) => draft.set(".route.next[-1]", '"s"'), ["b", "s"]],
    [(draft) => draft.set(".route.next[0:1]", "[]"), ["c"]],
    [(draft) => draft.set(".route.next[1:0]", '["s"]'), ["b", "s", "c"]],
    [(draft) => draft.del(".route.next"), []],
    [(draft) => draft.del(".route.next[0]"), ["c"]],
    [(draft) => draft.del(".route.next[1:]"), ["b"]],
  ];
  for (const [edit, expected] of cases) {
    const draft = draftOf(["s"]);
    edit(draft);
    assertEquals(nextOf(draft), expected);
  }
});

Deno.test("Draft.set() and del() on headers", () => {
  const draft = draftOf();
  draft.set(".headers.new.deep", '{"x": -0}');
  assertEquals(draft.get(".headers.new"), '{"deep":{"x":0}}');
  draft.set(".headers.a.b[0]", "[9]");
  assertEquals(draft.get(".headers.a.b"), "[[9],2]");
  draft.del(".headers.a.b[0]");
  assertEquals(draft.get(".headers.a"), '{"b":[2]}');
  draft.del(".headers.nothing.here");
  draft.set('.headers["__proto__"]', '{"polluted":1}');
  assertEquals(draft.get(".headers.__proto__.polluted"), "1");
  assertEquals(({} as Record<string, unknown>).polluted, undefined);
});

const REFUSED: [string, (draft: Draft) => void][] = [
  ["troupe.AccessError", (draft) => draft.set(".", "{}")],
  ["troupe.AccessError", (draft) => draft.set(".id", '"2"')],
  ["troupe.AccessError", (draft) => draft.set(".status.phase", '"failed"')],
  ["troupe.AccessError", (draft) => draft.set(".route", "{}")],
  ["troupe.AccessError", (draft) => draft.set(".route.curr", '"a"')],
  ["troupe.AccessError", (draft) => draft.set('.["route"]["curr"]', '"a"')],
  ["troupe.AccessError", (draft) => draft.set(".route.prev[0]", '"a"')],
  ["troupe.AccessError", (draft) => draft.set(".route.nextish", "[]")],
  ["troupe.AccessError", (draft) => draft.set(".headers", "{}")],
  ["troupe.AccessError", (draft) => draft.set(".headers[0]", "1")],
  ["troupe.AccessError", (draft) => draft.set(".payload", "1")],
  ["troupe.AccessError", (draft) => draft.set(".__proto__.x", "1")],
  ["troupe.AccessError", (draft) => draft.set(".headers.traceparent", '"1"')],
  ["troupe.AccessError", (draft) => draft.set(".headers.TraceState", '"1"')],
  ["troupe.AccessError", (draft) => draft.set(".headers.x-troupe-fan[0]", "1")],
  ["troupe.AccessError", (draft) => draft.set('.headers["X-Troupe-Fan"]', "1")],
  ["troupe.AccessError", (draft) => draft.set('.headers["\\u0078-asya-x"]', "1")],
  ["troupe.AccessError", (draft) => draft.del(".headers.x-troupe-root")],
  ["troupe.AccessError", (draft) => draft.del(".status")],
  ["troupe.BadPath", (draft) => draft.set("route.next", "[]")],
  ["troupe.BadPath", (draft) => draft.set(".headers.a[:0].x", "1")],
  ["troupe.BadPath", (draft) => draft.set(".headers.a.b[:0]", "1")],
  ["troupe.BadPath", (draft) => draft.set(".headers.a.b.c", "1")],
  ["troupe.BadPath", (draft) => draft.set(".headers.a[0]", "1")],
  ["troupe.BadPath", (draft) => draft.set(".route.next", '"s"')],
  ["troupe.BadPath", (draft) => draft.set(".route.next[0].x", "1")],
  ["troupe.IndexOutOfRange", (draft) => draft.set(".route.next[2]", '"s"')],
  ["troupe.IndexOutOfRange", (draft) => draft.del(".headers.a.b[-3]")],
  ["troupe.BadActorName", (draft) => draft.set(".route.next", '["S"]')],
  ["troupe.BadActorName", (draft) => draft.set(".route.next", "[1]")],
  ["troupe.BadActorName", (draft) => draft.set(".route.next", `["${"a".repeat(64)}"]`)],
  ["troupe.RouteDenied", (draft) => draft.set(".route.next", '["t"]')],
  ["troupe.RouteDenied", (draft) => draft.set(".route.next", '["b","b"]')],
  ["troupe.RouteDenied", (draft) => draft.set(".route.next", '["x-sink"]')],
  ["troupe.RouteDenied", (draft) => draft.set(".route.next", '["judge"]')],
  ["troupe.RouteTooLong", (draft) => draft.set(".route.next", JSON.stringify(Array(257).fill("s")))],
  ["troupe.BadOutput", (draft) => draft.set(".headers.a", "{")],
  ["troupe.BadOutput", (draft) => draft.emit("")],
  ["troupe.BadOutput", (draft) => draft.emit("1 2")],
  ["troupe.BadOutput", (draft) => draft.emit('1},"status":{"phase":"succeeded"')],
  ["troupe.BadOutput", (draft) => draft.emit("[".repeat(513) + "]".repeat(513))],
];

Deno.test("Draft refuses, each with its code, and stays as it was", () => {
  for (const [code, call] of REFUSED) {
    const draft = draftOf(["s", "x-resume", "x-*"]);
    const before = draft.get(".");
    assertEquals(assertThrows(() => call(draft), RefusedCallError).code, code, call.toString());
    assertEquals(draft.get("."), before);
    assertEquals(draft.emits.length, 0);
  }
});

Deno.test("Draft.set() adds what is granted: exact names, prefixes, and the crew only by its exact name", () => {
  const draft = draftOf(["s", "tenant-*", "x-sump"]);
  draft.set(".route.next", '["s","s","tenant-7","x-sump","c","b"]');
  assertEquals(nextOf(draft), ["s", "s", "tenant-7", "x-sump", "c", "b"]);
  assertThrows(() => draft.set(".route.next", '["tenant"]'), RefusedCallError, "tenant");
  assertThrows(() => draftOf(["x-resume"]).set(".route.next", '["x-resume"]'), RefusedCallError, "x-resume");
});

Deno.test("Draft.set() lets an actor drop and bring back what was in the route", () => {
  const draft = draftOf();
  draft.del(".route.next");
  draft.set(".route.next", '["c"]');
  assertEquals(nextOf(draft), ["c"]);
});

Deno.test("Draft.emit() takes the route and headers as edited so far", () => {
  const draft = draftOf(["s"]);
  draft.emit("1");
  draft.set(".route.next[:0]", '["s"]');
  draft.set(".headers.k", "1");
  draft.emit(" 2 ");
  draft.del(".headers.k");
  draft.emit("3");
  assertEquals(draft.emits.map(({ route }) => route.next), [["b", "c"], ["s", "b", "c"], ["s", "b", "c"]]);
  assertEquals(draft.emits.map(({ headers }) => headers.k), [undefined, 1, undefined]);
  assertEquals(draft.emits.map(({ payload }) => payload), ["1", " 2 ", "3"]);
});

Deno.test("Draft.emit() holds its limits: their number, and their bytes in UTF-8", () => {
  const draft = draftOf([], { ...DEFAULT_LIMITS, emits: 2, emittedBytes: 10 });
  assertThrows(() => draft.emit('"ééééé"'), RefusedCallError, "10 bytes");
  draft.emit('"éééé"');
  assertThrows(() => draft.emit("1"), RefusedCallError, "10 bytes");
  const other = draftOf([], { ...DEFAULT_LIMITS, emits: 2 });
  other.emit("1");
  other.emit("2");
  assertEquals(assertThrows(() => other.emit("3"), RefusedCallError).code, "troupe.OutputLimit");
});

Deno.test("whatever an actor calls, what is not its own stays untouched", () => {
  const path = fc.oneof(
    fc.constantFrom(
      ".route.next",
      ".route.next[:0]",
      ".route.next[999:]",
      ".route.next[0]",
      ".route.next[-1:]",
      ".route.curr",
      ".route.prev",
      ".headers.a",
      ".headers.a.b[0]",
      ".headers.x.y.z",
      ".headers.traceparent",
      '.headers["x-troupe-root"]',
      ".headers",
      ".status",
      ".id",
      ".",
    ),
    fc.string(),
  );
  const value = fc.oneof(
    fc.constantFrom('["s"]', '["b"]', '["c","b"]', '"s"', '["b","b"]', "[]", '["q"]'),
    fc.json({ maxDepth: 3 }),
    fc.string(),
  );
  const call = fc.oneof(
    fc.record({ verb: fc.constant("set" as const), path, value }),
    fc.record({ verb: fc.constant("del" as const), path }),
    fc.record({ verb: fc.constant("emit" as const), value }),
  );
  fc.assert(
    fc.property(fc.array(call, { maxLength: 12 }), fc.boolean(), (calls, granted) => {
      const from = source();
      const pristine = JSON.stringify(from);
      const draft = new Draft(from, { grants: { route: granted ? ["s"] : [] }, limits: DEFAULT_LIMITS });
      for (const call of calls) {
        try {
          if (call.verb === "set") {
            draft.set(call.path, call.value);
            assertEquals(JSON.parse(draft.get(call.path) ?? "null") === undefined, false);
          } else if (call.verb === "del") draft.del(call.path);
          else draft.emit(call.value);
        } catch (error) {
          assert(error instanceof RefusedCallError, String(error));
        }
      }
      assertEquals(JSON.stringify(from), pristine);
      for (const { route, headers } of draft.emits) {
        assertEquals([route.prev, route.curr], [["z"], "judge"]);
        assertEquals([headers.traceparent, headers["x-troupe-root"]], ["00", "r"]);
        const left = ["b", "c"];
        for (const name of route.next) {
          if (granted && name === "s") continue;
          const at = left.indexOf(name);
          assert(at >= 0, `${name} was added`);
          left.splice(at, 1);
        }
      }
    }),
    { numRuns: 1500 },
  );
});
