/**
 * The depths of a mesh's queues, as they were at the last look.
 *
 * @module
 */

import { TroupeError } from "@troupe/host/errors";
import type { Depth, Transport } from "@troupe/host/transport";

/** Looks at queues, again and again; a broker that does not answer keeps nobody waiting. */
export class QueueLook {
  readonly #transport: Pick<Transport, "depths" | "health">;
  #depths: ReadonlyMap<string, Depth> = new Map();
  #failure = "";
  #looking: Promise<void> | undefined;

  /** @param transport Where the queues are. */
  constructor(transport: Pick<Transport, "depths" | "health">) {
    this.#transport = transport;
  }

  /** The depths at the last look. */
  get depths(): ReadonlyMap<string, Depth> {
    return this.#depths;
  }

  /** Why the last look has failed, or is not over; empty when all is well. */
  get problem(): string {
    const { ready, reason } = this.#transport.health();
    return ready ? this.#failure : reason;
  }

  /** Looks, or waits for the look that is under way. */
  look(): Promise<void> {
    return this.#looking ??= this.#look().finally(() => this.#looking = undefined);
  }

  async #look(): Promise<void> {
    try {
      this.#depths = await this.#transport.depths();
      this.#failure = "";
    } catch (error) {
      if (!(error instanceof TroupeError)) throw error;
      this.#failure = error.message;
    }
  }
}
