/**
 * Publishes what a hop has caused, for as long as it takes, and then acknowledges what caused it.
 *
 * @module
 */

import { SUMP } from "./actor_name.ts";
import type { HostMetrics } from "./observe/metrics.ts";
import type { Logger } from "./observe/logs.ts";
import {
  EnvelopeTooLargeError,
  type HopContext,
  NoSuchActorError,
  type Outbound,
  type Outcome,
  undelivered,
} from "./outcome.ts";
import { pause } from "./pause.ts";
import type { Delivery, Outcome as Published, Outgoing, Transport } from "./transport/transport.ts";

/** What a settler needs. */
export interface SettlerOptions {
  readonly transport: Transport;
  readonly metrics: HostMetrics;
  /** How long a message is held whose queue does not exist, in milliseconds. */
  readonly noQueueMs: number;
  /** Given when what is in hand is to be given back rather than finished. */
  readonly stopped: AbortSignal;
}

/** The hop of a delivery that is settled. */
export interface SettledHop {
  readonly context: HopContext;
  /** The logger of its lines; made when there is one to be written. */
  readonly log: () => Logger;
}

/** First and longest pause between two attempts to publish the same outcome, in milliseconds. */
const PAUSE_MS = { first: 50, longest: 2_000 };

/** Settles deliveries with their outcomes. */
export class Settler {
  readonly #options: SettlerOptions;

  constructor(options: SettlerOptions) {
    this.#options = options;
  }

  /** Publishes an outcome until it is settled. False when the envelope is somebody else's by then. */
  async settle(delivery: Delivery, outcome: Outcome, { context, log }: SettledHop): Promise<boolean> {
    let messages = outcome.messages;
    let pauseMs = PAUSE_MS.first;
    const heldSince = performance.now();
    let told = false;
    for (;;) {
      const settlement = await delivery.settle(messages.map(outgoing));
      for (const { kind } of settlement.outcomes) this.#options.metrics.published(context.actor, kind);
      if (settlement.leaseLost) {
        log().warn("the lease on an envelope was lost; whoever has it now handles it again", {
          messageId: delivery.messageId,
        });
        return false;
      }
      if (settlement.acked) return true;
      if (this.#options.stopped.aborted) {
        await delivery.release();
        return false;
      }
      const patient = performance.now() - heldSince < this.#options.noQueueMs;
      // What is confirmed is not published again; the rest goes on, or to x-sump where it can never be delivered.
      const rest = messages.filter((_, i) => settlement.outcomes[i]?.kind !== "ok");
      const why = settlement.outcomes.filter(({ kind }) => kind !== "ok");
      const next = rest.map((message, i) => this.#readdress(message, why[i], { patient, context, log }));
      const readdressed = next.some((message, i) => message !== rest[i]);
      messages = next;
      if (readdressed) continue;
      if (!told) tellHeld(messages[0], why[0], log());
      told = true;
      await pause(pauseMs * (0.5 + Math.random() / 2), this.#options.stopped);
      pauseMs = Math.min(pauseMs * 2, PAUSE_MS.longest);
    }
  }

  /** Where a message that was not published goes instead: to `x-sump`, when it can never be delivered. */
  #readdress(
    message: Outbound,
    published: Published | undefined,
    { patient, context, log }: SettledHop & { readonly patient: boolean },
  ): Outbound {
    if (published?.kind !== "refused") return message;
    const { maxBodyBytes } = this.#options.transport;
    if (message.to === SUMP) {
      if (published.reason !== "too-large" || message.body === context.body) return message;
      // A dead letter is larger than what is in it. What came in fits: it has come the same way.
      log().error("a dead letter is too large for the transport; what came in is kept instead", {
        id: message.id,
        bytes: message.body.length,
        limit: maxBodyBytes,
      });
      return { ...message, body: context.body };
    }
    const error = published.reason === "too-large"
      ? new EnvelopeTooLargeError(message.body.length, maxBodyBytes)
      : published.reason === "no-queue" && !patient
      ? new NoSuchActorError(message.to)
      : undefined;
    if (!error) return message;
    log().warn("an envelope cannot be delivered and goes to x-sump", {
      id: message.id,
      code: error.code,
      reason: error.message,
    });
    return undelivered(message, error, context);
  }
}

function outgoing({ to, body, delayMs }: Outbound): Outgoing {
  return { queue: to, body, ...(delayMs === undefined ? {} : { delayMs }) };
}

function tellHeld(message: Outbound | undefined, why: Published | undefined, logger: Logger): void {
  logger.warn("what an envelope caused is not published yet; the envelope is held and it is tried again", {
    id: message?.id,
    to: message?.to,
    reason: why && "detail" in why ? why.detail : "it was confirmed, but the envelope was not acknowledged",
  });
}
