/**
 * The loop of a replica: take an envelope, run the actor on it, publish what it causes, acknowledge.
 *
 * The outcome of a hop is frozen as soon as the actor has returned; what cannot be published is published again from
 * memory, and only the loss of the host or of its lease runs the actor a second time. Nothing is acknowledged before
 * everything that it caused is confirmed.
 *
 * @module
 */

import { SUMP } from "./actor_name.ts";
import { parseEnvelope } from "./envelope.ts";
import type { Envelope } from "./envelope.ts";
import { TroupeError } from "./errors.ts";
import { rootOf } from "./fan.ts";
import type { HopResult } from "./hop.ts";
import { HOP_TOPIC, type HopRecord } from "./hop_record.ts";
import type { HostMetrics } from "./observe/metrics.ts";
import type { Logger } from "./observe/logs.ts";
import {
  EnvelopeTooLargeError,
  failureOutcome,
  type HopContext,
  NoSuchActorError,
  type Outbound,
  type Outcome,
  outcomeOf,
  PoisonError,
  RouteMismatchError,
  undeliverable,
  undelivered,
} from "./outcome.ts";
import { attemptOf, DEADLINE_EXCEEDED, type Resiliency } from "./resiliency.ts";
import { StageBrokenError, StageClosedError } from "./stage/errors.ts";
import type { Stage } from "./stage/stage.ts";
import type { Consumer, Delivery, Outcome as Published, Outgoing, Transport } from "./transport/transport.ts";

/** What a host needs. */
export interface HostOptions {
  /** The actor's name, which is its queue's too. */
  readonly actor: string;
  readonly transport: Transport;
  readonly stage: Stage;
  readonly logger: Logger;
  readonly metrics: HostMetrics;
  /** Envelopes in hand at once. */
  readonly concurrency: number;
  /** What is done about failures. @default no rules */
  readonly resiliency?: Resiliency;
  /** Largest envelope, in bytes. @default 1 MiB */
  readonly maxEnvelopeBytes?: number;
  /** How long a message is held whose queue does not exist, in milliseconds. @default 30000 */
  readonly noQueueMs?: number;
  /**
   * How long {@linkcode Host.stop} waits for what is on its way to a broker that does not answer, in milliseconds. What is
   * not confirmed by then comes again. @default 5000
   */
  readonly stopMs?: number;
  /** Payloads up to this many bytes go into the records of hops, for `trace`. @default 0 */
  readonly recordPayloadBytes?: number;
}

/** After so many hosts that were lost with an envelope in hand, it is held to be what kills them. */
const MOST_LOSSES = 5;
/** First and longest pause between two attempts to publish the same outcome, in milliseconds. */
const PUBLISH_PAUSE_MS = { first: 50, longest: 2_000 };
/** How this process is named in records of hops. */
const HOST = `${Deno.hostname()}:${Deno.pid}`;
/** Pause of an envelope that was given back because the stage cannot run, in milliseconds. */
const BROKEN_PAUSE_MS = 1_000;

/** One replica of one actor. */
export class Host {
  readonly actor: string;
  readonly #options: Required<HostOptions>;
  readonly #logger: Logger;
  readonly #inHand = new Set<Promise<void>>();
  readonly #stopped = new AbortController();
  readonly #givenUp = Promise.withResolvers<void>();
  #stage: Stage;
  #consumer: Consumer | undefined;
  #draining = false;
  #ended = false;
  #broken = "";

  constructor(options: HostOptions) {
    this.#options = {
      resiliency: { rules: [] },
      maxEnvelopeBytes: 1024 * 1024,
      noQueueMs: 30_000,
      stopMs: 5_000,
      recordPayloadBytes: 0,
      ...options,
    };
    this.actor = options.actor;
    this.#stage = options.stage;
    this.#logger = options.logger;
  }

  /** Envelopes in hand now. */
  get inFlight(): number {
    return this.#inHand.size;
  }

  /** Why it cannot work at the moment; empty when it can. */
  get broken(): string {
    return this.#broken;
  }

  /** The stage that new envelopes go to. */
  get stage(): Stage {
    return this.#stage;
  }

  /**
   * Takes and handles envelopes until {@linkcode drain} or {@linkcode stop} is called; then ends when nothing is in hand
   * any more. Rejects when the transport cannot be consumed from at all.
   */
  async run(): Promise<void> {
    const { transport, concurrency } = this.#options;
    try {
      if (this.#draining) return;
      this.#consumer = transport.consume(this.actor, { inFlight: concurrency });
      for await (const delivery of this.#consumer) this.#take(delivery);
    } finally {
      await Promise.race([Promise.all(this.#inHand), this.#givenUp.promise]);
      this.#ended = true;
      await this.#stage.close(this.#stopped.signal.aborted ? { now: true } : {});
    }
  }

  /** Stops taking; what is in hand is finished. */
  async drain(): Promise<void> {
    this.#draining = true;
    await this.#consumer?.stop();
  }

  /** Stops taking, and gives back what is in hand instead of finishing it. Safe to call twice. */
  async stop(): Promise<void> {
    if (!this.#stopped.signal.aborted) {
      this.#stopped.abort();
      const timer = setTimeout(() => this.#giveUp(), this.#options.stopMs);
      Promise.all(this.#inHand).then(() => clearTimeout(timer));
    }
    await Promise.all([this.drain(), this.#stage.close({ now: true })]);
  }

  #giveUp(): void {
    this.#logger.warn("the broker does not answer: what is in hand is left to come again", {
      inFlight: this.#inHand.size,
    });
    this.#givenUp.resolve();
  }

  /**
   * Puts another stage in the place of the present one, which finishes the envelopes that it has begun. When the host has
   * ended, the other one is closed.
   */
  async swap(stage: Stage): Promise<void> {
    if (this.#ended) return await stage.close({ now: true });
    const old = this.#stage;
    this.#stage = stage;
    this.#broken = "";
    await old.close();
  }

  #take(delivery: Delivery): void {
    const hop = this.#hop(delivery).catch(async (error: unknown) => {
      // Nothing in a hop is known to throw. If something does, the envelope must come back rather than stay in hand.
      this.#logger.error("a hop failed in the host itself; its envelope is given back", { error });
      await delivery.release({ delayMs: BROKEN_PAUSE_MS }).catch((cause: unknown) =>
        this.#logger.error("the envelope could not be given back; its lease will run out", { error: cause })
      );
    }).finally(() => {
      this.#inHand.delete(hop);
      this.#options.metrics.inFlight(this.actor, this.#inHand.size);
    });
    this.#inHand.add(hop);
    this.#options.metrics.inFlight(this.actor, this.#inHand.size);
  }

  async #hop(delivery: Delivery): Promise<void> {
    const startedAt = Date.now();
    this.#options.metrics.received(this.actor);
    const context: HopContext = {
      actor: this.actor,
      queue: delivery.queue,
      body: delivery.body,
      run: crypto.randomUUID(),
      now: new Date(startedAt),
      startedAt: new Date(startedAt),
      resiliency: this.#options.resiliency,
      maxEnvelopeBytes: this.#options.maxEnvelopeBytes,
    };
    const read = this.#read(context, delivery.losses ?? 0);
    const outcome = "outcome" in read ? read.outcome : await this.#handle(read.envelope, context);
    if (!outcome) {
      return await delivery.release({ delayMs: this.#stopped.signal.aborted ? 0 : BROKEN_PAUSE_MS });
    }
    if (!await this.#settle(delivery, outcome, context)) return;
    this.#record(read.envelope, outcome, startedAt);
  }

  /** The envelope in a delivery, or the outcome where none can be handled. */
  #read(
    context: HopContext,
    losses: number,
  ): { envelope: Envelope } | { envelope: Envelope | undefined; outcome: Outcome } {
    const { body, maxEnvelopeBytes } = context;
    let envelope: Envelope | undefined;
    try {
      if (body.length > maxEnvelopeBytes) throw new EnvelopeTooLargeError(body.length, maxEnvelopeBytes);
      envelope = parseEnvelope(body, { maxBytes: maxEnvelopeBytes });
      if (envelope.route.curr !== this.actor) throw new RouteMismatchError(this.actor, envelope.route.curr);
      if (losses >= MOST_LOSSES) throw new PoisonError(this.actor, losses);
      return { envelope };
    } catch (error) {
      if (!(error instanceof TroupeError)) throw error;
      this.#logger.warn("an envelope cannot be processed and goes to x-sump", {
        id: envelope?.id ?? "",
        code: error.code,
        reason: error.message,
      });
      return { envelope, outcome: undeliverable(error, envelope, context) };
    }
  }

  /** Runs the actor. No outcome: the actor did not get to it, and the envelope is to come back. */
  async #handle(envelope: Envelope, context: HopContext): Promise<Outcome | undefined> {
    const deadline = deadlineOf(envelope);
    if (Date.now() > deadline) return this.#deadlineExceeded(envelope, context, "before");
    const result = await this.#run(envelope);
    if (!result) return undefined;
    const now = new Date();
    if (now.getTime() > deadline) return this.#deadlineExceeded(envelope, { ...context, now }, "while");
    if (!result.ok) {
      this.#logger.warn("a hop failed", {
        id: envelope.id,
        type: result.failure.type,
        message: result.failure.message,
      });
    }
    return await outcomeOf(result, envelope, { ...context, now });
  }

  async #run(envelope: Envelope): Promise<HopResult | undefined> {
    for (;;) {
      const stage = this.#stage;
      try {
        const result = await stage.run(envelope);
        this.#broken = "";
        return result;
      } catch (error) {
        if (error instanceof StageClosedError) {
          if (stage !== this.#stage) continue; // Swapped meanwhile: the new one takes it.
          return undefined;
        }
        if (!(error instanceof StageBrokenError)) throw error;
        if (!this.#broken) this.#logger.error("the actor cannot be run; its envelopes wait", { error });
        this.#broken = error.message;
        return undefined;
      }
    }
  }

  #deadlineExceeded(envelope: Envelope, context: HopContext, when: "before" | "while"): Outcome {
    const failure = {
      type: DEADLINE_EXCEEDED,
      mro: [],
      message:
        `The envelope's deadline (${envelope.status?.deadline_at}) passed ${when} ${this.actor} handled it`,
    };
    return failureOutcome(failure, envelope, context);
  }

  /** Publishes an outcome until it is settled. False when the envelope is somebody else's by then. */
  async #settle(delivery: Delivery, outcome: Outcome, context: HopContext): Promise<boolean> {
    let messages = outcome.messages;
    let pause = PUBLISH_PAUSE_MS.first;
    const heldSince = performance.now();
    let told = false;
    for (;;) {
      const settlement = await delivery.settle(messages.map(outgoing));
      for (const { kind } of settlement.outcomes) this.#options.metrics.published(this.actor, kind);
      if (settlement.leaseLost) {
        this.#logger.warn("the lease on an envelope was lost; whoever has it now handles it again", {
          messageId: delivery.messageId,
        });
        return false;
      }
      if (settlement.acked) return true;
      if (this.#stopped.signal.aborted) {
        await delivery.release();
        return false;
      }
      const patient = performance.now() - heldSince < this.#options.noQueueMs;
      // What is confirmed is not published again; the rest goes on, or to x-sump where it can never be delivered.
      const rest = messages.filter((_, i) => settlement.outcomes[i]?.kind !== "ok");
      const why = settlement.outcomes.filter(({ kind }) => kind !== "ok");
      const next = rest.map((message, i) => this.#readdress(message, why[i], { patient, context }));
      const readdressed = next.some((message, i) => message !== rest[i]);
      messages = next;
      if (readdressed) continue;
      if (!told) this.#tellHeld(messages[0], why[0]);
      told = true;
      await this.#pause(pause * (0.5 + Math.random() / 2));
      pause = Math.min(pause * 2, PUBLISH_PAUSE_MS.longest);
    }
  }

  #tellHeld(message: Outbound | undefined, why: Published | undefined): void {
    this.#logger.warn(
      "what an envelope caused is not published yet; the envelope is held and it is tried again",
      {
        id: message?.id,
        to: message?.to,
        reason: why && "detail" in why
          ? why.detail
          : "it was confirmed, but the envelope was not acknowledged",
      },
    );
  }

  /** Where a message that was not published goes instead: to `x-sump`, when it can never be delivered. */
  #readdress(
    message: Outbound,
    published: Published | undefined,
    { patient, context }: { patient: boolean; context: HopContext },
  ): Outbound {
    if (published?.kind !== "refused") return message;
    const { maxBodyBytes } = this.#options.transport;
    if (message.to === SUMP) {
      if (published.reason !== "too-large" || message.body === context.body) return message;
      // A dead letter is larger than what is in it. What came in fits: it has come the same way.
      this.#logger.error("a dead letter is too large for the transport; what came in is kept instead", {
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
    this.#logger.warn("an envelope cannot be delivered and goes to x-sump", {
      id: message.id,
      code: error.code,
      reason: error.message,
    });
    return undelivered(message, error, context);
  }

  /** Waits, but not when the host is to stop at once. */
  #pause(ms: number): Promise<void> {
    const { signal } = this.#stopped;
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal.addEventListener("abort", end);
    });
  }

  #record(envelope: Envelope | undefined, outcome: Outcome, startedAt: number): void {
    const finishedAt = Date.now();
    const { metrics, transport, recordPayloadBytes } = this.#options;
    metrics.done(this.actor, {
      verdict: outcome.verdict,
      errorType: outcome.error?.type,
      emitted: outcome.messages.length,
      seconds: (finishedAt - startedAt) / 1000,
    });
    if (!envelope) return;
    const record: HopRecord = {
      id: envelope.id,
      ...(envelope.parentId === undefined ? {} : { parentId: envelope.parentId }),
      root: rootOf(envelope),
      actor: this.actor,
      hop: envelope.route.prev.length,
      attempt: attemptOf(envelope.status),
      startedAt,
      finishedAt,
      verdict: outcome.verdict,
      ...(outcome.error ? { error: outcome.error } : {}),
      children: outcome.messages.map(({ id, to }) => ({ id, to })),
      host: HOST,
      ...(isWithin(envelope.payload, recordPayloadBytes) ? { payload: envelope.payload } : {}),
    };
    transport.broadcast(HOP_TOPIC, new TextEncoder().encode(JSON.stringify(record)));
  }
}

function outgoing({ to, body, delayMs }: Outbound): Outgoing {
  return { queue: to, body, ...(delayMs === undefined ? {} : { delayMs }) };
}

/** When an envelope's deadline passes, in milliseconds since the epoch; never, where it has none that can be read. */
function deadlineOf(envelope: Envelope): number {
  const time = Date.parse(envelope.status?.deadline_at ?? "");
  return Number.isNaN(time) ? Infinity : time;
}

/** Whether a text has at most so many bytes. */
function isWithin(text: string, bytes: number): boolean {
  return text.length <= bytes && new TextEncoder().encode(text).length <= bytes;
}
