/**
 * The interface `timers` of timers.wit: the guest waits, and others run.
 *
 * @module
 */

import { bare } from "../../sandbox/resource.ts";
import type { Mesh } from "./mesh.ts";

/** Longer than a hop lasts nothing has to wait: nor has a timer of a hop that was given up to be there for longer. */
const GRACE_MS = 1_000;
/** The longest that a timer of JavaScript can be, in milliseconds. */
const LONGEST_MS = 2 ** 31 - 1;

/** Its imports. */
export function timerImports(
  hop: () => Mesh,
  { timeoutMs }: { readonly timeoutMs: number },
): Record<string, object> {
  const most = Math.min(timeoutMs + GRACE_MS, LONGEST_MS);
  const sleep = async (ms: number) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    setTimeout(resolve, Math.min(ms, most));
    await hop().calls.wait(promise);
  };
  return { "troupe:actor/timers": bare({ sleep }) };
}
