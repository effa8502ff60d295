import { assertEquals } from "@std/assert";
import type { Headers } from "./envelope.ts";
import { type FanFrame, framesOf, isTreeComplete, popFrame, pushFrame, rootOf } from "./fan.ts";

const frame = (g: string, i: number, n: number, run = "r"): FanFrame => ({ g, run, i, n });
const leaf = (...frames: FanFrame[]) => ({
  id: "",
  headers: frames.reduce<Headers>((headers, frame) => pushFrame(headers, frame, "root"), {}),
});

Deno.test("isTreeComplete() counts the slices of each fan-out", () => {
  const cases: [string, ReturnType<typeof leaf>[], boolean][] = [
    ["nothing has ended", [], false],
    ["never fanned out", [leaf()], true],
    ["one of two", [leaf(frame("g", 0, 2))], false],
    ["two of two", [leaf(frame("g", 0, 2)), leaf(frame("g", 1, 2))], true],
    ["the same slice twice", [leaf(frame("g", 0, 2)), leaf(frame("g", 0, 2))], false],
    // The first end of each id is the one that is kept: they may be of two executions for ever.
    ["slices of two executions", [leaf(frame("g", 0, 2, "r1")), leaf(frame("g", 1, 2, "r2"))], true],
    ["slices of two executions of which one made more", [
      leaf(frame("g", 0, 3, "r1")),
      leaf(frame("g", 1, 2, "r2")),
    ], false],
    [
      "one execution is whole, the other is not",
      [leaf(frame("g", 0, 3, "r1")), leaf(frame("g", 0, 2, "r2")), leaf(frame("g", 1, 2, "r2"))],
      true,
    ],
    [
      "a slice was fanned out again, and is not whole",
      [leaf(frame("g", 0, 2)), leaf(frame("g", 1, 2), frame("h", 0, 2))],
      false,
    ],
    [
      "a slice was fanned out again, and is whole",
      [
        leaf(frame("g", 0, 2)),
        leaf(frame("g", 1, 2), frame("h", 0, 2)),
        leaf(frame("g", 1, 2), frame("h", 1, 2)),
      ],
      true,
    ],
  ];
  for (const [what, leaves, expected] of cases) assertEquals(isTreeComplete(leaves), expected, what);
});

Deno.test("framesOf() passes over what a sender made up", () => {
  const made: [unknown, number][] = [
    [undefined, 0],
    ["x", 0],
    [{}, 0],
    [[null, 1, "x", [], {}], 0],
    [[{ g: 1, run: "r", i: 0, n: 1 }], 0],
    [[{ g: "g", run: "r", i: 2, n: 2 }], 0],
    [[{ g: "g", run: "r", i: -1, n: 2 }], 0],
    [[{ g: "g", run: "r", i: 0.5, n: 2 }], 0],
    [[{ g: "g", run: "r", i: 0, n: 2 }], 1],
  ];
  for (const [value, count] of made) {
    assertEquals(framesOf({ "x-troupe-fan": value } as Headers).length, count, JSON.stringify(value));
  }
});

Deno.test("popFrame() takes the innermost frame off, and leaves all else", () => {
  const nested = pushFrame(pushFrame({ own: 1 }, frame("g", 0, 2), "root"), frame("h", 1, 3), "root");
  const once = popFrame(nested);
  assertEquals(framesOf(once), [frame("g", 0, 2)]);
  assertEquals({ ...popFrame(once) }, { own: 1, "x-troupe-root": "root" });
  assertEquals({ ...popFrame(undefined) }, {});
});

Deno.test("rootOf() is the id itself where no other root is known", () => {
  assertEquals(rootOf({ id: "1" }), "1");
  assertEquals(rootOf({ id: "1", headers: { "x-troupe-root": 5 } }), "1");
  assertEquals(rootOf({ id: "1", headers: { "x-troupe-root": "0" } }), "0");
});
