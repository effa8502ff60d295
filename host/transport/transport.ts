/**
 * What the mesh asks of a queue technology. Every transport keeps the same promise: a message is gone from its queue
 * only after everything that was to follow from it is confirmed (at least once; repeats carry the same envelope id).
 *
 * @module
 */

/**
 * From this many deliveries on, a message is suspected of killing its consumers: it is given out with no other of its kind,
 * so that what happens then is not its neighbours' doing.
 */
export const SUSPECT_FROM = 3;

/** A message to be published. */
export interface Outgoing {
  /** The queue's name: an actor's name; the transport maps it to its own naming. */
  readonly queue: string;
  /** The envelope's bytes. */
  readonly body: Uint8Array;
  /** Not to be delivered before this many milliseconds have passed. @default 0 */
  readonly delayMs?: number;
}

/**
 * What became of one published message. Only `ok` allows the acknowledgement of what caused it.
 * - `ok`: the broker has confirmed that it keeps the message.
 * - `refused`: the broker said no; `reason` tells the conditions that a caller can act on apart.
 * - `unknown`: no answer came; the message may be there or not.
 */
export type Outcome =
  | { readonly kind: "ok" }
  | { readonly kind: "refused"; readonly reason: "no-queue" | "too-large" | "other"; readonly detail: string }
  | { readonly kind: "unknown"; readonly detail: string };

/** What became of a batch that was to settle a delivery. */
export interface Settlement {
  /** One outcome for each message, in their order. */
  readonly outcomes: Outcome[];
  /** Whether the delivery was acknowledged: only when every outcome is `ok` and the lease was still held. */
  readonly acked: boolean;
  /** The lease on the delivery was lost: another consumer has it, and a transport that can has published nothing. */
  readonly leaseLost: boolean;
}

/** Why a broker gave a message up. */
export interface GivenUp {
  /** The queue that the message was in, or was to go to; empty when that is not known. */
  readonly queue: string;
  /** Part of a sentence. */
  readonly reason: string;
}

/** One message in the hands of a consumer, under a lease. Exactly one of `settle` and `release` ends it. */
export interface Delivery {
  /** The queue that it came from. */
  readonly queue: string;
  /** The message's bytes as they were published. */
  readonly body: Uint8Array;
  /** How often it was delivered before, as far as the broker knows: a hint. 0 at first. */
  readonly deliveries: number;
  /**
   * How many consumers were lost while they had this message in hand and no other suspect: counted from its
   * {@linkcode SUSPECT_FROM}th delivery on. Five are a verdict. @default 0, where nobody counts
   */
  readonly losses?: number;
  /** Present in the queue of `x-sump` alone: the broker itself gave the message up, and these are its bytes. */
  readonly givenUp?: GivenUp;
  /** The broker's own id of the message, for people and for messages without an envelope id. */
  readonly messageId: string;
  /**
   * Publishes the batch and, if every message of it is `ok`, acknowledges this delivery. With `[]` it just acknowledges.
   * If not everything was `ok`, the delivery stays leased, and `settle` may be called again (with what was not `ok`).
   * Resolves; never rejects for a reason that the broker gave.
   */
  settle(messages: readonly Outgoing[]): Promise<Settlement>;
  /** Gives the message back: it is delivered again soon, or after `delayMs`. Not counted as a delivery where that can be. */
  release(options?: { readonly delayMs?: number }): Promise<void>;
}

/** Options of {@linkcode Transport.consume}. */
export interface ConsumeOptions {
  /** How many deliveries may be in hand at once; at least 1. */
  readonly inFlight: number;
}

/** Deliveries of one queue. Leases of deliveries in hand are renewed until they are ended. */
export interface Consumer extends AsyncIterable<Delivery> {
  /** Stops taking: the iteration ends once nothing more was taken; deliveries in hand can still be settled. */
  stop(): Promise<void>;
}

/** How many messages a queue holds. */
export interface Depth {
  /** To be had now. */
  readonly ready: number;
  /** Due later. A transport that cannot tell whose delayed messages are gives the number of all to each queue. */
  readonly delayed: number;
  /** In a consumer's hands. A transport that cannot see those of other processes gives the number of its own. */
  readonly leased: number;
}

/** Whether a transport can do its work at the moment, for readiness probes. */
export interface TransportHealth {
  readonly ready: boolean;
  /** Why not, in a sentence; empty when ready. */
  readonly reason: string;
}

/** A queue technology. */
export interface Transport {
  /** Its name as people write it, such as `embedded`. */
  readonly name: string;
  /** The largest body, in bytes, that it carries. */
  readonly maxBodyBytes: number;
  /** Whether programs of another make take from its queues, which know of nothing but whole envelopes. @default false */
  readonly isForeign?: boolean;
  /** Makes the queues that do not exist; those that exist are left as they are. */
  declare(queues: readonly string[]): Promise<void>;
  /** The declared queues, sorted. */
  queues(): Promise<string[]>;
  /** Publishes a batch; one outcome for each message, in their order. Rejects only when the transport is closed. */
  publish(messages: readonly Outgoing[]): Promise<Outcome[]>;
  /** Takes messages of a queue that was declared. */
  consume(queue: string, options: ConsumeOptions): Consumer;
  /** Depths of all declared queues, in the order of their names. */
  depths(): Promise<Map<string, Depth>>;
  /** Depth of a queue. Rejects when it was not declared. */
  depth(queue: string): Promise<Depth>;
  /** Sends to whoever listens to the topic now: best effort, unconfirmed, batched. Never throws. */
  broadcast(topic: string, bytes: Uint8Array): void;
  /** Listens to a topic until the returned function is called. */
  subscribe(topic: string, listener: (bytes: Uint8Array) => void): () => void;
  /** Whether it can do its work now. */
  health(): TransportHealth;
  /** Confirms or gives up what is under way, gives back what is in hand, and closes. Safe to call twice. */
  close(): Promise<void>;
}
