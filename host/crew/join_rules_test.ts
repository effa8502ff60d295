import { assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { utf8 } from "../_testing.ts";
import { parseEnvelope } from "../envelope.ts";
import { type FanFrame, framesOf } from "../fan.ts";
import { decide, joinRules, originOf } from "./join_rules.ts";
import { EVERY_SLICE, type HeldSlice, type JoinOutput, type JoinWork, type RunCount } from "./joining.ts";
import { readSliceEnd, sliceEndOf, writeSliceEnd } from "./slice_end.ts";

const NOW = new Date("2026-05-01T12:00:00.000Z");
const OUTER: FanFrame = { g: "outer", run: "r0", i: 1, n: 3, id: "top", join: true };

function frameOf(i: number, more: Partial<FanFrame> = {}): FanFrame {
  return { g: "g", run: "r", i, n: 3, id: "origin", parent_id: "top", join: true, ...more };
}

interface SliceParts {
  readonly payload?: string;
  readonly headers?: Record<string, unknown>;
  readonly frames?: readonly FanFrame[];
}

function envelopeText(
  i: number,
  { payload = `${i}`, headers = {}, frames = [frameOf(i)] }: SliceParts = {},
): string {
  const all = { "x-troupe-fan": frames, "x-troupe-root": "top", own: i, ...headers };
  return `{"id":"s${i}","parent_id":"origin","route":{"prev":["split","work"],"curr":"x-join","next":["end"]},` +
    `"headers":${JSON.stringify(all)},"status":{"phase":"pending","deadline_at":"2999-01-01T00:00:00Z"},` +
    `"other":-0,"payload":${payload}}`;
}

const slice = (i: number, parts: SliceParts = {}): HeldSlice => ({
  i,
  kind: "slice",
  id: `s${i}`,
  body: utf8(envelopeText(i, parts)),
});

function end(i: number, { phase = "failed", frames = [frameOf(i)] } = {}): HeldSlice {
  const headers = { "x-troupe-fan": frames as never, "x-troupe-root": "top" };
  const message = sliceEndOf({
    id: `s${i}`,
    headers,
    route: { curr: "work", next: [] },
    phase,
    reason: "ValueError",
  });
  return { i, kind: "end", id: `s${i}`, body: writeSliceEnd(message as never) };
}

function build(slices: readonly HeldSlice[], more: Partial<JoinWork> = {}): JoinOutput {
  return joinRules(NOW).build({ g: "g", run: "r", n: 3, cause: "all", slices, ...more });
}

Deno.test("decide() waits for the first execution that is whole, for enough, or for the time", () => {
  const run = (name: string, arrived: number, ended = 0, n = 3): RunCount => ({
    run: name,
    n,
    arrived,
    ended,
  });
  const rows: [string, RunCount[], { quorum?: number; due?: boolean }, string | undefined][] = [
    ["nothing", [], {}, undefined],
    ["some", [run("a", 2)], {}, undefined],
    ["all", [run("a", 3)], {}, "a all"],
    ["all, one elsewhere", [run("a", 2, 1)], {}, "a all"],
    ["all elsewhere", [run("a", 0, 3)], {}, "a all"],
    ["two executions, neither whole", [run("a", 2), run("b", 1)], {}, undefined],
    ["the second is whole", [run("a", 2), run("b", 3)], {}, "b all"],
    ["enough", [run("a", 2)], { quorum: 2 }, "a quorum"],
    ["enough of others than are wanted", [run("a", 1, 1)], { quorum: 2 }, undefined],
    ["more wanted than there are", [run("a", 2)], { quorum: 9 }, undefined],
    ["more wanted than there are, and all there", [run("a", 3)], { quorum: 9 }, "a all"],
    ["time", [run("a", 1), run("b", 2)], { due: true }, "b timeout"],
    ["time, as many of both", [run("a", 1), run("b", 1)], { due: true }, "a timeout"],
    ["time, with nothing", [], { due: true }, undefined],
  ];
  for (const [what, runs, { due = false, ...state }, expected] of rows) {
    const decision = decide(runs, { ...state, due });
    assertEquals(decision && `${decision.run} ${decision.cause}`, expected, what);
  }
});

Deno.test("what is joined goes on as what was fanned out, payloads to the letter and in the order of the slices", () => {
  const output = build([
    slice(0, { payload: "9007199254740993" }),
    slice(1, { payload: '{"a": -0}' }),
    slice(2),
  ]);
  assertEquals([output.id, output.to], ["origin", "end"]);
  const joined = parseEnvelope(output.body);
  assertEquals([joined.id, joined.parentId, joined.payload], [
    "origin",
    "top",
    '[9007199254740993,{"a": -0},2]',
  ]);
  assertEquals(joined.route, { prev: ["split", "work", "x-join"], curr: "end", next: [] });
  assertEquals({ ...joined.headers, "x-troupe-join": null }, {
    "x-troupe-root": "top",
    own: 0,
    "x-troupe-join": null,
  });
  assertEquals({ ...(joined.headers?.["x-troupe-join"] as object) }, {
    g: "g",
    n: 3,
    cause: "all",
    missing: [],
    ended: [],
    before: [],
  });
  assertEquals([
    joined.status?.phase,
    joined.status?.actor,
    joined.status?.updated_at,
    joined.status?.deadline_at,
  ], [
    "pending",
    "end",
    NOW.toISOString(),
    "2999-01-01T00:00:00Z",
  ]);
  assertEquals(joined.extra.map(({ valueText }) => valueText), ["-0"]);
  assertEquals(build([slice(0), slice(1), slice(2)]), build([slice(0), slice(1), slice(2)]));
});

Deno.test("slices that ended elsewhere, or did not come, are null, and named in a header", () => {
  const joined = parseEnvelope(build([end(0), slice(2)], { cause: "timeout" }).body);
  assertEquals(joined.payload, "[null,null,2]");
  const { missing, ended, cause } = joined.headers?.["x-troupe-join"] as Record<string, unknown>;
  assertEquals([missing, cause], [[0, 1], "timeout"]);
  assertEquals((ended as object[]).map((each) => ({ ...each })), [
    { i: 0, id: "s0", phase: "failed", reason: "ValueError" },
  ]);
});

Deno.test("fewer than are wanted fail in x-sink, as what was fanned out, with those that came", () => {
  const output = build([end(0), end(1), slice(2)], { quorum: 2 });
  assertEquals(output.to, "x-sink");
  const { id, status, route, payload, headers } = parseEnvelope(output.body);
  assertEquals([id, status?.phase, status?.error?.type, payload], [
    "origin",
    "failed",
    "troupe.JoinFailed",
    "[null,null,2]",
  ]);
  // A replay finds it at the join without a frame, and so goes on.
  assertEquals([route.curr, framesOf(headers)], ["x-join", []]);
});

Deno.test("what is given up fails likewise, though no quorum was asked for; the message names what is missing", () => {
  const output = build([slice(2)], { cause: "timeout", quorum: EVERY_SLICE, n: 30 });
  const { status } = parseEnvelope(output.body);
  assertEquals([output.to, status?.phase, status?.error?.type], ["x-sink", "failed", "troupe.JoinFailed"]);
  const { message = "" } = status?.error ?? {};
  assertMatch(
    message,
    /^1 of 30 slices came, and nothing more for so long .* Missing: 0, 1, 3, .* and 9 more; /,
  );
});

Deno.test("where nothing came nothing goes on, but for word to the join around it", () => {
  assertEquals(build([end(0), end(1), end(2)]).to, "");
  const nested = (i: number, outer = OUTER) =>
    end(i, { frames: [outer, frameOf(i)], phase: i === 1 ? "dead" : "succeeded" });
  const output = build([nested(0), nested(1), nested(2)]);
  assertEquals(output.to, "x-join");
  assertEquals(readSliceEnd(output.body), {
    id: "origin",
    root: "top",
    frames: [OUTER],
    phase: "dead",
    reason: "ValueError",
  });
  const { join: _join, ...unjoined } = OUTER;
  assertEquals(build([0, 1, 2].map((i) => nested(i, unjoined))).to, "");
});

Deno.test("a nested fan-out pops its own frame, and says what was joined before", () => {
  const headers = { "x-troupe-join": { g: "earlier", before: ["first"] } };
  const slices = [0, 1, 2].map((i) => slice(i, { frames: [OUTER, frameOf(i)], headers }));
  const joined = parseEnvelope(build(slices).body);
  assertEquals(framesOf(joined.headers).map((frame) => ({ ...frame })), [OUTER]);
  assertEquals((joined.headers?.["x-troupe-join"] as { before: unknown }).before, ["first", "earlier"]);
});

Deno.test("what is larger than an envelope may be goes to x-sump, under the id of what was fanned out", () => {
  const big = JSON.stringify("x".repeat(6_000_000));
  const output = build([0, 1, 2].map((i) => slice(i, { payload: big })));
  assertEquals([output.id, output.to], ["origin", "x-sump"]);
});

Deno.test("a frame of an older host does not name what was fanned out: the slices do", () => {
  const { id: _id, parent_id: _parent, ...old } = frameOf(0);
  assertEquals(originOf(old, { id: "o", parentId: "p" }), { id: "o", parentId: "p" });
  assertEquals(originOf({ ...old, i: 2 }, { id: "c", parentId: "o" }).id, "o");
  assertEquals(originOf({ ...old, i: 2 }, { id: "c" }).id, "c");
});

Deno.test("whatever comes in whatever order, what is joined has one place for each slice", () => {
  const kinds = fc.array(fc.constantFrom("slice", "end", "none"), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(kinds, fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }), (kinds, quorum) => {
      const n = kinds.length;
      const frames = (i: number) => [frameOf(i, { n })];
      const held = kinds.flatMap((kind, i) =>
        kind === "none"
          ? []
          : [kind === "slice" ? slice(i, { frames: frames(i) }) : end(i, { frames: frames(i) })]
      );
      const output = build(held, { n, cause: "timeout", ...(quorum === undefined ? {} : { quorum }) });
      const arrived = kinds.filter((kind) => kind === "slice").length;
      if (arrived === 0) return assertEquals(output.to, "");
      assertEquals(output.to, arrived >= Math.min(quorum ?? 1, n) ? "end" : "x-sink");
      const { payload, headers } = parseEnvelope(output.body);
      assertEquals(JSON.parse(payload), kinds.map((kind, i) => kind === "slice" ? i : null));
      const missing = kinds.flatMap((kind, i) => kind === "slice" ? [] : [i]);
      assertEquals((headers?.["x-troupe-join"] as { missing: unknown }).missing, missing);
    }),
  );
});
