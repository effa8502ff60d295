/**
 * Has the glue say when one of its own tables changes: those in which it keeps the guest's handles of resources. They are
 * not to be reached from outside, and the order in which free handles are given out again would tell of earlier calls.
 *
 * @module
 */

import { NotRestorable } from "./core_state.ts";

/** The functions through which jco has all of these tables used; the few that only read say so too. */
const DEFINED = /\bfunction (rscTable\w*)\([\w, ]*\) \{/g;
const MENTIONED = /\brscTable\w*/g;
/** Anything else that would change one. */
const ELSEWHERE = /\bhandleTable\d+(?:\.\w+\(|\[[^\]\n]*\]\s*=[^=])/;

/**
 * The glue, with a call of `instantiateCore.onHandles`, where there is one, at each change.
 *
 * @throws {NotRestorable} when it is not written as is known here.
 */
export function watchHandles(glue: string): string {
  const defined = [...glue.matchAll(DEFINED)].map(([, name]) => name as string);
  const mentioned = new Set([...glue.matchAll(MENTIONED)].map(([name]) => name));
  if (ELSEWHERE.test(glue) || new Set(defined).size !== defined.length || defined.length !== mentioned.size) {
    throw new NotRestorable("its glue keeps handles of resources in a way that is not known here");
  }
  return glue.replaceAll(DEFINED, "$& instantiateCore.onHandles?.();");
}
