import { assertEquals } from "@std/assert";
import { run } from "@troupe/sdk/testing";
import { scoreOf } from "../score/actor.ts";
import type { Score, ScoredSection } from "../section.ts";
import { handle, whyOf } from "./actor.ts";

function score(words: number, readability: number | null): Score {
  return { words, sentences: 1, sentenceLength: words, readability, keywords: [], confidence: 0.1 };
}

const REASONS: [Score, string][] = [
  [score(0, null), "there is no prose in it"],
  [score(4, 90), "4 words are too few to tell"],
  [score(200, 51.2), "its reading ease of 51.2 is close to 50"],
];

for (const [scored, why] of REASONS) {
  Deno.test(`a section is reviewed because ${why}`, () => assertEquals(whyOf(scored), why));
}

Deno.test("the record has the whole text", () => {
  const section: ScoredSection = {
    name: "a.md",
    title: "T",
    index: 0,
    of: 1,
    text: "Too short.",
    score: scoreOf("x"),
  };
  const [record] = run(handle, section).payloads;
  assertEquals(record, JSON.parse(JSON.stringify(handle(section))));
  assertEquals((record as { text: string }).text, "Too short.");
});
