import { assertEquals } from "@std/assert";
import { Controls, type ControlState, readControlState, writeControlState } from "./controls.ts";
import type { Headers } from "./envelope.ts";

const NONE: ControlState = { revision: 0, paused: [], canceled: [] };

function controls(...states: Partial<ControlState>[]): Controls {
  const all = new Controls();
  for (const state of states) all.apply({ ...NONE, ...state });
  return all;
}

Deno.test("what is paused is what the newest state says", () => {
  const all = controls({ revision: 2, paused: ["a", "b"] });
  assertEquals(["a", "b", "c"].map((actor) => all.isPaused(actor)), [true, true, false]);
  all.apply({ ...NONE, revision: 1, paused: ["c"] });
  assertEquals(["a", "b", "c"].map((actor) => all.isPaused(actor)), [true, true, false]);
  all.apply({ ...NONE, revision: 3, paused: ["b"] });
  assertEquals(["a", "b", "c"].map((actor) => all.isPaused(actor)), [false, true, false]);
});

Deno.test("listeners are told when what is paused changes, and not otherwise", () => {
  const all = controls();
  let told = 0;
  const stop = all.onPausedChange(() => told++);
  all.apply({ ...NONE, revision: 1, paused: ["a"] });
  all.apply({ ...NONE, revision: 2, paused: ["a"], canceled: [{ id: "1", at: 1 }] });
  assertEquals(told, 1);
  all.apply({ ...NONE, revision: 3, paused: ["b"] });
  assertEquals(told, 2);
  stop();
  all.apply({ ...NONE, revision: 4 });
  assertEquals(told, 2);
});

/** Headers of a slice of `parent`, itself a part of what came of `root`. */
const sliceOf = (parent: string, root: string): Headers => ({
  "x-troupe-root": root,
  "x-troupe-fan": [{ g: "g", run: "r", i: 0, n: 2, id: parent }],
});

const CASES:
  readonly (readonly [string, Partial<ControlState>, { id: string; headers?: Headers }, boolean])[] = [
    ["nothing is called off", {}, { id: "1" }, false],
    ["another one", { canceled: [{ id: "2", at: 1 }] }, { id: "1" }, false],
    ["itself", { canceled: [{ id: "1", at: 1 }] }, { id: "1" }, true],
    ["itself alone", { canceled: [{ id: "1", only: true, at: 1 }] }, { id: "1" }, true],
    ["what it came of", { canceled: [{ id: "0", at: 1 }] }, { id: "1", headers: sliceOf("x", "0") }, true],
    [
      "what it was a slice of",
      { canceled: [{ id: "x", at: 1 }] },
      { id: "1", headers: sliceOf("x", "0") },
      true,
    ],
    [
      "what it was a slice of, alone",
      { canceled: [{ id: "x", only: true, at: 1 }] },
      { id: "1", headers: sliceOf("x", "0") },
      false,
    ],
  ];

for (const [what, state, envelope, canceled] of CASES) {
  Deno.test(`called off: ${what}`, () => assertEquals(controls(state).isCanceled(envelope), canceled));
}

Deno.test("what is called off stays so, whichever state comes when, until it is forgotten", () => {
  const all = controls({ revision: 5, canceled: [{ id: "1", at: 10 }] }, {
    revision: 4,
    canceled: [{ id: "2", at: 20 }, { id: "1", only: true, at: 10 }],
  });
  assertEquals(all.isCanceled({ id: "2" }), true);
  assertEquals(all.isCanceled({ id: "3", headers: sliceOf("1", "0") }), true);
  all.forget(15);
  assertEquals([all.isCanceled({ id: "1" }), all.isCanceled({ id: "2" })], [false, true]);
});

Deno.test("a state comes out as it went in, and anything else is none", () => {
  const state: ControlState = { revision: 3, paused: ["a"], canceled: [{ id: "1", only: true, at: 5 }] };
  assertEquals(readControlState(writeControlState(state)), state);
  for (
    const text of [
      "",
      "{}",
      '{"revision":1,"paused":["A B"],"canceled":[]}',
      '{"revision":-1,"paused":[],"canceled":[]}',
    ]
  ) {
    assertEquals(readControlState(new TextEncoder().encode(text)), undefined);
  }
});
