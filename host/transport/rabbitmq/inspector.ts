/**
 * Asks the broker whether queues exist, and how many messages are ready in them: all that AMQP tells of a queue. A
 * consumer's messages are not among them, nor are those that were given back and are on their way.
 *
 * @module
 */

import type { Channel } from "amqplib";
import { RabbitmqError, replyCode } from "./errors.ts";
import type { Link } from "./link.ts";

/** Asks about queues, one question at a time. */
export class Inspector {
  #asking: Promise<unknown> = Promise.resolve();
  #channel: { readonly channel: Channel; readonly link: Link } | undefined;

  /** Messages that are ready in a queue; undefined when there is no such queue. */
  count(queue: string, link: Link): Promise<number | undefined> {
    const asked = this.#asking.then(() => this.#count(queue, link));
    this.#asking = asked.catch(() => {});
    return asked;
  }

  async #count(queue: string, link: Link): Promise<number | undefined> {
    if (this.#channel?.link !== link) this.#channel = { channel: await link.channel(), link };
    try {
      return (await this.#channel.channel.checkQueue(queue)).messageCount;
    } catch (error) {
      // Whatever the answer was, the broker has closed the channel with it.
      this.#channel = undefined;
      if (replyCode(error) === 404) return undefined;
      throw new RabbitmqError(`The broker did not tell of the queue ${queue}`, error);
    }
  }
}
