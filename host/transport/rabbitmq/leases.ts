/**
 * Leases on the messages that came by one channel.
 *
 * @module
 */

import type { Channel, ConsumeMessage } from "amqplib";
import { closeChannel } from "./close_channel.ts";

/** The right to settle a message: ends when it is used, or when the channel does. */
export interface Lease {
  /** Whether the message is still this consumer's. */
  readonly alive: boolean;
  /** Acknowledges. @returns False when the lease was lost. */
  acknowledge(): boolean;
  /** Gives the message back to its queue, at once and counted. @returns False when the lease was lost. */
  giveBack(): boolean;
}

/** `held`: in hand. `acknowledged`: to be told to the broker with the next batch. */
type State = "held" | "acknowledged";

/** The leases of a channel. */
export class Leases {
  readonly #channel: Channel;
  /** By delivery tag. Tags rise, so the map's order is theirs. */
  readonly #states = new Map<number, { state: State; readonly message: ConsumeMessage }>();
  #alive = true;
  #flushing: ReturnType<typeof setImmediate> | undefined;
  #held = 0;
  #none: PromiseWithResolvers<void> | undefined;

  constructor(channel: Channel) {
    this.#channel = channel;
    channel.on("close", () => this.#die());
  }

  /** The lease on a message that has just come. */
  open(message: ConsumeMessage): Lease {
    const tag = message.fields.deliveryTag;
    this.#states.set(tag, { state: "held", message });
    this.#held++;
    const isHeld = () => this.#alive && this.#states.get(tag)?.state === "held";
    return {
      get alive() {
        return isHeld();
      },
      acknowledge: () => {
        if (!isHeld()) return false;
        this.#states.set(tag, { state: "acknowledged", message });
        this.#flushing ??= setImmediate(() => this.#flush());
        this.#ended();
        return true;
      },
      giveBack: () => {
        if (!isHeld()) return false;
        this.#states.delete(tag);
        this.#tell(() => this.#channel.nack(message, false, true));
        this.#ended();
        return true;
      },
    };
  }

  /** Resolves when no lease is left. */
  none(): Promise<void> {
    if (this.#held === 0) return Promise.resolve();
    this.#none ??= Promise.withResolvers();
    return this.#none.promise;
  }

  /** Resolves when the broker has read everything that it was told until now. */
  async sync(): Promise<void> {
    this.#flush();
    // Any question will do: the broker answers in order. It fails when the channel is gone.
    if (this.#alive) await this.#channel.prefetch(1).catch(() => {});
  }

  /** Tells the broker what was acknowledged, and closes the channel: leases that are left are lost. */
  async end(): Promise<void> {
    this.#flush();
    await closeChannel(this.#channel);
    this.#die();
  }

  /** One frame for all up to the first that is still in hand, one for each beyond. */
  #flush(): void {
    clearImmediate(this.#flushing);
    this.#flushing = undefined;
    let upTo: ConsumeMessage | undefined;
    const single: ConsumeMessage[] = [];
    let contiguous = true;
    for (const [tag, { state, message }] of this.#states) {
      if (state === "held") contiguous = false;
      else {
        if (contiguous) upTo = message;
        else single.push(message);
        this.#states.delete(tag);
      }
    }
    this.#tell(() => {
      if (upTo) this.#channel.ack(upTo, true);
      for (const message of single) this.#channel.ack(message);
    });
  }

  #ended(): void {
    this.#held--;
    if (this.#held > 0) return;
    this.#none?.resolve();
    this.#none = undefined;
  }

  #die(): void {
    this.#alive = false;
    this.#held = 0;
    this.#states.clear();
    clearImmediate(this.#flushing);
    this.#flushing = undefined;
    this.#none?.resolve();
  }

  /** The client throws when the channel is gone and its event is still to come; then the leases are lost anyway. */
  #tell(say: () => void): void {
    if (!this.#alive) return;
    try {
      say();
    } catch {
      this.#die();
    }
  }
}
