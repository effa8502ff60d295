/**
 * The account of a triage: what became of each mail.
 *
 * @module
 */

import type { Store, StoredResult } from "@troupe/host/crew/store";
import { z } from "zod";
import { type TreeEnds, treeEnds } from "../../commands/tree_ends.ts";
import type { MailParcel } from "./mails.ts";

/** The topics by which an account is made, in the order in which they are shown. */
export const TOPICS = ["orders", "billing", "outage", "other", "spam", "unreadable", "unsorted"] as const;
/** What a mail is about; `unreadable` for one that `open` could not read, `unsorted` where nobody said it. */
export type Topic = typeof TOPICS[number];

/** What became of one mail. */
export interface MailLine {
  readonly id: string;
  readonly topic: Topic;
  /** The actor at which its route ended, or each slice of it. */
  readonly endedAt: readonly string[];
  readonly drafts: number;
  /** Numbers of orders that were found in it. */
  readonly orders: readonly string[];
  readonly cards: number;
  readonly ibans: number;
}

/** Everything that came of what was sent. */
export interface TriageAccount {
  /** Mails that came to an end, in the order in which they were sent. */
  readonly mails: readonly MailLine[];
  /** Envelopes that were sent. */
  readonly sent: number;
  readonly results: number;
  /** What came to no end: mails, or parts of one. */
  readonly lost: readonly string[];
  /** What ended in a way that it should not have, each in a few words. */
  readonly unexpected: readonly string[];
  /** Arrivals of what had arrived before, and was recognised. */
  readonly repeats: number;
}

const Redactions = z.object({ cards: z.number(), ibans: z.number() });
/** What the actors have put into a mail, as far as it is shown. */
const Triaged = z.object({
  id: z.string(),
  topic: z.enum(["orders", "billing", "outage", "other"]).optional(),
  problem: z.string().optional(),
  redactions: Redactions.optional(),
  order: z.object({ number: z.string() }).optional(),
  draft: z.object({ text: z.string() }).optional(),
});
type Triaged = z.infer<typeof Triaged>;

/** One end of a mail: what was in it, and where it ended. */
interface End {
  readonly mail: Triaged;
  readonly result: StoredResult;
}

/** Makes the account. @param sent Each parcel with the id under which it was sent. */
export async function triageAccount(
  sent: readonly (readonly [id: string, parcel: MailParcel])[],
  store: Store,
): Promise<TriageAccount> {
  const mails: MailLine[] = [];
  const lost: string[] = [];
  const unexpected: string[] = [];
  let results = 0;
  for (const [id, parcel] of sent) {
    const ends = await treeEnds(store, id);
    results += ends.results.length;
    const failures = failuresIn(ends);
    unexpected.push(...failures);
    const byMail = Map.groupBy(readEnds(ends, unexpected), ({ mail }) => mail.id);
    for (const mail of byMail.keys()) {
      if (!parcel.mails.includes(mail)) unexpected.push(`${mail} came of ${parcel.name}, and was not in it`);
    }
    for (const mail of parcel.mails) {
      const found = byMail.get(mail);
      if (found) mails.push(lineOf(mail, found));
      // What failed has come to an end as well, and is told of above.
      else if (!ends.complete || failures.length === 0) lost.push(mail);
    }
    if (!ends.complete && parcel.mails.every((mail) => byMail.has(mail))) {
      lost.push(`a part of ${parcel.name}`);
    }
  }
  const { repeats, conflicts } = await store.counts();
  if (conflicts > 0) unexpected.push(`${conflicts} other results came under an id that had one`);
  return { mails, sent: sent.length, results, lost, unexpected, repeats };
}

function failuresIn({ results, dead }: TreeEnds): string[] {
  return [
    ...results.filter(({ phase }) => phase !== "succeeded")
      .map(({ actor, phase, error }) => `${phase} at ${actor}: ${error}`),
    ...dead.map(({ actor, reason, message }) => `dead at ${actor}: ${reason}: ${message}`),
  ];
}

function readEnds({ results }: TreeEnds, unexpected: string[]): End[] {
  return results.filter(({ phase }) => phase === "succeeded").flatMap((result) => {
    const mail = Triaged.safeParse(JSON.parse(result.payload));
    if (mail.success) return [{ mail: mail.data, result }];
    unexpected.push(`${result.id} ended at ${result.actor} as no mail: ${z.prettifyError(mail.error)}`);
    return [];
  });
}

function lineOf(id: string, ends: readonly End[]): MailLine {
  const [first] = ends;
  // Every slice of a mail has what was found before it was divided.
  const redactions = first?.mail.redactions ?? { cards: 0, ibans: 0 };
  return {
    id,
    topic: first ? topicOf(first) : "unsorted",
    endedAt: ends.map(({ result }) => result.actor),
    drafts: ends.filter(({ mail }) => mail.draft).length,
    orders: ends.flatMap(({ mail }) => mail.order?.number ?? []),
    ...redactions,
  };
}

function topicOf({ mail, result }: End): Topic {
  if (mail.problem !== undefined) return "unreadable";
  // Nothing but spam ends its route there: what an actor drops comes to its end as it was before.
  if (result.actor === "classify" && result.reason === "Aborted") return "spam";
  return mail.topic ?? "unsorted";
}
