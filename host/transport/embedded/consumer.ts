/**
 * Deliveries of one queue, as they are handed out.
 *
 * @module
 */

import type { Consumer, Delivery } from "../transport.ts";

/** What a consumer asks of the transport that it belongs to. */
export interface ConsumerHooks {
  /** There is room for more. */
  readonly onRoom: () => void;
  /** It has stopped; `unread` was taken and not handed out. */
  readonly onStop: (unread: readonly Delivery[]) => Promise<void>;
}

/** A queue's consumer. */
export class EmbeddedConsumer implements Consumer {
  readonly queue: string;
  readonly #inFlight: number;
  readonly #hooks: ConsumerHooks;
  readonly #unread: Delivery[] = [];
  #inHand = 0;
  #stopped: Promise<void> | undefined;
  #wake: (() => void) | undefined;

  /** @param options `inFlight`: the bound on what is taken and not ended. */
  constructor(queue: string, options: { readonly inFlight: number; readonly hooks: ConsumerHooks }) {
    this.queue = queue;
    this.#inFlight = options.inFlight;
    this.#hooks = options.hooks;
  }

  /** How many more deliveries it may be given. */
  get room(): number {
    return this.#stopped ? 0 : this.#inFlight - this.#inHand;
  }

  /** Gives it deliveries. */
  push(deliveries: readonly Delivery[]): void {
    this.#inHand += deliveries.length;
    this.#unread.push(...deliveries);
    this.#wake?.();
  }

  /** A delivery of it has ended. */
  ended(): void {
    this.#inHand--;
    if (this.room > 0) this.#hooks.onRoom();
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#hooks.onStop(this.#unread.splice(0));
    this.#wake?.();
    return this.#stopped;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Delivery> {
    try {
      for (;;) {
        const delivery = this.#unread.shift();
        if (delivery) {
          yield delivery;
          continue;
        }
        if (this.#stopped) return;
        await new Promise<void>((resolve) => this.#wake = resolve);
        this.#wake = undefined;
      }
    } finally {
      await this.stop();
    }
  }
}
