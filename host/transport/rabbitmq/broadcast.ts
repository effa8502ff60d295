/**
 * Broadcasts: to listeners in this process directly, to those elsewhere through an exchange, each listening process having
 * a queue of its own that goes with it. Best effort: unconfirmed, and dropped while there is no connection, or no room.
 *
 * What is sent on a topic within a few milliseconds goes as one message: texts one after another, each behind its length.
 *
 * @module
 */

import type { Channel } from "amqplib";
import { Buffer } from "node:buffer";
import { closeChannel } from "./close_channel.ts";
import { Backoff } from "./backoff.ts";
import type { Connector, RabbitmqEvent } from "./connector.ts";
import { reasonOf } from "./errors.ts";
import type { Link } from "./link.ts";

/** How long broadcasts are collected, in milliseconds. */
const COLLECT_MS = 10;
/** Most bytes that wait to be sent; what is over is dropped. */
const MOST_WAITING_BYTES = 4 * 1024 * 1024;
/** A message is sent when it has so many bytes, without waiting for more. */
const FULL_BYTES = 64 * 1024;
/** Most messages that wait for a listener that does not keep up; the oldest are dropped. */
const MOST_UNHEARD = 10_000;
/** Bounds of the pause between two attempts to listen, in milliseconds. */
const PAUSES = { first: 100, longest: 5_000 };

type Listener = (bytes: Uint8Array) => void;

/** Topics and their listeners. */
export class Broadcasts {
  readonly #connector: Connector;
  readonly #exchange: string;
  readonly #onEvent: (event: RabbitmqEvent) => void;
  /** Tells this process's own broadcasts, which its listeners have heard already. */
  readonly #self = crypto.randomUUID();
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #waiting = new Map<string, Uint8Array[]>();
  #waitingBytes = 0;
  #flushing: ReturnType<typeof setTimeout> | undefined;
  #sender: { readonly link: Link; readonly channel: Promise<Channel | undefined> } | undefined;
  /** The connection does not take what was written so far. */
  #clogged = false;
  #receiver: { readonly channel: Channel; readonly queue: string } | undefined;
  #listening: Promise<void> | undefined;

  /** @param options `exchange`: the broker's name of it; `onEvent`: told when there is a link and it does not serve. */
  constructor(
    connector: Connector,
    options: { readonly exchange: string; readonly onEvent: (event: RabbitmqEvent) => void },
  ) {
    this.#connector = connector;
    this.#exchange = options.exchange;
    this.#onEvent = options.onEvent;
  }

  /** Sends to everyone who listens. Never throws. */
  send(topic: string, bytes: Uint8Array): void {
    this.#tell(topic, bytes);
    if (this.#waitingBytes + bytes.length > MOST_WAITING_BYTES || this.#connector.closed.aborted) return;
    const waiting = this.#waiting.get(topic) ?? [];
    this.#waiting.set(topic, waiting);
    waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#flushing ??= setTimeout(() => void this.#flush(), this.#waitingBytes > FULL_BYTES ? 0 : COLLECT_MS);
  }

  /** Adds a listener. @returns What removes it. */
  listen(topic: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(listener));
    this.#listening ??= this.#listen();
    if (listeners.size === 1) this.#bind(topic, true);
    return () => {
      if (!listeners.delete(listener) || listeners.size > 0) return;
      this.#listeners.delete(topic);
      this.#bind(topic, false);
    };
  }

  /** Sends what waits. */
  async close(): Promise<void> {
    await this.#flush();
    // The goodbye of a connection overtakes what its channels have not written yet; that of a channel does not.
    const channel = await this.#sender?.channel;
    if (channel) await closeChannel(channel);
  }

  /** Resolves when nothing is done any more; the connector has to be closed. */
  async done(): Promise<void> {
    await this.#listening;
  }

  async #flush(): Promise<void> {
    clearTimeout(this.#flushing);
    this.#flushing = undefined;
    const batches = [...this.#waiting];
    this.#waiting.clear();
    this.#waitingBytes = 0;
    const link = this.#connector.live;
    if (batches.length === 0 || !link || link.blocked) return;
    if (this.#sender?.link !== link) {
      this.#sender = { link, channel: this.#openSender(link) };
      this.#clogged = false;
    }
    const channel = await this.#sender.channel;
    if (!channel || this.#clogged) return;
    try {
      for (const [topic, batch] of batches) {
        const room = channel.publish(this.#exchange, topic, pack(batch), {
          appId: this.#self,
          persistent: false,
        });
        if (!room) this.#clogged = true;
      }
    } catch {
      // The channel is gone, and the broadcast with it; the next one opens another.
      this.#sender = undefined;
    }
  }

  async #openSender(link: Link): Promise<Channel | undefined> {
    try {
      const channel = await link.plainPublishingChannel();
      await this.#declare(channel);
      channel.on("drain", () => this.#clogged = false);
      channel.on("close", () => this.#sender = undefined);
      return channel;
    } catch (error) {
      this.#sender = undefined;
      this.#failed("sent", { link, error });
      return undefined;
    }
  }

  async #declare(channel: Channel): Promise<void> {
    await channel.assertExchange(this.#exchange, "direct", { durable: true });
  }

  /** Listens on each link, one after another, until the connector is closed. */
  async #listen(): Promise<void> {
    const { closed } = this.#connector;
    const backoff = new Backoff(PAUSES);
    while (!closed.aborted) {
      const link = await this.#connector.linkWithin(PAUSES.longest);
      if (!link) continue;
      try {
        await this.#receive(await link.channel());
        backoff.reset();
      } catch (error) {
        this.#failed("heard", { link, error });
      }
      await backoff.pause(closed);
    }
  }

  /** Receives until the channel is closed. */
  async #receive(channel: Channel): Promise<void> {
    const gone = new Promise<void>((resolve) => channel.on("close", () => resolve()));
    await this.#declare(channel);
    // Named by us, so that an operator can allow names by their beginning; anew each time, as the last may still be there.
    const queue = `${this.#exchange}_${crypto.randomUUID()}`;
    await channel.assertQueue(queue, {
      exclusive: true,
      durable: false,
      autoDelete: true,
      maxLength: MOST_UNHEARD,
    });
    await channel.consume(queue, (message) => {
      if (!message) return void closeChannel(channel);
      if (message.properties.appId === this.#self) return;
      for (const bytes of unpack(message.content)) this.#tell(message.fields.routingKey, bytes);
    }, { noAck: true });
    this.#receiver = { channel, queue };
    try {
      for (const topic of this.#listeners.keys()) await channel.bindQueue(queue, this.#exchange, topic);
      await gone;
    } finally {
      this.#receiver = undefined;
    }
  }

  #bind(topic: string, wanted: boolean): void {
    if (!this.#receiver) return;
    const { channel, queue } = this.#receiver;
    const asked = wanted
      ? channel.bindQueue(queue, this.#exchange, topic)
      : channel.unbindQueue(queue, this.#exchange, topic);
    // If it fails, the channel is gone, and the next one binds what is listened to then.
    asked.catch(() => {});
  }

  #failed(what: string, { link, error }: { readonly link: Link; readonly error: unknown }): void {
    // A lost link is told by itself.
    if (!link.alive) return;
    this.#onEvent({ kind: "interrupted", detail: `broadcasts cannot be ${what}: ${reasonOf(error)}` });
  }

  #tell(topic: string, bytes: Uint8Array): void {
    for (const listener of this.#listeners.get(topic) ?? []) queueMicrotask(() => listener(bytes));
  }
}

/** Texts as one, each behind its length in four bytes. */
export function pack(texts: readonly Uint8Array[]): Buffer {
  return Buffer.concat(texts.flatMap((text) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(text.length);
    return [length, text];
  }));
}

/** The texts in a message; none, from where on it was not made by {@linkcode pack}. */
export function unpack(message: Uint8Array): Uint8Array[] {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const texts: Uint8Array[] = [];
  for (let at = 0; at + 4 <= message.length;) {
    const length = view.getUint32(at);
    if (at + 4 + length > message.length) break;
    texts.push(message.slice(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return texts;
}
