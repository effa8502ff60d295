import { assertEquals } from "@std/assert";
import { stylesFor } from "../../view/styles.ts";
import { parkedJson, parkedLine } from "./print.ts";

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
