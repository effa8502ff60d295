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
  /** Envelopes that came after all, and were put where `x-sump` takes them from. */
  readonly moved: number;
  /** Envelopes that went with it, as they only do when that is forced. */
  readonly lost: number;
}

/** How a queue is removed. */
export interface RemoveOptions {
  /** Only says what it holds. @default false */
  readonly look?: boolean;
  /** Removes it with all that it holds, whoever takes from it. @default false */
  readonly force?: boolean;
}

/** What can be done with queues. */
export interface Queues extends AsyncDisposable {
  /** Makes a queue that does not exist. @throws {TroupeError} that says what the broker has against it. */
  declare(queue: ActorQueue): Promise<void>;
  /** Removes a queue that holds nothing and that nobody takes from; nothing is lost by that. */
  remove(queue: ActorQueue, options?: RemoveOptions): Promise<QueueRemoval>;
}
