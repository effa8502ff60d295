/**
 * What the chaos runs submit.
 *
 * @module
 */

import type { Task } from "./model.ts";

/** A task, and the id under which it is submitted. */
export interface NumberedTask extends Task {
  readonly id: string;
}

/** One envelope of this many is submitted a second time, as a client does that did not hear the answer. */
const RESENT_ONE_IN = 25;

/** The task of a number, made by chance. */
export function makeTask(k: number, random: () => number): NumberedTask {
  const text = Array.from(
    { length: Math.floor(random() * 200) },
    () => String.fromCharCode(32 + random() * 500),
  ).join("");
  return { id: `chaos-${k}-${Math.floor(random() * 1e9)}`, k, n: Math.floor(random() * 4), text };
}

/** What is in the payload. */
export function taskOf({ k, n, text }: NumberedTask): Task {
  return { k, n, text };
}

/** The tasks, some of them twice. */
export function withResent(tasks: readonly NumberedTask[], random: () => number): NumberedTask[] {
  return tasks.flatMap((task) => random() < 1 / RESENT_ONE_IN ? [task, task] : [task]);
}

/** The text of the envelope in which a task is submitted. */
export function envelopeOf(task: NumberedTask, route: readonly string[]): string {
  const [curr, ...next] = route;
  return JSON.stringify({ id: task.id, route: { prev: [], curr, next }, payload: taskOf(task) });
}
