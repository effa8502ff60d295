/**
 * Takes deliveries only while the actor is not paused, and no more of them than its rate allows. What it does not take
 * stays in its queue.
 *
 * @module
 */

import type { Controls } from "./controls.ts";
import { pause } from "./pause.ts";
import { type Rate, TokenBucket } from "./rate.ts";
import { type RateShare, shareRate } from "./rate_share.ts";
import type { Consumer, Delivery, Transport } from "./transport/transport.ts";

/** What a gate needs. */
export interface GateOptions {
  readonly transport: Transport;
  /** The actor's name. */
  readonly actor: string;
  /** Envelopes in hand at once. */
  readonly inFlight: number;
  readonly controls: Controls;
  /** @default as often as there is something to do */
  readonly rate?: Rate | undefined;
}

/** A delivery is held for so long, at most, until the rate allows for it, in milliseconds; then it goes back to its queue. */
const HOLD_MS = 5_000;

/** A consumer that is closed at times. */
export class Gate implements Consumer {
  readonly #options: GateOptions;
  readonly #ended = new AbortController();
  #consumer: Consumer | undefined;
  /** The consumer is stopped for now; another one will follow. */
  #closed = false;
  /** Given when whatever is waited for is to be looked at anew. */
  #changed = new AbortController();

  constructor(options: GateOptions) {
    this.#options = options;
  }

  async stop(): Promise<void> {
    this.#ended.abort();
    this.#changed.abort();
    await this.#consumer?.stop();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Delivery> {
    const { transport, actor, controls, rate } = this.#options;
    const unlisten = controls.onPausedChange(() => this.#onPausedChange());
    const share = rate && shareRate(transport, actor);
    try {
      const bucket = rate && new TokenBucket(rate, performance.now());
      while (await this.#opened()) yield* this.#taken(bucket, share);
    } finally {
      unlisten();
      share?.stop();
      await this.stop();
    }
  }

  get #paused(): boolean {
    return this.#options.controls.isPaused(this.#options.actor);
  }

  /** Waits while the actor is paused. @returns Whether there is more to be taken. */
  async #opened(): Promise<boolean> {
    while (!this.#ended.signal.aborted && this.#paused) await this.#change();
    return !this.#ended.signal.aborted;
  }

  #change(): Promise<void> {
    const { signal } = this.#changed;
    return new Promise((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  #onPausedChange(): void {
    this.#changed.abort();
    if (!this.#ended.signal.aborted) this.#changed = new AbortController();
    if (this.#paused) this.#close();
  }

  /** What it has been given and has not passed on goes back to the queue. */
  #close(): void {
    this.#closed = true;
    // The iteration ends with it; a transport that cannot be stopped ends it too, as closed or lost.
    this.#consumer?.stop().catch(() => {});
  }

  /** Passes on deliveries until the gate is closed. */
  async *#taken(bucket: TokenBucket | undefined, share: RateShare | undefined): AsyncGenerator<Delivery> {
    const { transport, actor, inFlight } = this.#options;
    let waitMs = 0;
    this.#closed = false;
    const consumer = this.#consumer = transport.consume(actor, { inFlight });
    // It was stopped, or paused, before the consumer was known.
    if (this.#ended.signal.aborted || this.#paused) this.#close();
    for await (const delivery of consumer) {
      while (!this.#shut && waitMs <= HOLD_MS) {
        waitMs = bucket?.take({ now: performance.now(), share: share?.share() ?? 1 }) ?? 0;
        if (waitMs === 0) break;
        if (waitMs <= HOLD_MS) await pause(waitMs, this.#changed.signal);
      }
      if (!this.#shut && waitMs === 0) yield delivery;
      else {
        this.#close();
        await delivery.release();
      }
    }
    this.#consumer = undefined;
    // Nobody here has stopped it: the transport is closed.
    if (!this.#closed) this.#ended.abort();
    if (waitMs > 0) await pause(waitMs, this.#changed.signal);
  }

  get #shut(): boolean {
    return this.#ended.signal.aborted || this.#paused;
  }
}
