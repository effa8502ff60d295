/**
 * The queues of actors, as the controller sees them: declared before anybody looks at them, and removed when they are to go.
 *
 * @module
 */

import type { QueuePlan } from "../build/mod.ts";

/** Which queue is meant. */
export interface ActorQueue {
  /** Where it is. */
  readonly plan: QueuePlan;
  /** Name of its transport in the controller's settings. */
  readonly transport: string;
  /** Whose it is. */
  readonly actor: string;
}

/** What became of a queue that was to be removed. */
export interface QueueRemoval {
  readonly removed: boolean;
  /** Envelopes that wait in it. */
  readonly messages: number;
  /** Hosts that take from it. */
  readonly consumers: number;
  /** Envelopes that came in the moment of the removal, and went with it. */
  readonly lost: number;
}

/** What can be done with queues. */
export interface Queues extends AsyncDisposable {
  /** Makes a queue that does not exist. @throws {TroupeError} that says what the broker has against it. */
  declare(queue: ActorQueue): Promise<void>;
  /** Removes a queue that holds nothing and that nobody takes from. @param options `look`: only says what it holds */
  remove(queue: ActorQueue, options?: { readonly look?: boolean }): Promise<QueueRemoval>;
}
