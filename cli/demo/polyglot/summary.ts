/**
 * What a triage tells at its end. Pure: from the account to lines.
 *
 * @module
 */

import { countOf, formatCount, formatDuration } from "../../view/quantity.ts";
import type { Styles } from "../../view/styles.ts";
import { formatTable } from "../../view/table.ts";
import { fit, printable, wrap } from "../../view/text.ts";
import { type MailLine, TOPICS, type TriageAccount } from "./account.ts";
import type { HopTime } from "./hop_times.ts";
import type { LanguageOf } from "./toolchains.ts";

/** An actor, with what it did. */
export interface ActorLine extends LanguageOf {
  readonly time: HopTime | undefined;
}

/** A triage that has come to its end. */
export interface Triage {
  readonly account: TriageAccount;
  readonly actors: readonly ActorLine[];
  /** Mails that were sent. */
  readonly mailCount: number;
  /** From the start until every actor ran, and from then until everything had ended. */
  readonly startMs: number;
  readonly triageMs: number;
}

const right = "right" as const;
const COLUMNS = [
  { title: "TOPIC" },
  { title: "MAILS", align: right },
  { title: "DRAFTS", align: right },
  { title: "ORDERS", align: right },
  { title: "CARDS", align: right },
  { title: "IBANS", align: right },
  { title: "ENDED AT" },
];
const ACTORS = [{ title: "ACTOR" }, { title: "LANGUAGE" }, { title: "HOPS", align: right }, {
  title: "MEDIAN",
  align: right,
}];

/** Whether every mail came to an end, and to one that it may come to. */
export function isGood({ account: { lost, unexpected } }: Pick<Triage, "account">): boolean {
  return lost.length === 0 && unexpected.length === 0;
}

/** The lines, none wider than `width`. */
export function renderTriage(
  triage: Triage,
  { width, styles }: { readonly width: number; readonly styles: Styles },
): string[] {
  const { account, actors, mailCount, startMs, triageMs } = triage;
  const { sent, results, lost, unexpected, repeats } = account;
  const totals = [
    `${countOf(mailCount, "mail")} in ${countOf(sent, "envelope")}, ${countOf(results, "result")}; ` +
    `${formatDuration(startMs)} to build and start, ${formatDuration(triageMs)} to triage`,
    ...repeats > 0 ? [`arrived again, and recognised by id: ${formatCount(repeats)}`] : [],
    ...unexpected.map((what) => styles.bad(`unexpected: ${printable(what)}`)),
    lost.length === 0
      ? styles.good("lost 0")
      : styles.bad(`lost ${formatCount(lost.length)}: ${lost.map(printable).join(", ")}`),
  ];
  return [
    "",
    ...actorTable(actors, styles),
    "",
    ...topicTable(account.mails, styles),
    "",
    ...totals.flatMap((line) => wrap(line, { width, lines: 10 })),
  ].map((line) => fit(line, width));
}

function actorTable(actors: readonly ActorLine[], styles: Styles): string[] {
  const rows = actors.map(({ actor, language, missing, time }) => [
    styles.name(actor),
    language,
    ...missing === undefined
      ? [formatCount(time?.hops ?? 0), time ? formatDuration(time.medianMs) : ""]
      : [styles.warn("left out")],
  ]);
  const [titles = "", ...table] = formatTable(ACTORS, rows);
  return [styles.dim(titles), ...table];
}

function topicTable(mails: readonly MailLine[], styles: Styles): string[] {
  const byTopic = Map.groupBy(mails, ({ topic }) => topic);
  const rows = TOPICS.flatMap((topic) => {
    const some = byTopic.get(topic);
    return some ? [[styles.name(topic), ...cells(some)]] : [];
  });
  const [titles = "", ...table] = formatTable(COLUMNS, [...rows, ["all", ...cells(mails)]]);
  return [styles.dim(titles), ...table];
}

function cells(mails: readonly MailLine[]): string[] {
  const sum = (of: (mail: MailLine) => number) => formatCount(mails.reduce((sum, mail) => sum + of(mail), 0));
  const ends = Map.groupBy(mails.flatMap(({ endedAt }) => endedAt), (actor) => actor);
  return [
    formatCount(mails.length),
    sum(({ drafts }) => drafts),
    sum(({ orders }) => orders.length),
    sum(({ cards }) => cards),
    sum(({ ibans }) => ibans),
    [...ends].sort(([a], [b]) => a < b ? -1 : 1).map(([actor, all]) => `${printable(actor)} ${all.length}`)
      .join(
        ", ",
      ),
  ];
}
