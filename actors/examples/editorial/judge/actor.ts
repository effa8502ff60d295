/**
 * Decides where a section goes next, by how much its score can be relied upon.
 *
 * @module
 */

import { set, type Steps } from "@troupe/sdk";
import type { ScoredSection } from "../section.ts";

/** From this confidence on, nobody has to look at a section. */
export const CONFIDENT = 0.4;

/** Puts `store` or `review` before what is left of the route. */
export function* handle(section: ScoredSection): Steps<ScoredSection> {
  const next = section.score.confidence >= CONFIDENT ? "store" : "review";
  yield set(".route.next[:0]", [next]);
  yield section;
}
