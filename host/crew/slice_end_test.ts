import { assertEquals } from "@std/assert";
import { utf8 } from "../_testing.ts";
import type { Headers } from "../envelope.ts";
import { readSliceEnd, sliceEndOf, writeSliceEnd } from "./slice_end.ts";

const FRAME = { g: "g", run: "r", i: 0, n: 2, id: "o" };
const headers = (...frames: object[]) =>
  ({ "x-troupe-fan": frames, "x-troupe-root": "root" }) as unknown as Headers;
const ENDED = { id: "s", phase: "failed", reason: "ValueError" };

Deno.test("a join is told of a slice that has one before it, or had one when it was made", () => {
  const rows: [what: string, frames: object[], curr: string, next: string[], phase: string, told: boolean][] =
    [
      ["never fanned out", [], "a", ["x-join"], "failed", false],
      ["no join anywhere", [FRAME], "a", ["b"], "failed", false],
      ["a join before it", [FRAME], "a", ["b", "x-join"], "failed", true],
      ["an actor took the join away", [{ ...FRAME, join: true }], "", [], "succeeded", true],
      [
        "only the outer one has a join",
        [{ ...FRAME, join: true }, { ...FRAME, g: "h" }],
        "",
        [],
        "succeeded",
        false,
      ],
      ["the join itself failed", [FRAME], "x-join", [], "failed", false],
      ["it died at the join", [FRAME], "x-join", [], "dead", true],
    ];
  for (const [what, frames, curr, next, phase, told] of rows) {
    const end = sliceEndOf({ ...ENDED, headers: headers(...frames), route: { curr, next }, phase });
    assertEquals(end !== undefined, told, what);
  }
});

Deno.test("the message comes back as it was written; envelopes and rubbish are none", () => {
  const frames = [{ ...FRAME, g: "outer", join: true as const }, { ...FRAME, parent_id: "up" }];
  const end = sliceEndOf({
    ...ENDED,
    headers: headers(...frames),
    route: { curr: "a", next: ["x-join"] },
    reason: "é\ud800".repeat(200),
  });
  assertEquals(end && readSliceEnd(writeSliceEnd(end)), end);
  assertEquals([end?.root, end?.frames.length, end?.reason.length, end?.reason.isWellFormed()], [
    "root",
    2,
    200,
    true,
  ]);
  const text = new TextDecoder().decode(writeSliceEnd(end as never));
  for (
    const other of [
      "{",
      "[]",
      text.replace('"n":2', '"n":200000'),
      text.replace(
        '{"x-troupe-slice-end":1',
        '{"x-troupe-slice-end":1,"route":{"prev":[],"curr":"x-join","next":[]}',
      ),
      '{"id":"1","route":{"prev":[],"curr":"x-join","next":[]}}',
    ]
  ) assertEquals(readSliceEnd(utf8(other)), undefined, other);
  assertEquals(readSliceEnd(Uint8Array.of(0xff)), undefined);
});
