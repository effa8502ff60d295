/**
 * Messages of one queue of the broker, over one channel after another: when the channel, the consumer on it or the link is
 * lost, another takes its place. A message's lease is bound to the channel that it came by, and ends with it.
 *
 * The broker ends a channel of which it has waited for an acknowledgement for longer than its `consumer_timeout` (30
 * minutes, unless set otherwise). AMQP has no way to extend that: set it higher than the longest `limits.timeout` of an
 * actor. Where it strikes, what was in hand comes again, and the late hop settles nothing.
 *
 * @module
 */

import type { Channel, ConsumeMessage } from "amqplib";
import { Backoff } from "./backoff.ts";
import type { Connector, RabbitmqEvent } from "./connector.ts";
import { reasonOf } from "./errors.ts";
import { Leases } from "./leases.ts";
import type { Lease } from "./leases.ts";
import type { Link } from "./link.ts";

/** What a source needs. */
export interface SourceOptions {
  /** The broker's name of the queue. */
  readonly queue: string;
  /** How many messages may be out at once. */
  readonly prefetch: number;
  readonly connector: Connector;
  /** Makes the queue again; called after it was lost. */
  readonly declare: (link: Link) => Promise<void>;
  readonly onMessage: (message: ConsumeMessage, lease: Lease) => void;
  readonly onEvent: (event: RabbitmqEvent) => void;
}

/** Bounds of the pause between two attempts to consume, in milliseconds. */
const PAUSES = { first: 100, longest: 5_000 };
/** What AMQP can say, and no more than a quorum queue may have out to one consumer. */
const MOST_PREFETCHED = 2_000;

/** The messages of a queue. */
export class Source {
  readonly #options: SourceOptions;
  readonly #stopped = new AbortController();
  readonly #whenStopped = new Promise<void>((resolve) =>
    this.#stopped.signal.addEventListener("abort", () => resolve(), { once: true })
  );
  readonly #running: Promise<void>;
  #session: { readonly channel: Channel; readonly leases: Leases; readonly tag: string } | undefined;
  #problem = "";

  constructor(options: SourceOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  /** Why it cannot take messages at the moment; empty when it can, or is not connected. */
  get problem(): string {
    return this.#problem;
  }

  /** Takes no more messages; those in hand can still be acknowledged. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    const session = this.#session;
    // It fails when the channel is gone, which stops it too.
    if (session) await session.channel.cancel(session.tag).catch(() => {});
  }

  /** Resolves when it was stopped and nothing is in hand any more, or the connector is closed. */
  get done(): Promise<void> {
    return this.#running;
  }

  /** Resolves when the broker has taken note of what was acknowledged or given back until now. */
  async flush(): Promise<void> {
    await this.#session?.leases.sync();
  }

  async #run(): Promise<void> {
    const { connector, declare, onEvent, queue } = this.#options;
    const signal = AbortSignal.any([this.#stopped.signal, connector.closed]);
    const backoff = new Backoff(PAUSES);
    let lostOn: Link | undefined;
    while (!signal.aborted) {
      const link = await connector.linkWithin(PAUSES.longest, signal);
      if (!link || signal.aborted) continue;
      let why: string;
      try {
        // On a new link, the queues have been declared already.
        if (lostOn === link) await declare(link);
        why = await this.#consume(link, () => {
          backoff.reset();
          this.#problem = "";
        });
      } catch (error) {
        why = reasonOf(error);
        this.#problem = `the queue ${queue} cannot be consumed: ${why}`;
      }
      if (signal.aborted) return;
      lostOn = link;
      if (link.alive) {
        onEvent({ kind: "interrupted", detail: `consuming the queue ${queue} was interrupted: ${why}` });
      }
      await backoff.pause(signal);
    }
  }

  /** Consumes until the channel is lost, and gives the reason; once stopped, until no lease is left. */
  async #consume(link: Link, begun: () => void): Promise<string> {
    const { queue, prefetch, onMessage } = this.#options;
    const channel = await link.channel();
    const leases = new Leases(channel);
    const ended = Promise.withResolvers<string>();
    let reason = "the channel was closed";
    channel.on("error", (error) => reason = reasonOf(error));
    channel.on("close", () => ended.resolve(reason));
    try {
      await channel.prefetch(Math.min(prefetch, MOST_PREFETCHED));
      const { consumerTag } = await channel.consume(queue, (message) => {
        if (message) onMessage(message, leases.open(message));
        else ended.resolve("the broker cancelled it: the queue was deleted, or has moved");
      });
      this.#session = { channel, leases, tag: consumerTag };
      begun();
      // It was stopped before the consumer was known.
      if (this.#stopped.signal.aborted) await channel.cancel(consumerTag);
      return await Promise.race([ended.promise, this.#drained(leases)]);
    } finally {
      this.#session = undefined;
      await leases.end();
    }
  }

  /** Resolves when it was stopped and no lease is left. */
  async #drained(leases: Leases): Promise<string> {
    await this.#whenStopped;
    await leases.none();
    return "";
  }
}
