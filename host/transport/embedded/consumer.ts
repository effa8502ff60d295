/**
 * Deliveries of one queue, as they are handed out.
 *
 * @module
 */

import type { Consumer, Delivery } from "../transport.ts";
import type { Room } from "./messages.ts";

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
  /** Whether a suspect is in hand: they are given out one at a time. */
  #hasSuspect = false;
  #stopped: Promise<void> | undefined;
  #wake: (() => void) | undefined;

  /** @param options `inFlight`: the bound on what is taken and not ended. */
  constructor(queue: string, options: { readonly inFlight: number; readonly hooks: ConsumerHooks }) {
    this.queue = queue;
    this.#inFlight = options.inFlight;
    this.#hooks = options.hooks;
  }

  /** What it may be given. */
  get room(): Room {
    return { limit: this.#stopped ? 0 : this.#inFlight - this.#inHand, suspect: !this.#hasSuspect };
  }

  /** Gives it deliveries. @param options `suspect`: whether the first of them is one. */
  push(deliveries: readonly Delivery[], { suspect }: { readonly suspect: boolean }): void {
    this.#inHand += deliveries.length;
    this.#hasSuspect ||= suspect;
    this.#unread.push(...deliveries);
    this.#wake?.();
  }

  /** A delivery of it has ended. @param options `suspect`: whether it was one. */
  ended({ suspect }: { readonly suspect: boolean }): void {
    this.#inHand--;
    if (suspect) this.#hasSuspect = false;
    if (this.room.limit > 0) this.#hooks.onRoom();
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
