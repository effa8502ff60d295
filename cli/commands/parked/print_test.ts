import { assertEquals } from "@std/assert";
import { stylesFor } from "../../view/styles.ts";
import { openJoinJson, openJoinLine, parkedJson, parkedLine } from "./print.ts";

const styles = stylesFor({ isTerminal: () => false });
const PARKED = {
  key: "1/2/0",
  id: "1",
  root: "r",
  actor: "ask",
  question: '{"ask":"?"}',
  at: Date.parse("2026-03-01T12:00:00Z"),
  repeats: 0,
};

Deno.test("what waits is one line: since when, the id, the actor before, and the question", () => {
  const line = (more: object) =>
    parkedLine({ ...PARKED, ...more }, styles).replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, "T");
  const id = "1".padEnd(36);
  assertEquals(line({}), `T  ${id}  after ask:  {"ask":"?"}`);
  assertEquals(line({ actor: "", question: "null" }), `T  ${id}  first in its route:  (no question)`);
  assertEquals(line({ dueAt: PARKED.at }), `T  ${id}  after ask:  {"ask":"?"}  until T`);
});

Deno.test("for programs it is one JSON object", () => {
  assertEquals(JSON.parse(parkedJson({ ...PARKED, dueAt: PARKED.at + 1000 })), {
    key: "1/2/0",
    id: "1",
    root: "r",
    actor: "ask",
    since: "2026-03-01T12:00:00.000Z",
    until: "2026-03-01T12:00:01.000Z",
    question: { ask: "?" },
  });
});

const JOIN = {
  g: "g",
  origin: "1",
  root: "r",
  beganAt: PARKED.at,
  lastAt: PARKED.at + 1000,
  n: 20,
  arrived: 6,
  ended: 0,
  missing: [1, 2],
};

Deno.test("a join that waits is one line: since when, the id of what was fanned out, and what is missing", () => {
  const line = (more: object) =>
    openJoinLine({ ...JOIN, ...more }, styles).replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, "T");
  const id = "1".padEnd(36);
  assertEquals(line({}), `T  ${id}  6 of 20 slices came; without 1, 2`);
  assertEquals(
    line({ ended: 2, missing: Array.from({ length: 12 }, (_, i) => i), quorum: 8, dueAt: PARKED.at }),
    `T  ${id}  6 of 20 slices came, 2 ended elsewhere; without 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more  ` +
      "8 are enough  until T",
  );
});

Deno.test("for programs that is one JSON object, too", () => {
  assertEquals(JSON.parse(openJoinJson(JOIN)), {
    g: "g",
    id: "1",
    root: "r",
    since: "2026-03-01T12:00:00.000Z",
    last: "2026-03-01T12:00:01.000Z",
    until: null,
    quorum: null,
    n: 20,
    arrived: 6,
    ended: 0,
    missing: [1, 2],
  });
});
