/**
 * What the demo tells at its end. Pure: from the account to lines.
 *
 * @module
 */

import { countOf, formatCount, formatDuration } from "../view/quantity.ts";
import type { Styles } from "../view/styles.ts";
import { formatTable } from "../view/table.ts";
import { fit, printable, wrap } from "../view/text.ts";
import type { Account, DocumentLine } from "./account.ts";
import type { AttackReport } from "./attacks.ts";
import type { Skipped } from "./documents.ts";

/** A run that has come to its end. */
export interface Run {
  readonly account: Account;
  readonly attacks: readonly AttackReport[];
  /** Attacks that there are. */
  readonly attackCount: number;
  readonly skipped: readonly Skipped[];
  readonly tookMs: number;
}

const DOCUMENTS = [
  { title: "DOCUMENT" },
  { title: "SECTIONS", align: "right" },
  { title: "WORDS", align: "right" },
  { title: "READING EASE", align: "right" },
  { title: "STORED", align: "right" },
  { title: "TO REVIEW", align: "right" },
  { title: "ABOUT" },
] as const;
const ATTACKS = [{ title: "ATTACK" }, { title: "CONTAINED" }, { title: "MESH AFTER IT" }, {
  title: "WHAT HAPPENED",
}];
/** Most documents that are listed. */
const MOST_LISTED = 15;

/** Whether everything is as it has to be: nothing lost, nothing in conflict, every attack contained, the mesh alive. */
export function isGood({ account, attacks, attackCount }: Run): boolean {
  return account.lost.length === 0 && account.conflicts === 0 && attacks.length === attackCount &&
    attacks.every(({ contained, alive }) => contained && alive);
}

/** The lines, none wider than `width`. */
export function renderSummary(
  run: Run,
  { width, styles }: { readonly width: number; readonly styles: Styles },
): string[] {
  const { account, attacks, skipped } = run;
  const lines = [
    "",
    ...documentTable(account.documents, styles),
    ...extremes(account, styles),
    "",
    ...attackTable(attacks, styles),
    ...skipped.filter(({ refused }) => refused).map(({ path, why }) =>
      styles.warn(`skipped ${printable(path)}: ${why}`)
    ),
    "",
    // Nothing of these is cut away.
    ...totals(run, styles).flatMap((line) => wrap(line, { width, lines: 10 })),
  ];
  return lines.map((line) => fit(line, width));
}

function documentTable(documents: readonly DocumentLine[], styles: Styles): string[] {
  if (documents.length === 0) return ["no document was found: name a folder with .md or .txt files"];
  const listed = documents.toSorted((a, b) => b.words - a.words).slice(0, MOST_LISTED);
  const rows = listed.map(({ path, sections, words, readability, stored, reviewed, keywords }) => [
    styles.name(printable(path)),
    formatCount(sections),
    formatCount(words),
    readability === undefined ? "" : readability.toFixed(0),
    formatCount(stored),
    formatCount(reviewed),
    printable(keywords.join(", ")),
  ]);
  const [titles = "", ...table] = formatTable(DOCUMENTS, rows);
  const hidden = documents.length - listed.length;
  return [styles.dim(titles), ...table, ...hidden > 0 ? [styles.dim(`and ${formatCount(hidden)} more`)] : []];
}

/** Two results, so that one sees what they are made of. */
function extremes({ hardest, easiest }: Account, styles: Styles): string[] {
  if (!hardest || !easiest || hardest === easiest) return [];
  return [["hardest to read", hardest] as const, ["easiest to read", easiest] as const].flatMap(
    ([what, { path, title, readability, excerpt }]) => [
      "",
      `${what}: ${styles.name(printable(path))}${title && `, ${printable(title)}`} ` +
      `(reading ease ${readability.toFixed(0)})`,
      styles.dim(`  ${printable(excerpt.replaceAll(/\s+/g, " "))}`),
    ],
  );
}

function attackTable(attacks: readonly AttackReport[], styles: Styles): string[] {
  const rows = attacks.map(({ attack, contained, what, alive }) => [
    styles.name(attack),
    contained ? styles.good("contained") : styles.bad("NOT CONTAINED"),
    alive ? styles.good("alive") : styles.bad("NOT ALIVE"),
    printable(what.split("\n", 1)[0] ?? ""),
  ]);
  const [titles = "", ...table] = formatTable(ATTACKS, rows);
  return [styles.dim(titles), ...table];
}

function totals({ account, tookMs, ...run }: Run, styles: Styles): string[] {
  const { documents, envelopes, results, dead, failures, lost, repeats, conflicts } = account;
  const contained = run.attacks.filter(({ contained, alive }) => contained && alive).length;
  const types = [...failures].sort().map(([type, count]) => `${count} × ${type}`).join(", ");
  return [
    `${countOf(documents.length, "document")} in, ${countOf(envelopes, "envelope")} made, ` +
    `${countOf(results, "result")}, ${formatCount(dead)} dead, in ${formatDuration(tookMs)}`,
    `failures by type: ${types || "none"}`,
    `attacks contained, and the mesh alive after it: ${contained} of ${run.attackCount}`,
    ...repeats + conflicts > 0
      ? [
        `arrived again, and recognised by id: ${formatCount(repeats)}; in conflict: ${
          formatCount(conflicts)
        }`,
      ]
      : [],
    lost.length === 0
      ? styles.good("lost 0")
      : styles.bad(`lost ${formatCount(lost.length)}: ${lost.slice(0, 5).map(printable).join(", ")}`),
  ];
}
