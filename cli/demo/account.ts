/**
 * The account of a run: what was sent, against what is found at the ends.
 *
 * @module
 */

import type { Store } from "@troupe/host/crew/store";
import { z } from "zod";
import { type TreeEnds, treeEnds } from "../commands/tree_ends.ts";
import { ATTACK, HONEST } from "./attacks.ts";

/** What became of one document. */
export interface DocumentLine {
  readonly path: string;
  readonly sections: number;
  readonly words: number;
  /** Flesch reading ease over all of its prose; undefined where there is none. */
  readonly readability: number | undefined;
  readonly stored: number;
  readonly reviewed: number;
  readonly failed: number;
}

/** Everything that was sent and everything that came of it. */
export interface Account {
  readonly documents: readonly DocumentLine[];
  /** Envelopes that were submitted: documents, attacks, and honest ones after them. */
  readonly sent: number;
  /** Envelopes in all, those that actors made included. */
  readonly envelopes: number;
  readonly results: number;
  readonly dead: number;
  /** How often each type of error ended an envelope. */
  readonly failures: ReadonlyMap<string, number>;
  /** Names of what was sent and has not come to all of its ends. */
  readonly lost: readonly string[];
  /** Arrivals of what had arrived before, and was recognised. */
  readonly repeats: number;
  /** Other results under an id that had one. */
  readonly conflicts: number;
}

/** What `store` and `review` return, as far as it is shown. */
const Scored = z.object({ verdict: z.string(), words: z.number(), readability: z.number().nullable() });
const Failed = z.object({ type: z.string() });

/** Makes the account of what was sent. @param sent Ids, and under which name each was noted. */
export async function accountOf(sent: ReadonlyMap<string, string>, store: Store): Promise<Account> {
  const documents: DocumentLine[] = [];
  const failures = new Map<string, number>();
  const lost: string[] = [];
  let envelopes = 0;
  let results = 0;
  let dead = 0;
  for (const [id, name] of sent) {
    const ends = await treeEnds(store, id);
    if (!ends.complete) lost.push(name);
    envelopes += new Set([id, ...ends.results.map(({ id }) => id), ...ends.dead.map(({ id }) => id)]).size;
    results += ends.results.length;
    dead += ends.dead.length;
    for (const type of failuresOf(ends)) failures.set(type, (failures.get(type) ?? 0) + 1);
    if (!name.startsWith(ATTACK) && !name.startsWith(HONEST)) documents.push(documentLine(name, ends));
  }
  const { repeats, conflicts } = await store.counts();
  return { documents, sent: sent.size, envelopes, results, dead, failures, lost, repeats, conflicts };
}

function failuresOf({ results, dead }: TreeEnds): string[] {
  return [
    ...results.filter(({ phase }) => phase === "failed")
      .map(({ error }) => Failed.safeParse(JSON.parse(error || "{}")).data?.type ?? "unknown"),
    ...dead.map(({ reason }) => reason),
  ];
}

function documentLine(path: string, { results, dead }: TreeEnds): DocumentLine {
  const line = { sections: results.length, words: 0, stored: 0, reviewed: 0, failed: dead.length };
  let ease = 0;
  let prose = 0;
  for (const { phase, payload } of results) {
    const scored = phase === "succeeded" ? Scored.safeParse(JSON.parse(payload)).data : undefined;
    if (!scored) {
      line.failed++;
      continue;
    }
    line.words += scored.words;
    if (scored.verdict === "to be reviewed") line.reviewed++;
    else line.stored++;
    if (scored.readability !== null) {
      ease += scored.readability * scored.words;
      prose += scored.words;
    }
  }
  return { path, ...line, readability: prose > 0 ? ease / prose : undefined };
}
