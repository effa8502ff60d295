/**
 * The hop that is being handled: an actor handles one envelope at a time.
 *
 * @module
 */

import type { MeshCalls } from "./calls.ts";
import type { StateCalls } from "./state_calls.ts";

/** One hop, as long as it lasts. */
export interface CurrentHop {
  readonly calls: MeshCalls;
  /** None in a component that was built without. */
  readonly state?: StateCalls | undefined;
  /** Verbs that were made and not yet yielded. */
  readonly pending: Set<object>;
}

let current: CurrentHop | undefined;

/** The hop that is being handled, if one is. */
export function currentHop(): CurrentHop | undefined {
  return current;
}

/** Runs a function with a hop as the current one. */
export function duringHop<T>(hop: CurrentHop, run: () => T): T {
  const outer = current;
  current = hop;
  try {
    return run();
  } finally {
    current = outer;
  }
}
