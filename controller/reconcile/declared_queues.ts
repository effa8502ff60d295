/**
 * The queues that are there for actors, as far as is known, and whose queues wait for a broker.
 *
 * @module
 */

import { TroupeError } from "@troupe/host/errors";
import type { ActorQueue, Queues } from "../queues/queues.ts";

/** How often a queue is declared that is there as far as is known, in milliseconds: a broker may lose what it had. */
export const DECLARE_MS = 10 * 60_000;

/** What it works with. */
export interface DeclaredQueuesOptions {
  readonly queues: Queues;
  /** Called for an actor, by its key, whose broker was away and is back. */
  readonly onBack: (key: string) => void;
  /** In milliseconds. @default performance.now */
  readonly now?: () => number;
}

/**
 * Declares the queue of an actor when that has not been done lately. Actors whose broker does not answer are tried again after
 * pauses that grow; as soon as it answers one of them, all of them are due.
 */
export class DeclaredQueues {
  readonly #options: DeclaredQueuesOptions;
  readonly #declared = new Map<string, { readonly queue: string; readonly at: number }>();
  /** Keys of actors, by the address of the broker that is away. */
  readonly #waiting = new Map<string, Set<string>>();

  constructor(options: DeclaredQueuesOptions) {
    this.#options = options;
  }

  /**
   * Has a queue be there.
   *
   * @param key Of the actor.
   * @param uid The actor's: another of its name has another queue, though it is called the same.
   * @throws {TroupeError} that says what the broker has against it.
   */
  async declare(
    queue: ActorQueue,
    { key, uid }: { readonly key: string; readonly uid: string },
  ): Promise<void> {
    const { now = () => performance.now(), queues } = this.#options;
    const { address } = queue.plan;
    const place = `${uid} ${address} ${queue.plan.queue}`;
    const before = this.#declared.get(key);
    const at = now();
    if (before?.queue === place && at - before.at < DECLARE_MS) return;
    this.forget(key);
    try {
      await queues.declare(queue);
    } catch (error) {
      if (isAway(error)) this.#waiting.set(address, (this.#waiting.get(address) ?? new Set()).add(key));
      throw error;
    }
    this.#declared.set(key, { queue: place, at });
    const back = this.#waiting.get(address) ?? [];
    this.#waiting.delete(address);
    for (const other of back) if (other !== key) this.#options.onBack(other);
  }

  /** Forgets what is known of an actor's queue. */
  forget(key: string): void {
    this.#declared.delete(key);
    for (const keys of this.#waiting.values()) keys.delete(key);
  }
}

/** Whether it is no fault of the queue. */
function isAway(error: unknown): boolean {
  return error instanceof TroupeError &&
    ["troupe.RabbitmqUnreachable", "troupe.RabbitmqRefused"].includes(error.code);
}
