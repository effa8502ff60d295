/**
 * The account of a run: what was sent, against what is found at the ends.
 *
 * @module
 */

import type { Store, StoredResult } from "@troupe/host/crew/store";
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
  /** Its most frequent words, over all sections. */
  readonly keywords: readonly string[];
  readonly stored: number;
  readonly reviewed: number;
  readonly failed: number;
}

/** One section that was scored, such as the hardest of all to read. */
export interface SectionLine {
  readonly path: string;
  readonly title: string;
  readonly readability: number;
  /** How it begins. */
  readonly excerpt: string;
}

/** Everything that was sent and everything that came of it. */
export interface Account {
  readonly documents: readonly DocumentLine[];
  /** The sections that were hardest and easiest to read, of those that needed no review. */
  readonly hardest: SectionLine | undefined;
  readonly easiest: SectionLine | undefined;
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
const Scored = z.object({
  verdict: z.string(),
  section: z.string(),
  words: z.number(),
  readability: z.number().nullable(),
  keywords: z.array(z.object({ word: z.string(), density: z.number() })),
  /** Of what `store` returns only. */
  excerpt: z.string().optional(),
});
type Scored = z.infer<typeof Scored>;
/** How many keywords of a document are told. */
const KEYWORDS = 3;
const Failed = z.object({ type: z.string() });

/** Makes the account of what was sent. @param sent Ids, and under which name each was noted. */
export async function accountOf(sent: ReadonlyMap<string, string>, store: Store): Promise<Account> {
  const documents: DocumentLine[] = [];
  const extremes = new Extremes();
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
    if (!name.startsWith(ATTACK) && !name.startsWith(HONEST)) {
      const sections = ends.results.flatMap(scoredOf);
      documents.push(documentLine(name, { ends, sections }));
      for (const section of sections) extremes.take(name, section);
    }
  }
  const { repeats, conflicts } = await store.counts();
  const { hardest, easiest } = extremes;
  return {
    documents,
    hardest,
    easiest,
    sent: sent.size,
    envelopes,
    results,
    dead,
    failures,
    lost,
    repeats,
    conflicts,
  };
}

function failuresOf({ results, dead }: TreeEnds): string[] {
  return [
    ...results.filter(({ phase }) => phase === "failed")
      .map(({ error }) => Failed.safeParse(JSON.parse(error || "{}")).data?.type ?? "unknown"),
    ...dead.map(({ reason }) => reason),
  ];
}

function scoredOf({ phase, payload }: StoredResult): Scored[] {
  const scored = phase === "succeeded" ? Scored.safeParse(JSON.parse(payload)).data : undefined;
  return scored ? [scored] : [];
}

function documentLine(
  path: string,
  { ends, sections }: { readonly ends: TreeEnds; readonly sections: readonly Scored[] },
): DocumentLine {
  const prose = sections.filter(({ readability }) => readability !== null);
  const wordsIn = (some: readonly Scored[]) => some.reduce((sum, { words }) => sum + words, 0);
  const ease = prose.reduce((sum, { readability, words }) => sum + (readability ?? 0) * words, 0);
  const reviewed = sections.filter(({ verdict }) => verdict === "to be reviewed").length;
  return {
    path,
    sections: ends.results.length,
    words: wordsIn(sections),
    readability: wordsIn(prose) > 0 ? ease / wordsIn(prose) : undefined,
    keywords: keywordsOf(sections),
    stored: sections.length - reviewed,
    reviewed,
    failed: ends.results.length - sections.length + ends.dead.length,
  };
}

function keywordsOf(sections: readonly Scored[]): string[] {
  const counts = new Map<string, number>();
  for (const { keywords, words } of sections) {
    for (const { word, density } of keywords) counts.set(word, (counts.get(word) ?? 0) + density * words);
  }
  return [...counts].sort(([, a], [, b]) => b - a).slice(0, KEYWORDS).map(([word]) => word);
}

/** Keeps the hardest and the easiest section. */
class Extremes {
  hardest: SectionLine | undefined;
  easiest: SectionLine | undefined;

  /** Takes a section into account, if it can be relied upon. */
  take(path: string, { section: title, readability, excerpt }: Scored): void {
    // Off Flesch's scale are tables and lists, which are no prose.
    if (readability === null || readability < 0 || readability > 100 || excerpt === undefined) return;
    const line = { path, title, readability, excerpt };
    if (readability < (this.hardest?.readability ?? Infinity)) this.hardest = line;
    if (readability > (this.easiest?.readability ?? -Infinity)) this.easiest = line;
  }
}
