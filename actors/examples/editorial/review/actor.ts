/**
 * Makes the record of a section that a person should look at.
 *
 * @module
 */

import { BORDER, type Score, type ScoredSection } from "../section.ts";

/** Fewer words than these say little. */
const FEW_WORDS = 30;

/** The last actor of the route: what it returns is the result. */
export function handle({ name, title, index, of, text, score }: ScoredSection) {
  return {
    verdict: "to be reviewed",
    why: whyOf(score),
    document: name,
    section: title,
    index,
    of,
    ...score,
    text,
  };
}

/** Why the score could not be relied upon. */
export function whyOf({ words, readability }: Score): string {
  if (readability === null) return "there is no prose in it";
  const near = `its reading ease of ${readability} is close to ${BORDER}`;
  return words < FEW_WORDS ? `${words} words are too few to tell` : near;
}
