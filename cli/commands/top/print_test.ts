import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { stylesFor } from "../../view/styles.ts";
import { type MeshPicture, pictureJson, pictureLines, summaryLine } from "./print.ts";
import type { ActorPicture } from "./watch.ts";

const styles = stylesFor({ isTerminal: () => false });

const actor = (name: string, more: Partial<ActorPicture> = {}): ActorPicture => ({
  name,
  depth: { ready: 0, delayed: 0, leased: 0 },
  hops: 0,
  failed: 0,
  retried: 0,
  p50Ms: undefined,
  p99Ms: undefined,
  busy: 0,
  hosts: 0,
  done: 0,
  restarts: 0,
  ...more,
});

const SCORE = actor("score", {
  depth: { ready: 1204, delayed: 3, leased: 8 },
  hops: 120.4,
  failed: 0.5,
  retried: 0.01,
  p50Ms: 4.1,
  p99Ms: 870,
  busy: 7.6,
  hosts: 2,
  done: 5000,
  restarts: 2,
  lastError: { type: "ValueError", message: "two\nlines", at: 0 },
});

const picture = (more: Partial<MeshPicture> = {}): MeshPicture => ({
  at: 0,
  transport: "embedded",
  problem: "",
  actors: [
    SCORE,
    actor("split"),
    actor("x-pause", { depth: { ready: 1, delayed: 0, leased: 0 } }),
    actor("x-sink"),
  ],
  ...more,
});

Deno.test("a table has a line for each actor, and for those of the crew that have something to do", () => {
  const [titles, ...rows] = pictureLines(picture(), { styles });
  assertMatch(
    titles ?? "",
    /^ACTOR +WAITING +LATER +IN FLIGHT +HOPS\/S +FAILED\/S +RETRIED\/S +P50 +P99 +RESTARTS +LAST ERROR$/,
  );
  assertEquals(rows.map((row) => row.split(/ +/)[0]), ["score", "split", "x-pause"]);
  assertMatch(
    rows[0] ?? "",
    /^score +1,204 +3 +8 +120 +0\.5 +<0\.1 +4\.1 ms +870 ms +2 +\d\d:\d\d:\d\d ValueError: two\\nlines$/,
  );
  assertMatch(rows[1] ?? "", /^split +0 +0 +0$/);
});

Deno.test("where a broker does not tell, what is in flight is estimated and said to be", () => {
  const [, row = ""] = pictureLines(picture({ transport: "rabbitmq" }), { styles });
  assertMatch(row, /^score +1,204 +~7\.6 +120/);
  const [, busy = ""] = pictureLines(
    picture({ transport: "rabbitmq", actors: [actor("a", { busy: 64.2 })] }),
    { styles },
  );
  assertMatch(busy, /~64/);
});

Deno.test("it fits a terminal: the busiest stay, and nothing is wider", () => {
  const actors = Array.from(
    { length: 50 },
    (_, n) => actor(`a${n}`, n === 40 ? { failed: 1 } : n === 7 ? { hops: 3 } : {}),
  );
  const lines = pictureLines(picture({ actors }), { styles, width: 40, height: 8, hint: "Ctrl-C ends" });
  assertEquals(lines.length, 8);
  assert(lines.every((line) => line.length <= 40));
  const text = lines.join("\n");
  for (const expected of ["a40", "a7", "and 46 more", "Ctrl-C ends"]) assertStringIncludes(text, expected);
  assert(text.indexOf("a7 ") < text.indexOf("a40"), "they stand as they stood");
});

Deno.test("what is wrong with the queues, and that there is nothing, is said", () => {
  const text = pictureLines(picture({ actors: [], problem: "no broker\u001b[2J" }), { styles }).join("\n");
  assertStringIncludes(text, "no actor yet");
  assertStringIncludes(text, "no broker\\x1b[2J");
});

Deno.test("a line says it of the whole mesh", () => {
  assertMatch(
    summaryLine(picture()),
    /^\d\d:\d\d:\d\d {2}waiting 1,204, in flight 8, hops 120\/s, failed 0\.5\/s, retried <0\.1\/s, restarts 2, slowest score, p99 870 ms$/,
  );
  assertMatch(
    summaryLine(picture({ transport: "rabbitmq", actors: [], problem: "no broker" })),
    /waiting 0, in flight ~0\.0, hops 0\/s, failed 0\/s, retried 0\/s, restarts 0, no broker$/,
  );
});

Deno.test("as JSON every queue is there, and what is estimated says so", () => {
  const { at, problem, actors } = JSON.parse(pictureJson(picture()));
  assertEquals([at, problem], ["1970-01-01T00:00:00.000Z", undefined]);
  assertEquals(actors.map(({ actor }: { actor: string }) => actor), ["score", "split", "x-pause", "x-sink"]);
  assertEquals(actors[0], {
    actor: "score",
    ready: 1204,
    delayed: 3,
    in_flight: 8,
    hops_per_second: 120.4,
    failed_per_second: 0.5,
    retried_per_second: 0.01,
    p50_ms: 4.1,
    p99_ms: 870,
    done: 5000,
    hosts: 2,
    restarts: 2,
    last_error: { type: "ValueError", message: "two\nlines", at: "1970-01-01T00:00:00.000Z" },
  });
  const elsewhere = JSON.parse(pictureJson(picture({ transport: "rabbitmq", problem: "p" })));
  assertEquals(
    [elsewhere.problem, elsewhere.actors[0].in_flight, elsewhere.actors[0].in_flight_is_estimated],
    [
      "p",
      7.6,
      true,
    ],
  );
});
