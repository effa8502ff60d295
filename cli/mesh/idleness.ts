/**
 * Whether anything is left to do in a mesh, as far as its transport can tell.
 *
 * @module
 */

import { TroupeError } from "@troupe/host/errors";
import type { Transport } from "@troupe/host/transport";

/**
 * How long a broker may believe that a connection lives which is lost, in milliseconds: three of the heartbeats that
 * `heartbeat` in the address leaves at 10 s. What was in hand on it is counted nowhere until then.
 */
const BELIEF_MS = 30_000;
/** How many looks in a row may go unanswered by a transport that calls itself ready. */
const UNANSWERED = 20;

/** What to look at. */
export interface IdleLook {
  readonly transport: Pick<Transport, "depths" | "health">;
  /** Whether what is in a queue counts. */
  readonly counts: (queue: string) => boolean;
  /** The time of `performance.now()`. */
  readonly now: number;
}

/** Looks at the queues, and knows when what they say is not to be relied on. */
export class Idleness {
  #lostAt = -Infinity;
  #unanswered = 0;

  /** The transport lost its connection now, by `performance.now()`. */
  lost(now: number): void {
    this.#lostAt = now;
  }

  /**
   * Whether everything is empty.
   *
   * @throws {Error} that of the transport, when it has failed to answer again and again, or is closed.
   */
  async look({ transport, counts, now }: IdleLook): Promise<boolean> {
    if (!transport.health().ready || now - this.#lostAt < BELIEF_MS) return false;
    try {
      const depths = await transport.depths();
      this.#unanswered = 0;
      return [...depths].every(([queue, { ready, delayed, leased }]) =>
        !counts(queue) || ready + delayed + leased === 0
      );
    } catch (error) {
      // A broker that goes away can fail the question before the transport has noticed that it is gone.
      const closed = error instanceof TroupeError && error.code === "troupe.TransportClosed";
      if (closed || ++this.#unanswered > UNANSWERED) throw error;
      return false;
    }
  }
}
