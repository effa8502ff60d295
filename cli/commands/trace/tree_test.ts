import { assertEquals } from "@std/assert";
import type { DeadRecord, StoredResult } from "@troupe/host/crew/store";
import type { HopRecord } from "@troupe/host/hop_record";
import { stylesFor } from "../../view/styles.ts";
import { traceJson, traceLines } from "./print.ts";
import { type TraceNode, traceTree } from "./tree.ts";

const styles = stylesFor({ isTerminal: () => false });

const hop = (id: string, actor: string, more: Partial<HopRecord> = {}): HopRecord => ({
  id,
  root: "doc",
  actor,
  hop: 0,
  attempt: 1,
  startedAt: 1000,
  finishedAt: 1004,
  verdict: "forwarded",
  children: [],
  host: "here:1",
  ...more,
});

const result = (id: string, more: Partial<StoredResult> = {}): StoredResult => ({
  id,
  root: "doc",
  phase: "succeeded",
  reason: "",
  actor: "store",
  route: '{"prev":["split","store"],"curr":"","next":[]}',
  headers: "{}",
  status: "{}",
  payload: "1",
  error: "",
  replay: 0,
  arrivedAt: 2000,
  repeats: 0,
  conflicts: 0,
  ...more,
});

const dead = (id: string, more: Partial<DeadRecord> = {}): DeadRecord => ({
  key: `${id}/1/0`,
  id,
  root: "doc",
  queue: "store",
  actor: "split",
  reason: "troupe.NoSuchActor",
  message: "There is no actor",
  error: "",
  body: new Uint8Array(),
  diedAt: 3000,
  ...more,
});

/** A tree as nested names, with where each envelope is. */
const shape = (node: TraceNode | undefined): unknown =>
  node && {
    [node.id]: [
      ...node.hops.map(({ actor }) => actor),
      ...node.ends.map((end) => end.kind === "dead" ? "dead" : end.result.phase),
      ...(node.waitingIn ? [`in ${node.waitingIn}`] : []),
      ...node.children.map(shape),
    ],
  };

/** A document that was cut in three; one part succeeded, one died, one waits. */
const RECORDS = {
  hops: [
    hop("doc", "store", {
      hop: 1,
      startedAt: 1010,
      finishedAt: 1011,
      children: [{ id: "doc", to: "x-sink" }],
    }),
    hop("doc", "split", {
      children: [{ id: "doc", to: "store" }, { id: "b", to: "store" }, { id: "c", to: "store" }],
      payload: '"text"',
    }),
  ],
  results: [result("doc")],
  dead: [dead("b")],
};

Deno.test("a tree has its hops in order of time, its children, and where each is", () => {
  assertEquals(shape(traceTree("doc", RECORDS)), {
    doc: ["split", "store", "succeeded", { b: ["dead"] }, { c: ["in store"] }],
  });
});

Deno.test("any part of a tree can be the beginning", () => {
  assertEquals(shape(traceTree("c", RECORDS)), { c: ["in store"] });
  assertEquals(traceTree("d", RECORDS), undefined);
});

Deno.test("an envelope whose record of a hop was lost is found by its end", () => {
  const records = { hops: [], results: [result("doc"), result("b", { parentId: "doc" })], dead: [dead("c")] };
  assertEquals(shape(traceTree("doc", records)), {
    doc: ["succeeded", { b: ["succeeded"] }, { c: ["dead"] }],
  });
});

Deno.test("a repeated hop is there twice, its child once", () => {
  const children = [{ id: "doc", to: "x-sink" }, { id: "b", to: "x-sink" }];
  const records = {
    hops: [hop("doc", "split", { children }), hop("doc", "split", { children })],
    results: [],
    dead: [],
  };
  assertEquals(shape(traceTree("doc", records)), {
    doc: ["split", "split", "in x-sink", { b: ["in x-sink"] }],
  });
});

Deno.test("forged parents do not lead in circles", () => {
  const records = {
    hops: [
      hop("a", "x", { parentId: "b" }),
      hop("b", "x", { parentId: "a" }),
      hop("c", "x", { parentId: "c" }),
    ],
    results: [],
    dead: [],
  };
  assertEquals(shape(traceTree("a", records)), { a: ["x", { b: ["x"] }] });
  assertEquals(shape(traceTree("c", records)), { c: ["x"] });
});

Deno.test("a tree is printed with its hops below each envelope", () => {
  const node = traceTree("doc", RECORDS) as TraceNode;
  const lines = traceLines(node, { payload: true, styles }).map((line) =>
    line.replaceAll(/\d\d:\d\d:\d\d/g, "T")
  );
  assertEquals(lines, [
    "doc  succeeded at store",
    "│ T.000 split   4.0 ms  forwarded → store and 2 children",
    '│   "text"',
    "│ T.010 store   1.0 ms  forwarded → x-sink",
    "│   payload not recorded: it was too large",
    "├─b  died in store: troupe.NoSuchActor: There is no actor",
    "└─c  waits for store, or is in its hands",
  ]);
});

Deno.test("what was joined, or waits, is told, with what was late or came twice", () => {
  const records = {
    hops: [
      hop("doc", "split", { children: [{ id: "doc", to: "x-join" }, { id: "b", to: "x-pause" }] }),
      hop("doc", "x-join", {
        hop: 1,
        startedAt: 1010,
        finishedAt: 1011,
        verdict: "joined",
        children: [{ id: "doc", to: "x-join" }],
      }),
      hop("b", "x-pause", {
        parentId: "doc",
        startedAt: 1020,
        finishedAt: 1021,
        verdict: "paused",
        children: [{ id: "b", to: "x-pause" }],
      }),
    ],
    results: [],
    dead: [],
    joins: [
      { g: "g", origin: "doc", root: "doc", beganAt: 1, joined: 0, missing: [], late: 0, doubles: 0 },
      {
        g: "h",
        origin: "doc",
        root: "doc",
        beganAt: 1,
        endedAt: 1030,
        cause: "timeout" as const,
        joined: 1,
        missing: [0, 2],
        late: 1,
        doubles: 2,
      },
    ],
  };
  const node = traceTree("doc", records) as TraceNode;
  const lines = traceLines(node, { payload: false, styles }).map((line) =>
    line.replaceAll(/\d\d:\d\d:\d\d/g, "T")
  );
  assertEquals(lines, [
    "doc  came to x-join: joined, or waits for the others",
    "│ T.000 split     4.0 ms  forwarded → x-join and 1 child",
    "│ T.010 x-join    1.0 ms  joined",
    "│ x-join collects what it was fanned out to",
    "│ T.030 x-join: 1 of 3 slices (timeout), without 0, 2, 1 late slice, 2 doubles",
    "└─b  waits for an answer in x-pause, or is on its way there",
    "    T.020 x-pause   1.0 ms  paused",
  ]);
  const [open, over] = JSON.parse(traceJson(node, { payload: false })).joins;
  assertEquals([open.fan_out, open.ended_at, over.cause, over.missing, over.late], [
    "g",
    undefined,
    "timeout",
    [0, 2],
    1,
  ]);
});

Deno.test("a failure, an attempt and a conflict are told", () => {
  const records = {
    hops: [
      hop("doc", "score", {
        attempt: 2,
        verdict: "failed",
        error: { type: "RangeError", message: "un\nlucky" },
      }),
    ],
    results: [result("doc", { phase: "failed", actor: "score", conflicts: 1, repeats: 2 })],
    dead: [],
  };
  const lines = traceLines(traceTree("doc", records) as TraceNode, { payload: false, styles });
  assertEquals(lines[0], "doc  failed at score, arrived 2 more times, 1 conflicting result not kept");
  assertEquals(lines[1]?.slice(15), "score   4.0 ms  failed, attempt 2: RangeError: un\\nlucky");
});

Deno.test("as JSON it has the same, with payloads to the letter", () => {
  const parsed = JSON.parse(traceJson(traceTree("doc", RECORDS) as TraceNode, { payload: true }));
  assertEquals(parsed.hops[0], {
    actor: "split",
    hop: 0,
    attempt: 1,
    started_at: "1970-01-01T00:00:01.000Z",
    duration_ms: 4,
    verdict: "forwarded",
    sent: [{ id: "doc", to: "store" }, { id: "b", to: "store" }, { id: "c", to: "store" }],
    host: "here:1",
    payload: "text",
  });
  assertEquals(parsed.ends[0].phase, "succeeded");
  assertEquals(
    parsed.children.map(({ id, waiting_in }: { id: string; waiting_in?: string }) => [id, waiting_in]),
    [
      ["b", undefined],
      ["c", "store"],
    ],
  );
});
