/**
 * What the demo's actors hand to each other.
 *
 * @module
 */

/** A text as it is sent in. */
export interface TextDocument {
  readonly name: string;
  readonly text: string;
}

/** A part of a document. */
export interface Section {
  /** The document's name. */
  readonly name: string;
  /** The heading above it; empty where there is none. */
  readonly title: string;
  /** Which one it is, from 0, and of how many. */
  readonly index: number;
  readonly of: number;
  readonly text: string;
}

/** The reading ease at which a text is as much easy as hard: below it Flesch's own table calls a text difficult. */
export const BORDER = 50;

/** A word and how much of a text it makes up. */
export interface Keyword {
  readonly word: string;
  /** Share of all words, between 0 and 1. */
  readonly density: number;
}

/** What was measured of a section. */
export interface Score {
  readonly words: number;
  readonly sentences: number;
  /** Words a sentence has on average. */
  readonly sentenceLength: number;
  /** Flesch reading ease: most texts are between 0 (hard) and 100 (easy); null for a text without words. */
  readonly readability: number | null;
  /** The most frequent words that mean something, at most five. */
  readonly keywords: readonly Keyword[];
  /** How much the verdict can be relied upon, between 0 and 1. */
  readonly confidence: number;
}

/** A section with its score. */
export interface ScoredSection extends Section {
  readonly score: Score;
}
