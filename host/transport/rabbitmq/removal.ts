/**
 * The end of an actor's queues.
 *
 * @module
 */

import type { ChannelModel } from "amqplib";
import type { RabbitmqAddress } from "./address.ts";
import { dial, goodbye, openChannel } from "./dial.ts";
import {
  RabbitmqError,
  RabbitmqRefusedError,
  RabbitmqUnreachableError,
  reasonOf,
  replyCode,
} from "./errors.ts";
import { hostAndPort } from "../../address.ts";
import { topologyOf } from "./topology.ts";

/** What queues hold. */
export interface QueueContent {
  /** Messages that wait. */
  readonly messages: number;
  /** Consumers; they may have messages in hand. */
  readonly consumers: number;
}

/** What became of queues that were to be removed. */
export interface Removal extends QueueContent {
  /** Whether they are gone. */
  readonly removed: boolean;
  /** Messages that came in the moment of the removal, and went with the queue. */
  readonly lost: number;
}

/**
 * Removes the queue of an actor, and that of its suspects, unless there is a message in them, or a consumer at them. A queue
 * that does not exist is removed already.
 *
 * Between the look and the removal is a moment: a broker does not remove a quorum queue on condition that it is empty. What
 * comes in it is told.
 *
 * @param options `look`: only says what they hold.
 * @throws {RabbitmqUnreachableError} when no node of the broker answers, and other errors of the broker.
 */
export async function removeQueues(
  address: RabbitmqAddress,
  { actor, name, look = false }: { readonly actor: string; readonly name: string; readonly look?: boolean },
): Promise<Removal> {
  const topology = topologyOf(address);
  const queues = [topology.queueOf(actor), topology.suspectsOf(actor)].filter((queue) => queue !== undefined);
  const connection = await dialAny(address, name);
  try {
    const contents = await Promise.all(queues.map((queue) => contentOf(connection, queue)));
    const sum = (count: (content: QueueContent) => number) =>
      contents.reduce((total, content) => total + (content === undefined ? 0 : count(content)), 0);
    const content = {
      messages: sum(({ messages }) => messages),
      consumers: sum(({ consumers }) => consumers),
    };
    if (look || content.messages > 0 || content.consumers > 0) return { ...content, removed: false, lost: 0 };
    const lost = await Promise.all(queues.map((queue) => remove(connection, queue)));
    return { ...content, removed: true, lost: lost.reduce((total, each) => total + each, 0) };
  } finally {
    await goodbye(connection);
  }
}

async function dialAny(address: RabbitmqAddress, name: string): Promise<ChannelModel> {
  let last: unknown;
  for (const node of address.nodes) {
    try {
      return await dial(node, { ...address, name });
    } catch (error) {
      if (error instanceof RabbitmqRefusedError) throw error;
      last = error;
    }
  }
  throw new RabbitmqUnreachableError(address.nodes.map(hostAndPort), reasonOf(last));
}

/** What a queue holds; undefined when there is none. */
async function contentOf(connection: ChannelModel, queue: string): Promise<QueueContent | undefined> {
  // A question for a queue that does not exist costs its channel.
  const channel = await openChannel(() => connection.createChannel());
  try {
    const { messageCount, consumerCount } = await channel.checkQueue(queue);
    return { messages: messageCount, consumers: consumerCount };
  } catch (error) {
    if (replyCode(error) === 404) return undefined;
    throw new RabbitmqError(`The broker does not tell what the queue ${queue} holds`, error);
  }
}

/** @returns How many messages went with it. */
async function remove(connection: ChannelModel, queue: string): Promise<number> {
  const channel = await openChannel(() => connection.createChannel());
  try {
    return (await channel.deleteQueue(queue)).messageCount;
  } catch (error) {
    throw new RabbitmqError(`The broker did not remove the queue ${queue}`, error);
  }
}
