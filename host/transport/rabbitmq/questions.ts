/**
 * A connection to ask about queues: made when there is a question, and closed when there has been none for a while.
 *
 * @module
 */

import type { Channel, ChannelModel } from "amqplib";
import { TroupeError } from "../../errors.ts";
import { cut, goodbye, openChannel } from "./dial.ts";
import { RabbitmqError } from "./errors.ts";

/** How long it stays without a channel, in milliseconds. */
const IDLE_MS = 15_000;

/** The connection of the questions. */
export class Questions {
  readonly #dial: () => Promise<ChannelModel>;
  #connection: Promise<ChannelModel> | undefined;
  #ended = false;
  #open = 0;
  #idle: ReturnType<typeof setTimeout> | undefined;

  /** @param dial Makes a connection. */
  constructor(dial: () => Promise<ChannelModel>) {
    this.#dial = dial;
  }

  /**
   * Opens a channel.
   *
   * @throws {RabbitmqRefusedError} when the broker does not let this client in; {@linkcode RabbitmqError} when no connection
   * came about, or it was lost at once: the next one may be had.
   */
  async channel(): Promise<Channel> {
    clearTimeout(this.#idle);
    this.#open++;
    try {
      const connection = await (this.#connection ?? this.#connect());
      const channel = await openChannel(() => connection.createChannel());
      channel.on("close", () => this.#closed());
      return channel;
    } catch (error) {
      this.#closed();
      if (error instanceof TroupeError) throw error;
      throw new RabbitmqError("The broker cannot be asked", error);
    }
  }

  /** Cuts the connection. The next channel is opened on another. */
  abandon(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    // Where it could not be made, there is nothing to cut.
    connection?.then(cut, () => {});
  }

  /** Cuts the connection, for good. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#idle);
    this.abandon();
  }

  /** Closes the connection, for good. */
  async close(): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#idle);
    const connection = await this.#connection?.catch(() => undefined);
    if (connection) await goodbye(connection);
  }

  #connect(): Promise<ChannelModel> {
    const made: Promise<ChannelModel> = this.#dial().then((connection) => {
      connection.on("close", () => this.#forget(made));
      if (this.#ended) cut(connection);
      return connection;
    });
    made.catch(() => this.#forget(made));
    return this.#connection = made;
  }

  #forget(connection: Promise<ChannelModel>): void {
    if (this.#connection === connection) this.#connection = undefined;
  }

  #closed(): void {
    if (--this.#open > 0 || this.#ended) return;
    this.#idle = setTimeout(() => {
      const connection = this.#connection;
      this.#connection = undefined;
      connection?.then(goodbye, () => {});
    }, IDLE_MS);
  }
}
