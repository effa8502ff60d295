/**
 * What a text is about, as far as the frequency of its words tells.
 *
 * @module
 */

import type { Keyword } from "../section.ts";

/** English words that say nothing of a text's subject. */
const COMMON = new Set(
  ("a about after again all also an and another any are as at be because been before but by can could did do does each else even every " +
    "for from get had has have he her here his how i if in into is it its itself just like made make many may me more " +
    "most must my never no nor not nothing now of off on once one only or other our out over own per same she should since so " +
    "some such than that the their them then there these they this those through to too under until up us use very was " +
    "way we were what when where whether which while who whole whose why will with without would yes yet you your")
    .split(" "),
);

/**
 * The most frequent words, common ones left out; ties in the order of the alphabet.
 *
 * @param most How many at most. @default 5
 */
export function keywordsOf(words: readonly string[], most = 5): Keyword[] {
  const counts = new Map<string, number>();
  for (const word of words) {
    const plain = word.toLowerCase();
    if (plain.length > 2 && !COMMON.has(plain)) counts.set(plain, (counts.get(plain) ?? 0) + 1);
  }
  return [...counts]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, most)
    .map(([word, times]) => ({ word, density: rounded(times / words.length, 4) }));
}

/** A number with so many digits after the point. */
export function rounded(number: number, digits: number): number {
  return Number(number.toFixed(digits));
}
