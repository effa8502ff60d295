/**
 * What operators have asked of a mesh, kept for good: hosts that begin later are told too.
 *
 * @module
 */

import type { Cancellation, ControlState } from "../controls.ts";

/** Pauses and cancellations. Every write is durable when its promise resolves; the same again changes nothing. */
export interface ControlBook {
  /** Pauses an actor, or ends its pause. @returns Whether that changed anything. */
  pause(
    actor: string,
    options: { readonly paused: boolean; readonly now: number },
  ): Promise<boolean>;
  /**
   * Calls off an envelope and, unless `only` says otherwise, everything that came or will come of it.
   *
   * @returns Whether that changed anything.
   */
  cancel(id: string, options: { readonly only: boolean; readonly now: number }): Promise<boolean>;
  /** Everything that is asked. */
  state(): Promise<ControlState>;
  /** Those of some envelopes that are called off. */
  cancellations(ids: readonly string[]): Promise<Cancellation[]>;
  /** Forgets cancellations from before a moment, in milliseconds since the epoch. @returns How many. */
  forget(before: number): Promise<number>;
}
