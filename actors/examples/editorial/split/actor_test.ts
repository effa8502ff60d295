import { assertEquals } from "@std/assert";
import { run } from "@troupe/sdk/testing";
import fc from "fast-check";
import type { Section } from "../section.ts";
import { byHeadings, byParagraphs, handle } from "./actor.ts";

const MARKDOWN = `Before any heading.

# One
First line.

## Two ##

\`\`\`sh
# not a heading
\`\`\`
After the code.

# Empty

Three
=====
Last.
`;

Deno.test("a section for each heading that has a text", () => {
  assertEquals(byHeadings(MARKDOWN).map(({ title }) => title), ["", "One", "Two", "Three"]);
});

Deno.test("code blocks stay whole", () => {
  assertEquals(byHeadings(MARKDOWN)[2]?.text, "```sh\n# not a heading\n```\nAfter the code.");
});

Deno.test("a fence ends only with one of its kind, at least as long", () => {
  assertEquals(byHeadings("````\n```\n# in\n````\n# out\nx").map(({ title }) => title), ["", "out"]);
});

Deno.test("a table's row of dashes makes no heading, nor does a rule", () => {
  assertEquals(byHeadings("a | b\n---|---\n1 | 2\n\n---\nrest").length, 1);
});

Deno.test("short paragraphs go together, long ones stand alone", () => {
  const long = "word ".repeat(400).trim();
  assertEquals(byParagraphs(`a\n\nb\n \n\nc`).map(({ text }) => text), ["a\n\nb\n\nc"]);
  assertEquals(byParagraphs(`a\r\n\r\n${long}\r\n\r\nb`).length, 3);
});

Deno.test("each section knows its place", () => {
  const { payloads, failure } = run(handle, { name: "a.md", text: "# A\n1\n# B\n2" });
  assertEquals(failure, undefined);
  assertEquals(payloads as unknown as Section[], [
    { name: "a.md", title: "A", text: "1", index: 0, of: 2 },
    { name: "a.md", title: "B", text: "2", index: 1, of: 2 },
  ]);
});

Deno.test("a document without text has no sections", () => {
  assertEquals(run(handle, { name: "a.txt", text: " \n\n " }).payloads, []);
});

Deno.test("a document of very many sections stays within what one hop may emit", () => {
  const text = Array.from({ length: 5000 }, (_, n) => `# H${n}\ntext ${n}`).join("\n");
  const { payloads, failure } = run(handle, { name: "big.md", text });
  assertEquals(failure, undefined);
  assertEquals(payloads.length <= 400, true);
  assertEquals(
    (payloads as unknown as Section[]).map(({ text }) => text).join("\n\n").includes("text 4999"),
    true,
  );
});

Deno.test("no word of a plain text is lost", () => {
  fc.assert(fc.property(fc.array(fc.stringMatching(/^[a-z]{1,30}( [a-z]{1,30}){0,20}$/)), (paragraphs) => {
    const words = byParagraphs(paragraphs.join("\n\n")).flatMap(({ text }) => text.split(/\s+/));
    assertEquals(words, paragraphs.flatMap((paragraph) => paragraph.split(" ")));
  }));
});

Deno.test("texts made to take long do not", () => {
  for (const part of ["# a\n", "```\n", " \n", "\n", "a\n\n", "=\n", "# "]) {
    for (const name of ["a.md", "a.txt"]) run(handle, { name, text: part.repeat(200_000) });
  }
});
