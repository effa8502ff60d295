/**
 * The loop of a replica: take an envelope, run the actor on it, publish what it causes, acknowledge.
 *
 * The outcome of a hop is frozen as soon as the actor has returned; what cannot be published is published again from
 * memory, and only the loss of the host or of its lease runs the actor a second time. Nothing is acknowledged before
 * everything that it caused is confirmed.
 *
 * @module
 */

import { parseEnvelope } from "./envelope.ts";
import type { Envelope } from "./envelope.ts";
import { Controls } from "./controls.ts";
import { TroupeError } from "./errors.ts";
import { Gate } from "./gate.ts";
import { replayOf } from "./crew/records.ts";
import type { HopResult } from "./hop.ts";
import { HOP_TOPIC, hopRecord } from "./hop_record.ts";
import type { HostMetrics } from "./observe/metrics.ts";
import { hopFields } from "./observe/hop_fields.ts";
import type { Logger } from "./observe/logs.ts";
import { NO_TRACING, type Tracing } from "./observe/tracing.ts";
import {
  canceledOutcome,
  EnvelopeTooLargeError,
  failureOutcome,
  type HopContext,
  type Outcome,
  outcomeOf,
  PoisonError,
  RouteMismatchError,
  undeliverable,
} from "./outcome.ts";
import type { Rate } from "./rate.ts";
import { DEADLINE_EXCEEDED, type Resiliency } from "./resiliency.ts";
import { Settler } from "./settler.ts";
import { StageBrokenError, StageClosedError } from "./stage/errors.ts";
import { ServiceUnavailableError } from "./stage/services.ts";
import type { Stage } from "./stage/stage.ts";
import type { Consumer, Delivery, Transport } from "./transport/transport.ts";

/** What a host needs. */
export interface HostOptions {
  /** The actor's name, which is its queue's too. */
  readonly actor: string;
  readonly transport: Transport;
  readonly stage: Stage;
  readonly logger: Logger;
  readonly metrics: HostMetrics;
  /** Where spans of hops are made. @default nothing is traced */
  readonly tracing?: Tracing;
  /** Envelopes in hand at once. */
  readonly concurrency: number;
  /** What is done about failures. @default no rules */
  readonly resiliency?: Resiliency;
  /** How often the actor may run, by all of its replicas together. @default as often as there is something to do */
  readonly rate?: Rate | undefined;
  /** What operators ask. @default nothing */
  readonly controls?: Controls;
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
/** How this process is named in records of hops. */
const HOST = `${Deno.hostname()}:${Deno.pid}`;
/** Pause of an envelope that was given back because the stage cannot run, in milliseconds. */
const BROKEN_PAUSE_MS = 1_000;

/** One replica of one actor. */
export class Host {
  readonly actor: string;
  readonly #options: Required<Omit<HostOptions, "rate">> & Pick<HostOptions, "rate">;
  readonly #logger: Logger;
  readonly #settler: Settler;
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
      controls: new Controls(),
      maxEnvelopeBytes: 1024 * 1024,
      noQueueMs: 30_000,
      stopMs: 5_000,
      recordPayloadBytes: 0,
      tracing: NO_TRACING,
      ...options,
    };
    this.actor = options.actor;
    this.#stage = options.stage;
    this.#logger = options.logger;
    this.#settler = new Settler({ ...this.#options, stopped: this.#stopped.signal });
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
    const { transport, concurrency, controls, rate } = this.#options;
    try {
      if (this.#draining) return;
      this.#consumer = new Gate({ transport, actor: this.actor, inFlight: concurrency, controls, rate });
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
    const { metrics, tracing, transport } = this.#options;
    metrics.received(this.actor);
    const read = this.#read(delivery);
    const { envelope } = read;
    const start = { actor: this.actor, transport: transport.name, startedAt };
    const span = envelope && await tracing.hop(envelope, { ...start, replay: replayOf(envelope) });
    const log = () => this.#logger.child(hopFields(span?.envelope));
    const context: HopContext = {
      actor: this.actor,
      queue: delivery.queue,
      body: delivery.body,
      run: crypto.randomUUID(),
      now: new Date(startedAt),
      startedAt: new Date(startedAt),
      resiliency: this.#options.resiliency,
      maxEnvelopeBytes: this.#options.maxEnvelopeBytes,
      ...(this.#stage.component === undefined ? {} : { component: this.#stage.component }),
      ...(span?.traceparent === undefined ? {} : { traceparent: span.traceparent }),
    };
    // What is made of the envelope comes of the span, which is in its headers now.
    const outcome = read.error
      ? undeliverable(read.error, envelope, context)
      : await this.#handle(span?.envelope ?? read.envelope, context);
    if (!outcome) {
      return await delivery.release({ delayMs: this.#stopped.signal.aborted ? 0 : BROKEN_PAUSE_MS });
    }
    if (!await this.#settler.settle(delivery, outcome, { context, log })) return;
    span?.end({ ...outcome, emitted: outcome.messages.length });
    this.#record(envelope, outcome, startedAt);
  }

  /** The envelope in a delivery, or why none can be handled. */
  #read({ body, losses = 0 }: Delivery): ReadDelivery {
    const { maxEnvelopeBytes } = this.#options;
    let envelope: Envelope | undefined;
    try {
      if (body.length > maxEnvelopeBytes) throw new EnvelopeTooLargeError(body.length, maxEnvelopeBytes);
      envelope = parseEnvelope(body, { maxBytes: maxEnvelopeBytes });
      if (envelope.route.curr !== this.actor) throw new RouteMismatchError(this.actor, envelope.route.curr);
      if (losses >= MOST_LOSSES) throw new PoisonError(this.actor, losses);
      return { envelope, error: undefined };
    } catch (error) {
      if (!(error instanceof TroupeError)) throw error;
      this.#logger.warn("an envelope cannot be processed and goes to x-sump", {
        ...hopFields(envelope),
        code: error.code,
        reason: error.message,
      });
      return { envelope, error };
    }
  }

  /** Runs the actor. No outcome: the actor did not get to it, and the envelope is to come back. */
  async #handle(envelope: Envelope, context: HopContext): Promise<Outcome | undefined> {
    if (this.#options.controls.isCanceled(envelope)) return canceledOutcome(envelope, context);
    const deadline = deadlineOf(envelope);
    if (Date.now() > deadline) return this.#deadlineExceeded(envelope, context, "before");
    const result = await this.#run(envelope);
    if (!result) return undefined;
    const now = new Date();
    if (now.getTime() > deadline) return this.#deadlineExceeded(envelope, { ...context, now }, "while");
    if (!result.ok) {
      this.#logger.warn("a hop failed", {
        ...hopFields(envelope),
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
        if (!(error instanceof StageBrokenError || error instanceof ServiceUnavailableError)) throw error;
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
    const record = hopRecord(envelope, {
      actor: this.actor,
      startedAt,
      finishedAt,
      verdict: outcome.verdict,
      ...(outcome.error ? { error: outcome.error } : {}),
      sent: outcome.messages,
      host: HOST,
      recordPayloadBytes,
    });
    transport.broadcast(HOP_TOPIC, new TextEncoder().encode(JSON.stringify(record)));
  }
}

/** What came: an envelope to be handled, or why there is none. */
type ReadDelivery =
  | { readonly envelope: Envelope; readonly error: undefined }
  | { readonly envelope: Envelope | undefined; readonly error: TroupeError };

/** When an envelope's deadline passes, in milliseconds since the epoch; never, where it has none that can be read. */
function deadlineOf(envelope: Envelope): number {
  const time = Date.parse(envelope.status?.deadline_at ?? "");
  return Number.isNaN(time) ? Infinity : time;
}
