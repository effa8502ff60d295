/**
 * One generation of connections to the broker. When it is lost, everything that hangs on it is: channels, leases,
 * confirms under way. The next generation is another object, so nothing old can be taken for something new.
 *
 * Two connections, since a broker that has no memory left stops reading from those that publish: acknowledgements, which
 * are what gives it memory again, must not wait behind a message.
 *
 * @module
 */

import type { Channel, ChannelModel, ConfirmChannel } from "amqplib";
import { hostAndPort } from "../../address.ts";
import type { RabbitmqNode } from "./address.ts";
import { cut, dial, type DialOptions, goodbye, openChannel, whenClosed } from "./dial.ts";
import { Questions } from "./questions.ts";

/** What a link is opened with, beside the node. */
export interface LinkOptions extends DialOptions {
  /** The name under which the broker shows the connections. */
  readonly name: string;
}

/** A pair of connections: one that publishes, one for everything else. */
export class Link {
  /** The node, as it is shown to people. */
  readonly node: string;
  /** Resolves with the reason when either connection is lost or closed. */
  readonly lost: Promise<string>;
  /** Told when the broker begins (with its reason) or ceases (with an empty text) to block publishing. */
  onBlocked: (reason: string) => void = () => {};
  readonly #main: ChannelModel;
  readonly #publishing: ChannelModel;
  readonly #questions: Questions;
  #alive = true;
  #closing = false;
  #blocked = "";
  #unblocked = Promise.resolve();
  #unblock = () => {};
  #unblockedAt = 0;

  private constructor(
    node: string,
    { main, publishing, questions }: { main: ChannelModel; publishing: ChannelModel; questions: Questions },
  ) {
    this.node = node;
    this.#main = main;
    this.#publishing = publishing;
    this.#questions = questions;
    this.lost = Promise.race([main, publishing].map(whenClosed)).then((reason) => {
      this.#alive = false;
      this.#unblock();
      // The other goes with it: a generation is lived through, or lost, as a whole.
      if (!this.#closing) {
        for (const connection of [main, publishing]) cut(connection);
        questions.end();
      }
      return reason;
    });
    publishing.on("blocked", (reason) => {
      this.#blocked = reason || "the broker is short of memory or disk";
      this.#unblocked = new Promise((resolve) => this.#unblock = resolve);
      this.onBlocked(this.#blocked);
    });
    publishing.on("unblocked", () => {
      this.#blocked = "";
      this.#unblockedAt = performance.now();
      this.#unblock();
      this.onBlocked("");
    });
  }

  /**
   * Connects to a node.
   *
   * @throws {RabbitmqRefusedError} when it answers and does not let this client in; other errors when it does not answer.
   */
  static async open(node: RabbitmqNode, options: LinkOptions): Promise<Link> {
    const dialAs = (what: string) => dial(node, { ...options, name: `${options.name}${what}` });
    const main = await dialAs("");
    try {
      const publishing = await dialAs(" (publishing)");
      const questions = new Questions(() => dialAs(" (asking)"));
      return new Link(hostAndPort(node), { main, publishing, questions });
    } catch (error) {
      await goodbye(main);
      throw error;
    }
  }

  /** Whether neither connection is lost. */
  get alive(): boolean {
    return this.#alive;
  }

  /** Why the broker takes no messages at the moment; empty when it does. */
  get blocked(): string {
    return this.#alive ? this.#blocked : "";
  }

  /** When the broker last began again to take messages, on the clock of `performance.now()`; 0 if it never ceased to. */
  get unblockedAt(): number {
    return this.#unblockedAt;
  }

  /** Resolves when the broker takes messages, or the link is lost. */
  get unblocked(): Promise<void> {
    return this.#unblocked;
  }

  /** Opens a channel for everything but publishing. Its errors end it, and are told by what was asked of it. */
  async channel(): Promise<Channel> {
    return await openChannel(() => this.#main.createChannel());
  }

  /** Opens a channel to publish without confirms. */
  async plainPublishingChannel(): Promise<Channel> {
    return await openChannel(() => this.#publishing.createChannel());
  }

  /** Opens a channel to publish with confirms. */
  async publishingChannel(): Promise<ConfirmChannel> {
    return await openChannel(() => this.#publishing.createConfirmChannel());
  }

  /**
   * Opens a channel to ask about queues: on a connection of its own, since a question about a queue that is in trouble can
   * stay without an answer until the broker ends the connection.
   */
  async questionChannel(): Promise<Channel> {
    return await this.#questions.channel();
  }

  /** Cuts the connection of the questions, as they are not answered; the next one is asked on another. */
  abandonQuestions(): void {
    this.#questions.abandon();
  }

  /** Closes all connections. Safe to call twice. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all([goodbye(this.#main), goodbye(this.#publishing), this.#questions.close()]);
    await this.lost;
  }
}
