/**
 * How hard an English text is to read.
 *
 * @module
 */

/** What was counted in a text. */
export interface Counts {
  readonly words: readonly string[];
  readonly sentences: number;
  readonly syllables: number;
}

/** Counts words, sentences and syllables. The end of a paragraph or of a list's item ends a sentence, too. */
export function count(prose: string): Counts {
  const words = prose.match(/\p{L}[\p{L}\p{M}\p{N}]*(?:['’-][\p{L}\p{N}]+)*/gu) ?? [];
  const sentences =
    prose.split(/(?<![.!?])[.!?]+(?=\s|$)|\n/u).filter((sentence) => /\p{L}/u.test(sentence)).length;
  return { words, sentences, syllables: words.reduce((sum, word) => sum + syllablesOf(word), 0) };
}

/**
 * Syllables of an English word, by a heuristic that is right for about nine words of ten: groups of vowels, less a silent
 * e at the end; at least one.
 */
export function syllablesOf(word: string): number {
  const plain = word.normalize("NFD").toLowerCase().replace(/[^a-z]/g, "");
  const groups = plain.replace(/(?:[^laeiouy]es|[^laeiouy]ed|[^laeiouy]e|[aeiouy]le)$/, (end) => end[0] ?? "")
    .match(/[aeiouy]+/g);
  return Math.max(1, groups?.length ?? 0);
}

/**
 * Flesch reading ease: 206.835 − 1.015 · words per sentence − 84.6 · syllables per word. R. Flesch, "A new readability
 * yardstick", Journal of Applied Psychology 32 (1948).
 *
 * @returns null for a text without words.
 */
export function readingEase({ words, sentences, syllables }: Counts): number | null {
  if (words.length === 0 || sentences === 0) return null;
  return 206.835 - 1.015 * (words.length / sentences) - 84.6 * (syllables / words.length);
}
