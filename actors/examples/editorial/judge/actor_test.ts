import { assertEquals } from "@std/assert";
import { run } from "@troupe/sdk/testing";
import type { ScoredSection } from "../section.ts";
import { CONFIDENT, handle } from "./actor.ts";

function section(confidence: number): ScoredSection {
  const score = { words: 9, sentences: 1, sentenceLength: 9, readability: 60, keywords: [], confidence };
  return { name: "a", title: "", index: 0, of: 1, text: "…", score };
}

const CASES: [number, string][] = [[1, "store"], [CONFIDENT, "store"], [CONFIDENT - 0.001, "review"], [
  0,
  "review",
]];

for (const [confidence, next] of CASES) {
  Deno.test(`a confidence of ${confidence} goes to ${next}`, () => {
    const { emits } = run(handle, section(confidence), { grants: ["store", "review"], next: ["archive"] });
    assertEquals(emits.map(({ route }) => route.next), [[next, "archive"]]);
    assertEquals(emits[0]?.payload, JSON.parse(JSON.stringify(section(confidence))));
  });
}

Deno.test("it needs its grant", () => {
  assertEquals(run(handle, section(1)).failure?.kind, "troupe.RouteDenied");
});

Deno.test("a section without a score is a failure", () => {
  assertEquals(run(handle, JSON.parse("{}"), { grants: ["store"] }).failure?.kind, "TypeError");
});
