/**
 * The hop that is being handled: an actor handles one envelope at a time.
 *
 * @module
 */

import type { MeshCalls } from "./calls.ts";
import type { StateCalls } from "./state_calls.ts";

/** Where the calls of a hop go. */
export interface HopCalls {
  readonly calls: MeshCalls;
  /** None in a component that was built without. */
  readonly state?: StateCalls | undefined;
  /** Waits for so many milliseconds. None in a component that was built without. */
  readonly sleep?: ((ms: number) => void) | undefined;
}

/** One hop, as long as it lasts. */
export interface CurrentHop extends HopCalls {
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

/** Makes a hop the current one until it is disposed of: for tests, where other code runs in between. */
export function holdHop(hop: CurrentHop): Disposable {
  const outer = current;
  current = hop;
  return { [Symbol.dispose]: () => void (current = outer) };
}
