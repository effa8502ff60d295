import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { displayWidth } from "../view/text.ts";
import { stylesFor } from "../view/styles.ts";
import type { Account } from "./account.ts";
import { isGood, renderSummary, type Run } from "./summary.ts";

const styles = stylesFor({ isTerminal: () => false });
const account: Account = {
  documents: [{
    path: "a\u001b[2J.md",
    sections: 2,
    words: 1200,
    readability: 61.4,
    keywords: ["mesh", "actor"],
    stored: 1,
    reviewed: 1,
    failed: 0,
  }],
  hardest: { path: "a.md", title: "Hard", readability: 11.2, excerpt: "Notwithstanding\nthe \u001b[2J" },
  easiest: { path: "b.md", title: "", readability: 99, excerpt: "The cat sat." },
  sent: 2,
  envelopes: 3,
  results: 3,
  dead: 0,
  failures: new Map([["troupe.Timeout", 1]]),
  lost: [],
  repeats: 0,
  conflicts: 0,
};
const attack = { attack: "spin", contained: true, what: "troupe.Timeout: …", alive: true };
const run: Run = { account, attacks: [attack], attackCount: 1, skipped: [], tookMs: 2_000 };

Deno.test("the summary tells what came of everything, and is no wider than it may be", () => {
  const lines = renderSummary(run, { width: 90, styles });
  const text = lines.join("\n");
  for (
    const part of [
      "1 document in, 3 envelopes made, 3 results",
      "1 × troupe.Timeout",
      "1 of 1",
      "lost 0",
      "1,200",
      "mesh, actor",
      "hardest to read: a.md, Hard (reading ease 11)",
      "easiest to read: b.md (reading ease 99)",
    ]
  ) {
    assertStringIncludes(text, part);
  }
  assert(lines.every((line) => displayWidth(line) <= 90));
  assert(!text.includes("\u001b"), "a document's name steers the terminal");
});

Deno.test("a run is good only when nothing is lost or in conflict, and each attack contained with the mesh alive", () => {
  assertEquals(isGood(run), true);
  const lost = { ...run, account: { ...account, lost: ["a.md"] } };
  assertStringIncludes(renderSummary(lost, { width: 90, styles }).join("\n"), "lost 1: a.md");
  for (
    const bad of [
      lost,
      { ...run, account: { ...account, conflicts: 1 } },
      { ...run, attacks: [] },
      { ...run, attacks: [{ ...attack, contained: false }] },
      { ...run, attacks: [{ ...attack, alive: false }] },
    ]
  ) assertEquals(isGood(bad), false);
});
