/**
 * A tap on a queue, by a client that knows nothing of the mesh: what arrives is written down as it is, published to another
 * queue, and only then acknowledged.
 *
 * @module
 */

import type { ChannelModel, ConfirmChannel, ConsumeMessage } from "amqplib";

/** What a tap is put to. */
export interface RawTapOptions {
  /** Opens a connection; asked for again and again while the broker is away. */
  readonly connect: () => Promise<ChannelModel>;
  readonly from: string;
  readonly to: string;
  /** Where each body is added, in a line: an envelope has no line breaks. */
  readonly file: string;
}

/** How many messages are out to it. */
const PREFETCH = 200;
/** Pause between two attempts to reach a broker that may be starting, in milliseconds. */
const PAUSE_MS = 200;
const NEWLINE = 10;

/** A tap. */
export class RawTap {
  readonly #options: RawTapOptions;
  readonly #stopped = Promise.withResolvers<void>();
  #stopping = false;
  #file: Deno.FsFile;
  readonly #tapping: Promise<void>;

  /** Opens it. */
  constructor(options: RawTapOptions) {
    this.#options = options;
    this.#file = Deno.openSync(options.file, { create: true, append: true });
    this.#tapping = this.#tap();
  }

  /** Takes nothing more, and ends when everything that it took is passed on or given back. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#stopped.resolve();
    await this.#tapping;
  }

  async #tap(): Promise<void> {
    while (!this.#stopping) {
      try {
        await this.#session(await this.#options.connect());
      } catch {
        // The broker is away, or went away: that is what the tap is to live through. It is tried again.
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
    this.#file.close();
  }

  async #session(connection: ChannelModel): Promise<void> {
    const closed = new Promise<void>((resolve) => connection.on("close", resolve));
    connection.on("error", () => {});
    try {
      const channel = await connection.createConfirmChannel();
      const gone = new Promise<void>((resolve) => channel.on("close", resolve));
      channel.on("error", () => {});
      let inHand = 0;
      let none = () => {};
      await channel.prefetch(PREFETCH);
      const { consumerTag } = await channel.consume(this.#options.from, (message) => {
        // The consumer was cancelled by the broker: begin anew.
        if (!message) return void channel.close().catch(() => {});
        inHand++;
        this.#pass(message, channel, () => {
          if (--inHand === 0) none();
        });
      });
      await Promise.race([closed, gone, this.#stopped.promise]);
      if (!this.#stopping) return;
      await channel.cancel(consumerTag);
      if (inHand > 0) await Promise.race([closed, gone, new Promise<void>((resolve) => none = resolve)]);
    } finally {
      // It fails when it is closed already.
      await connection.close().catch(() => {});
    }
  }

  #pass(message: ConsumeMessage, channel: ConfirmChannel, onDone: () => void): void {
    const { content } = message;
    if (content.includes(NEWLINE)) throw new Error("a body with a line break in it");
    this.#file.writeSync(new Uint8Array([...content, NEWLINE]));
    const { to } = this.#options;
    channel.publish("", to, content, { persistent: true }, (error) => {
      // Not acknowledged, it comes again.
      if (!error) channel.ack(message);
      onDone();
    });
  }
}
