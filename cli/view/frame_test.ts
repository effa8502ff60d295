import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { type ActorFigures, type MeshFigures, renderFrame } from "./frame.ts";
import { stylesFor } from "./styles.ts";
import { displayWidth } from "./text.ts";

const styles = stylesFor({ isTerminal: () => false });

const actor = (name: string, more: Partial<ActorFigures> = {}): ActorFigures => ({
  name,
  state: "running",
  problem: "",
  waiting: 0,
  inFlight: 0,
  done: 0,
  failed: 0,
  rate: 0,
  ...more,
});

const mesh = (more: Partial<MeshFigures> = {}): MeshFigures => ({
  title: "actors",
  uptimeMs: 12_345,
  actors: [actor("split", { done: 1204, rate: 31.4, waiting: 3 }), actor("score")],
  hint: "Ctrl-C finishes what is in hand and ends",
  log: [],
  ...more,
});

Deno.test("a frame shows every actor with its figures", () => {
  const lines = renderFrame(mesh(), { width: 80, height: 24, styles });
  assertEquals(lines, [
    "troupe  actors  up 12 s",
    "",
    "ACTOR  STATE    WAITING  IN FLIGHT   DONE  FAILED  RATE",
    "split  running        3          0  1,204       0  31/s",
    "score  running        0          0      0       0",
    "",
    "Ctrl-C finishes what is in hand and ends",
  ]);
});

Deno.test("the reason of a refusal is readable, and the log is below", () => {
  const refused = actor("rogue", { state: "refused", problem: "it imports wasi:sockets, ".repeat(6) });
  const lines = renderFrame(mesh({ actors: [refused], log: ["one", "two\u001b[2J"] }), {
    width: 60,
    height: 24,
    styles,
  });
  const text = lines.join("\n");
  assertStringIncludes(text, "rogue does not run: it imports wasi:sockets");
  assertEquals(text.match(/wasi:sockets/g)?.length, 6);
  assertEquals(lines.slice(-2), ["one", "two\\x1b[2J"]);
});

Deno.test("where there is little room, the busiest actors are shown and the rest is counted", () => {
  const actors = Array.from({ length: 30 }, (_, i) => actor(`a${i}`, i === 20 ? { rate: 5 } : {}));
  const text = renderFrame(mesh({ actors }), { width: 80, height: 12, styles }).join("\n");
  assertMatch(text, /^a20 /m);
  assertMatch(text, /^and 2\d more$/m);
});

Deno.test("a frame never exceeds its room", () => {
  const figures = fc.record({
    count: fc.nat(20),
    problem: fc.string({ unit: "grapheme", maxLength: 300 }),
    log: fc.array(fc.string({ unit: "grapheme" }), { maxLength: 10 }),
    width: fc.integer({ min: 1, max: 120 }),
    height: fc.integer({ min: 1, max: 40 }),
  });
  fc.assert(fc.property(figures, ({ count, problem, log, width, height }) => {
    const actors = Array.from({ length: count }, (_, i) => actor(`a${i}`, i % 5 === 0 ? { problem } : {}));
    const lines = renderFrame(mesh({ actors, log }), { width, height, styles });
    assert(lines.length <= height, `${lines.length} lines in ${height}`);
    for (const line of lines) assert(displayWidth(line) <= width, line);
  }));
});
