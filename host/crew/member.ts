/**
 * The loop of the members of the crew: take, record, publish what follows from it, and only then acknowledge.
 *
 * @module
 */

import type { Logger } from "../observe/logs.ts";
import type { HostMetrics } from "../observe/metrics.ts";
import { NO_TRACING, type Tracing } from "../observe/tracing.ts";
import type { Consumer, Delivery, Outcome, Outgoing, Transport } from "../transport/transport.ts";
import { startMemberSpan } from "./member_span.ts";

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
  /** Where spans are made of what is recorded. @default nothing is traced */
  readonly tracing?: Tracing;
  /** Where what is recorded is counted. @default nowhere */
  readonly metrics?: Pick<HostMetrics, "recorded">;
}

/** What follows from a delivery. */
export interface Handled {
  /** What is published before it is acknowledged. */
  readonly publish: readonly Outgoing[];
  /** Told that all of it is safe in its queues. */
  readonly published?: () => Promise<void>;
}

/** What a member does. */
export interface MemberWork {
  /** Records a delivery, and says what follows from it. What it throws is tried again. */
  handle(delivery: Delivery): Promise<readonly Outgoing[] | Handled>;
  /** Why nothing can be recorded at the moment; empty when it can. */
  recording(): string;
  /** What is published in place of a message that was not; nothing where that one is tried again. @default nothing */
  readonly instead?: (message: Outgoing, outcome: Outcome) => Outgoing | undefined;
}

/** Pause of a delivery that could not be recorded, in milliseconds. */
const RETRY_MS = 1_000;

/**
 * Runs a member.
 *
 * @param queue The queue that it serves; it has to be declared.
 */
export function runMember(
  queue: string,
  { transport, logger, inFlight = 256, tracing = NO_TRACING, ...work }: CrewOptions & MemberWork,
): CrewMember {
  const consumer: Consumer = transport.consume(queue, { inFlight });
  const inHand = new Set<Promise<void>>();
  let problem = "";
  const serve = async (delivery: Delivery): Promise<void> => {
    try {
      const span = tracing === NO_TRACING
        ? undefined
        : await startMemberSpan(delivery, { member: queue, transport: transport.name, tracing });
      const handled = await work.handle(delivery);
      problem = "";
      const { publish, published } = "publish" in handled
        ? handled
        : { publish: handled, published: undefined };
      if (!await settle(delivery, publish, work)) return;
      span?.end({ emitted: publish.length });
      await published?.().catch((error: unknown) =>
        logger.warn("it is not noted that something was sent on; it may be sent once more, as the same", {
          error,
        })
      );
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
    problem: () => problem || work.recording(),
    async stop() {
      await consumer.stop();
      await done;
    },
  };
}

/** Publishes and acknowledges. False when the delivery was given back, or is somebody else's by now. */
async function settle(
  delivery: Delivery,
  messages: readonly Outgoing[],
  { instead }: Pick<MemberWork, "instead">,
): Promise<boolean> {
  for (;;) {
    const { acked, leaseLost, outcomes } = await delivery.settle(messages);
    if (acked) return true;
    if (leaseLost) return false;
    const rest = messages.flatMap((message, i) => {
      const outcome = outcomes[i];
      return outcome && outcome.kind !== "ok" ? [{ message, outcome }] : [];
    });
    const next = rest.map(({ message, outcome }) => instead?.(message, outcome) ?? message);
    if (rest.every(({ message }, i) => message === next[i])) {
      await delivery.release({ delayMs: RETRY_MS });
      return false;
    }
    messages = next;
  }
}
