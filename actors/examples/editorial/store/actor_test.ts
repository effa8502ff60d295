import { assertEquals } from "@std/assert";
import { run } from "@troupe/sdk/testing";
import { scoreOf } from "../score/actor.ts";
import type { ScoredSection } from "../section.ts";
import { handle } from "./actor.ts";

function section(text: string): ScoredSection {
  return { name: "a.md", title: "T", index: 1, of: 3, text, score: scoreOf(text) };
}

Deno.test("the record has the score, and the beginning of the text", () => {
  const text = "The cat sat on the mat. ".repeat(20);
  assertEquals(run(handle, section(text)).payloads, [{
    verdict: "easy to read",
    document: "a.md",
    section: "T",
    index: 1,
    of: 3,
    ...JSON.parse(JSON.stringify(scoreOf(text))),
    excerpt: text.slice(0, 160).trimEnd(),
  }]);
});

Deno.test("a hard text is called hard", () => {
  const [record] = run(handle, section("Organizational infrastructure necessitates communication.")).payloads;
  assertEquals((record as { verdict: string }).verdict, "hard to read");
});
