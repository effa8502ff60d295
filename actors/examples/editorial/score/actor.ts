/**
 * Measures how readable a section is, and what it is about.
 *
 * @module
 */

import { BORDER, type Score, type ScoredSection, type Section } from "../section.ts";
import { keywordsOf, rounded } from "./keywords.ts";
import { proseOf } from "./prose.ts";
import { count, readingEase } from "./readability.ts";

/** How far from the border a verdict is beyond doubt: one step of Flesch's table, and a half. */
const CLEAR = 15;
/** How many words make up for about two thirds of the trust that length can give. */
const ENOUGH_WORDS = 40;

/** Adds a section's score. */
export function handle(section: Section): ScoredSection {
  return { ...section, score: scoreOf(section.text) };
}

/** Scores a text. */
export function scoreOf(text: string): Score {
  const counts = count(proseOf(text));
  const { words, sentences } = counts;
  const readability = readingEase(counts);
  return {
    words: words.length,
    sentences,
    sentenceLength: sentences === 0 ? 0 : rounded(words.length / sentences, 1),
    readability: readability === null ? null : rounded(readability, 1),
    keywords: keywordsOf(words),
    confidence: rounded(confidenceOf(words.length, readability), 3),
  };
}

/**
 * How much "easy" or "hard" can be relied upon: there has to be enough text (1 − e^(−words/40)), and the score has to be
 * clear of the border (its distance in steps of 15, at most 1). Both have to hold, so they are multiplied.
 */
export function confidenceOf(words: number, readability: number | null): number {
  if (readability === null) return 0;
  return (1 - Math.exp(-words / ENOUGH_WORDS)) * Math.min(1, Math.abs(readability - BORDER) / CLEAR);
}
