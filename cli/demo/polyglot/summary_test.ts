import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { stylesFor } from "../../view/styles.ts";
import { displayWidth } from "../../view/text.ts";
import type { MailLine } from "./account.ts";
import { isGood, renderTriage, type Triage } from "./summary.ts";

const styles = stylesFor({ isTerminal: () => false });
const mail: MailLine = {
  id: "m1",
  topic: "orders",
  endedAt: ["reply", "reply"],
  drafts: 2,
  orders: ["a", "b"],
  cards: 1,
  ibans: 3,
};
const triage: Triage = {
  account: {
    mails: [mail, { ...mail, id: "m2", topic: "spam", endedAt: ["classify"], drafts: 0, orders: [] }],
    sent: 1,
    results: 3,
    lost: [],
    unexpected: [],
    repeats: 0,
  },
  actors: [
    { actor: "open", language: "rust", missing: "…", time: undefined },
    { actor: "reply", language: "js", time: { hops: 2, medianMs: 4.2 } },
  ],
  mailCount: 2,
  startMs: 2_000,
  triageMs: 300,
};

Deno.test("it tells of every topic and actor, and is no wider than it may be", () => {
  const lines = renderTriage(triage, { width: 80, styles });
  const table = lines.map((line) => line.replaceAll(/ +/g, " "));
  for (
    const line of [
      "open rust left out",
      "reply js 2 4.2 ms",
      "orders 1 2 2 1 3 reply 2",
      "spam 1 0 0 1 3 classify 1",
      "all 2 2 2 2 6 classify 1, reply 2",
      "lost 0",
    ]
  ) assert(table.includes(line), `${line} is not in\n${lines.join("\n")}`);
  assert(lines.every((line) => displayWidth(line) <= 80));
});

Deno.test("it is good only when nothing is lost or unexpected", () => {
  assertEquals(isGood(triage), true);
  const lost = { ...triage, account: { ...triage.account, lost: ["m2", "\u001b[2J"] } };
  const unexpected = { ...triage, account: { ...triage.account, unexpected: ["dead at open"] } };
  assertEquals([isGood(lost), isGood(unexpected)], [false, false]);
  const text = renderTriage(lost, { width: 80, styles }).join("\n");
  assertStringIncludes(text, "lost 2: m2");
  assert(!text.includes("\u001b"), "the name of a mail steers the terminal");
  assertStringIncludes(
    renderTriage(unexpected, { width: 80, styles }).join("\n"),
    "unexpected: dead at open",
  );
});
