import { assert, assertEquals } from "@std/assert";
import { run } from "@troupe/sdk/testing";
import fc from "fast-check";
import { confidenceOf, handle, scoreOf } from "./actor.ts";
import { keywordsOf } from "./keywords.ts";
import { proseOf } from "./prose.ts";
import { count, readingEase, syllablesOf } from "./readability.ts";

const SYLLABLES: [string, number][] = [
  ["cat", 1],
  ["the", 1],
  ["make", 1],
  ["makes", 1],
  ["jumped", 1],
  ["table", 2],
  ["reading", 2],
  ["happy", 2],
  ["beautiful", 3],
  ["computer", 3],
  ["university", 5],
  ["Zoë", 1],
  ["x", 1],
];

for (const [word, syllables] of SYLLABLES) {
  Deno.test(`${word} has ${syllables} syllables`, () => assertEquals(syllablesOf(word), syllables));
}

Deno.test("reading ease is Flesch's formula", () => {
  // 6 words, 1 sentence, 6 syllables: 206.835 − 6.09 − 84.6.
  assertEquals(readingEase(count("The cat sat on the mat."))?.toFixed(3), "116.145");
  assertEquals(readingEase(count("")), null);
});

Deno.test("sentences end with marks, with paragraphs and with items; not within a number", () => {
  assertEquals(count("Version 1.5 is out. Is it? Yes!").sentences, 3);
  assertEquals(count("one item\nanother item").sentences, 2);
});

const PROSE: [string, string, string][] = [
  ["code blocks", "Before.\n\n```ts\nconst x = 1;\n```\nAfter.", "Before.\nAfter."],
  ["an open code block", "Before.\n\n```\nconst x = 1;", "Before."],
  ["inline code", "Call `f(x)` now.", "Call now."],
  ["links", "See [the docs](https://example.com/a_b) here.", "See the docs here."],
  ["bare addresses", "See https://example.com/x now.", "See now."],
  ["lists", "- one\n- two\n  and more", "one\ntwo and more"],
  ["numbered lists", "1. one\n2. two", "one\ntwo"],
  ["tables", "| a | b |\n|---|---|\n| c | d |", "a b\nc d"],
  ["emphasis", "**very** _much_", "very much"],
  ["comments", "a <!-- hidden\nwords --> b", "a b"],
];

for (const [name, text, prose] of PROSE) {
  Deno.test(`prose without ${name}`, () => assertEquals(proseOf(text), prose));
}

Deno.test("keywords are the frequent words that mean something", () => {
  const words = "the queue and the queue or a broker of the queue broker".split(" ");
  assertEquals(keywordsOf(words, 2), [{ word: "queue", density: 0.25 }, { word: "broker", density: 0.1667 }]);
});

Deno.test("confidence needs enough text, clear of the border", () => {
  assertEquals(confidenceOf(0, null), 0);
  assertEquals(confidenceOf(1000, 50), 0);
  assert(confidenceOf(1000, 80) > 0.99);
  assert(confidenceOf(5, 80) < 0.2);
  assert(confidenceOf(1000, 55) < confidenceOf(1000, 60));
});

Deno.test("an easy text and a hard one", () => {
  const easy = scoreOf("The dog ran to the park. It saw a cat. The cat ran up a tree. ".repeat(5));
  const hard = scoreOf(
    "Heterogeneous organizational infrastructure necessitates comprehensive interdepartmental communication. "
      .repeat(5),
  );
  assert((easy.readability ?? 0) > 90 && easy.confidence > 0.8);
  assert((hard.readability ?? 0) < 0 && hard.confidence > 0.5);
});

Deno.test("the actor adds the score, and nothing else", () => {
  const section = { name: "a", title: "t", index: 0, of: 1, text: "Some words here." };
  const { payloads, failure } = run(handle, section);
  assertEquals(failure, undefined);
  assertEquals(payloads, [JSON.parse(JSON.stringify({ ...section, score: scoreOf(section.text) }))]);
});

Deno.test("any text has a score that JSON can say", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const { confidence, readability, keywords } = scoreOf(text);
    assert(confidence >= 0 && confidence <= 1);
    assert(readability === null || Number.isFinite(readability));
    assert(keywords.every(({ density }) => density > 0 && density <= 1));
  }));
});

Deno.test("texts made to take long do not", () => {
  // Each of these takes minutes where time grows with the square of the length, and the test would be ended.
  for (const part of ["<!-- ", "[", "`", "~", "...", "```\n", "- ", "| ", "a.b", " \n"]) {
    scoreOf(part.repeat(200_000));
  }
});
