/**
 * How a sandbox comes to its end, and who is to blame.
 *
 * @module
 */

import type { Job } from "./hops.ts";

/** What a hop can be to blame for. */
export type Fault = typeof FAULTS[number];

const FAULTS = ["timeout", "cpu", "memory", "violation", "died"] as const;

/** How a sandbox came to its end. */
export interface End {
  /** `not-ready`: it did not get that far. `stalled`: it did not even begin with what it was given. */
  readonly cause: Fault | "stalled" | "not-ready" | "closed";
  readonly detail: string;
  /** The hop that guest code was in, when the cause is a fault. */
  readonly blamed: { readonly job: Job; readonly fault: Fault } | undefined;
  /** Our own code ran in it: what went wrong after that has to do with the component, unless it was killed. */
  readonly begun: boolean;
  /** It ended by itself, or somebody else has ended it. */
  readonly died: boolean;
  /** Guest code was in the making of an instance that no hop needed yet. */
  readonly ahead: boolean;
  /** What it had been given and had not begun. */
  readonly bystanders: readonly Job[];
}

/** Whether somebody can be to blame for an end. */
export function isFault(cause: End["cause"]): cause is Fault {
  return (FAULTS as readonly string[]).includes(cause);
}
