/**
 * Asks the broker whether queues exist, and how many messages are ready in them: all that AMQP tells of a queue. A
 * consumer's messages are not among them, nor are those that were given back and are on their way.
 *
 * @module
 */

import type { Channel } from "amqplib";
import { closeChannel } from "./close_channel.ts";
import { RabbitmqError, replyCode } from "./errors.ts";
import type { Link } from "./link.ts";

/** How long its channel stays open without a question, in milliseconds. */
const IDLE_MS = 1_000;

/** Asks about queues, one question at a time. */
export class Inspector {
  #asking: Promise<unknown> = Promise.resolve();
  #channel: { readonly channel: Channel; readonly link: Link } | undefined;
  #idle: ReturnType<typeof setTimeout> | undefined;

  /** Messages that are ready in a queue; undefined when there is no such queue. */
  count(queue: string, link: Link): Promise<number | undefined> {
    const asked = this.#asking.then(() => this.#count(queue, link));
    this.#asking = asked.catch(() => {});
    return asked;
  }

  async #count(queue: string, link: Link): Promise<number | undefined> {
    clearTimeout(this.#idle);
    const channel = this.#channel?.link === link ? this.#channel.channel : await this.#open(link);
    try {
      const { messageCount } = await channel.checkQueue(queue);
      this.#idle = setTimeout(() => void closeChannel(channel), IDLE_MS);
      return messageCount;
    } catch (error) {
      // Whatever the answer was, the broker has closed the channel with it.
      if (replyCode(error) === 404) return undefined;
      throw new RabbitmqError(`The broker did not tell of the queue ${queue}`, error);
    }
  }

  async #open(link: Link): Promise<Channel> {
    const channel = await link.questionChannel();
    this.#channel = { channel, link };
    channel.on("close", () => {
      if (this.#channel?.channel !== channel) return;
      clearTimeout(this.#idle);
      this.#channel = undefined;
    });
    return channel;
  }
}
