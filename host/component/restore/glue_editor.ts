/**
 * Has the glue say when something changes that it keeps itself, that guests can see, and that cannot be put back.
 *
 * All that glue keeps are variables of one call of `instantiate`: each instance has its own, so that hops on two instances
 * cannot meet in them. What of it outlives a call that has returned, where nothing of the guest catches what is thrown
 * (`code_reader.ts`), so that each thing that was begun was ended:
 *
 * - The tables of handles. The order in which free ones are given out again would tell of earlier calls: each change is told.
 * - Numbers of tasks and subtasks, which rise. No guest sees one: only asynchronous functions of the component model would
 *   show it, and these are refused. But they are written into handles that are lent to another component inside, where a
 *   very high one would not fit: that it comes near is told.
 * - The memory that it uses for its own tables: of tasks and of subtasks that are over, which are empty again.
 * - Flags of what may be entered or left: as they were before the call. Those that modules import are put back in any case.
 * - Where guests wait for the host: timers, which look for tasks of the glue's that wait and have none to find. These are
 *   others than the guest's, whose stack the engine keeps. An import's answer is written into its memory while that stack is
 *   suspended, and at no other time; the promise of `handle` settles when it is gone. Glue with tasks that go on by
 *   themselves is not known here.
 *
 * @module
 */

import { NotRestorable } from "./core_state.ts";

/** The functions through which jco has all of these tables used; the few that only read say so too. */
const DEFINED = /\bfunction (rscTable\w*)\([\w, ]*\) \{/g;
const MENTIONED = /\brscTable\w*/g;
/** Anything else that would change one. */
const ELSEWHERE = /\bhandleTable\d+(?:\.\w+\(|\[[^\]\n]*\]\s*=[^=])/;

/** A task begins, and gets a number. */
const NUMBERED = /\+\+RESOURCE_SCOPE_ID;/g;
const NUMBERS = /\bRESOURCE_SCOPE_ID\b/g;
/** Numbers up to 2 to the power of 30 fit. */
const MOST_TASKS = 2 ** 29;

/** What is asynchronous in the component model's sense, and not only for the host. */
const GOES_ON = /\b(?:isAsync|funcTypeIsAsync): true\b/;

/**
 * The glue, with a call of `instantiateCore.onChange`, where there is one, at each change.
 *
 * @throws {NotRestorable} when it is not written as is known here.
 */
export function watchGlue(glue: string): string {
  if (GOES_ON.test(glue)) throw new NotRestorable("its glue has tasks that go on by themselves");
  return watchTasks(watchHandles(glue));
}

function watchHandles(glue: string): string {
  const defined = [...glue.matchAll(DEFINED)].map(([, name]) => name as string);
  const mentioned = new Set([...glue.matchAll(MENTIONED)].map(([name]) => name));
  if (ELSEWHERE.test(glue) || new Set(defined).size !== defined.length || defined.length !== mentioned.size) {
    throw new NotRestorable("its glue keeps handles of resources in a way that is not known here");
  }
  return glue.replaceAll(DEFINED, `$& instantiateCore.onChange?.("it opened or closed a resource");`);
}

function watchTasks(glue: string): string {
  const [numbered, numbers] = [NUMBERED, NUMBERS].map((pattern) => [...glue.matchAll(pattern)].length);
  // Beside that, it is only declared.
  if (numbers !== 0 && (numbered !== 1 || numbers !== 2)) {
    throw new NotRestorable("its glue numbers tasks in a way that is not known here");
  }
  const told = `if (RESOURCE_SCOPE_ID > ${MOST_TASKS}) instantiateCore.onChange?.("it made too many calls");`;
  return glue.replaceAll(NUMBERED, `$& ${told}`);
}
