/**
 * Makes the record of a section that needs nobody's attention.
 *
 * @module
 */

import { BORDER, type ScoredSection } from "../section.ts";

/** How much of the text stays in the record, in characters. */
const EXCERPT = 160;

/** The last actor of the route: what it returns is the result. */
export function handle({ name, title, index, of, text, score }: ScoredSection) {
  return {
    verdict: (score.readability ?? 0) >= BORDER ? "easy to read" : "hard to read",
    document: name,
    section: title,
    index,
    of,
    ...score,
    excerpt: text.slice(0, EXCERPT).trimEnd(),
  };
}
