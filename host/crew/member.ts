/**
 * The loop of the two members of the crew at which routes end: take, record, and only then acknowledge.
 *
 * @module
 */

import type { Logger } from "../observe/logs.ts";
import type { Consumer, Delivery, Transport } from "../transport/transport.ts";

/** A running member of the crew. */
export interface CrewMember {
  /** Resolves when it has stopped and nothing is in hand any more. */
  readonly done: Promise<void>;
  /** Why it cannot work at the moment; empty when it can. */
  problem(): string;
  /** Stops taking, and finishes what is in hand. Safe to call twice. */
  stop(): Promise<void>;
}

/** What a member needs. */
export interface CrewOptions {
  readonly transport: Transport;
  readonly logger: Logger;
  /** Deliveries in hand at once. @default 256 */
  readonly inFlight?: number;
}

/** Pause of a delivery that could not be recorded, in milliseconds. */
const RETRY_MS = 1_000;

/**
 * Runs a member.
 *
 * @param queue The queue that it serves; it has to be declared.
 * @param options `handle` records a delivery, and gives what is to be published instead of acknowledging it alone;
 * `recording` says why nothing can be recorded at the moment, or nothing.
 */
export function runMember(
  queue: string,
  { transport, logger, inFlight = 256, handle, recording }: CrewOptions & {
    readonly handle: (
      delivery: Delivery,
    ) => Promise<readonly { readonly queue: string; readonly body: Uint8Array }[]>;
    readonly recording: () => string;
  },
): CrewMember {
  const consumer: Consumer = transport.consume(queue, { inFlight });
  const inHand = new Set<Promise<void>>();
  let problem = "";
  const serve = async (delivery: Delivery): Promise<void> => {
    try {
      const instead = await handle(delivery);
      problem = "";
      const { acked, leaseLost } = await delivery.settle(instead);
      if (!acked && !leaseLost) await delivery.release({ delayMs: RETRY_MS });
    } catch (error) {
      if (!problem) {
        logger.error("what came cannot be recorded; it is kept in its queue and tried again", { error });
      }
      problem = error instanceof Error ? error.message : String(error);
      await delivery.release({ delayMs: RETRY_MS });
    }
  };
  const done = (async () => {
    for await (const delivery of consumer) {
      const serving = serve(delivery).catch((error: unknown) =>
        logger.error("a delivery could not be given back; its lease will run out", { error })
      ).finally(() => inHand.delete(serving));
      inHand.add(serving);
    }
    await Promise.all(inHand);
  })();
  return {
    done,
    problem: () => problem || recording(),
    async stop() {
      await consumer.stop();
      await done;
    },
  };
}
