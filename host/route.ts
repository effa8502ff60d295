/**
 * Routes: who is next, and who may say so.
 *
 * @module
 */

import { isActorName, isReservedName, RESUME } from "./actor_name.ts";
import type { Route } from "./envelope.ts";

/** Most actors that a route may still have before it. */
export const MAX_NEXT = 256;
/** Most actors that a route may have behind it. */
export const MAX_PREV = 256;

/**
 * The route after the current actor is done: `prev` has it, and the first of `next` is `curr`, or `""` when none is left.
 *
 * @example
 * ```ts
 * import { advanceRoute } from "@troupe/host/route";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(advanceRoute({ prev: [], curr: "a", next: ["b"] }), { prev: ["a"], curr: "b", next: [] });
 * ```
 */
export function advanceRoute({ prev, curr, next }: Route): Route {
  return { prev: [...prev, curr], curr: next[0] ?? "", next: next.slice(1) };
}

/** Whether a grant (an exact name, or `prefix-*`) covers a name. The crew has to be named exactly. */
export function grantCovers(grant: string, name: string): boolean {
  if (grant === name) return true;
  return grant.endsWith("-*") && !isReservedName(name) && name.startsWith(grant.slice(0, -1));
}

/** What is wrong with a `next`; undefined when nothing is. */
export type NextProblem = { readonly code: string; readonly message: string } | undefined;

/**
 * Checks an edited `next` against the rules of envelope.md, "Who may send where": what is not granted has to be a
 * sub-multiset of the incoming one (kept, dropped or reordered; never added, never doubled).
 *
 * @param next The route's `next` after an edit.
 * @param rules `incoming`: its `next` on arrival; `grants`: the spec's `grants.route`.
 */
export function checkNext(
  next: readonly unknown[],
  { incoming, grants }: { readonly incoming: readonly string[]; readonly grants: readonly string[] },
): NextProblem {
  if (next.length > MAX_NEXT) {
    return {
      code: "troupe.RouteTooLong",
      message: `route.next would have ${next.length} actors; ${MAX_NEXT} is the limit`,
    };
  }
  const left = new Map<string, number>();
  for (const name of incoming) left.set(name, (left.get(name) ?? 0) + 1);
  for (const name of next) {
    if (typeof name !== "string" || !isActorName(name)) {
      const shown = JSON.stringify(name)?.slice(0, 100);
      return {
        code: "troupe.BadActorName",
        message: `${shown} is not the name of an actor: a DNS label is needed`,
      };
    }
    const remaining = left.get(name) ?? 0;
    if (remaining > 0) left.set(name, remaining - 1);
    else if (name === RESUME || !grants.some((grant) => grantCovers(grant, name))) {
      return {
        code: "troupe.RouteDenied",
        message: `This actor may not add ${name} to a route: list it in spec.grants.route of its actor.yaml`,
      };
    }
  }
  return undefined;
}
