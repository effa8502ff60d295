/**
 * The end of an actor's queues.
 *
 * @module
 */

import type { Channel, ChannelModel, ConsumeMessage } from "amqplib";
import type { RabbitmqAddress } from "./address.ts";
import { Backoff } from "./backoff.ts";
import { closeChannel } from "./close_channel.ts";
import { ConfirmedChannel } from "./confirms.ts";
import { declareAll } from "./declaration.ts";
import { dial, goodbye, openChannel } from "./dial.ts";
import {
  RabbitmqError,
  RabbitmqRefusedError,
  RabbitmqUnreachableError,
  reasonOf,
  replyCode,
} from "./errors.ts";
import { hostAndPort } from "../../address.ts";
import { pause } from "../../pause.ts";
import { marksHeaders, readMarks } from "./marks.ts";
import { type Topology, topologyOf } from "./topology.ts";

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
  /** Messages that came after all, and were put where `x-sump` takes them from. */
  readonly moved: number;
  /** Messages that went with the queues, as they only do when that is forced. */
  readonly lost: number;
}

/** What is to be removed, and how. */
export interface RemovalOptions {
  readonly actor: string;
  /** What a person sees in the broker's list of connections. */
  readonly name: string;
  /** Only says what they hold. @default false */
  readonly look?: boolean;
  /** Removes them with all that they hold, whoever takes from them. @default false */
  readonly force?: boolean;
}

/**
 * How long is waited, in milliseconds, for what the broker had routed to a queue before it was told to route nothing there any
 * more: a way within the broker, of milliseconds.
 */
const ON_THE_WAY_MS = 1_000;
/** How often it is tried to put a message elsewhere whose queue is gone. */
const MOVE_ATTEMPTS = 5;
const MOVE_PAUSES = { first: 100, longest: 2_000 };

/**
 * Removes the queue of an actor, and that of its suspects, unless there is a message in them, or a consumer at them. A queue
 * that does not exist is removed already.
 *
 * No message is lost by that. First the broker is told to route nothing to them any more, so that whoever sends gets his
 * messages back. Then everything that is still on its way to them is waited for, by a consumer: if something comes, it is
 * given back, and everything is as it was. Only then are they removed.
 *
 * @throws {RabbitmqUnreachableError} when no node of the broker answers, and other errors of the broker.
 */
export async function removeQueues(address: RabbitmqAddress, options: RemovalOptions): Promise<Removal> {
  const { actor, name, look = false, force = false } = options;
  const topology = topologyOf(address);
  const connection = await dialAny(address, name);
  // Waiting ends with it, and what is asked then fails.
  const gone = new AbortController();
  connection.on("close", () => gone.abort());
  try {
    const names = [topology.queueOf(actor), topology.suspectsOf(actor)].filter((queue) =>
      queue !== undefined
    );
    const { queues, ...found } = await lookInto(connection, names);
    const isFree = found.messages === 0 && found.consumers === 0;
    if (look || !isFree && !force) return { ...found, removed: false, moved: 0, lost: 0 };
    const bindings = topology.declarationsOf(actor).filter((each) => each.kind === "binding")
      .filter(({ queue }) => queues.includes(queue));
    const channel = await openChannel(() => connection.createChannel());
    for (const { queue, exchange, routingKey } of bindings) {
      await asked(`unbind the queue ${queue}`, () => channel.unbindQueue(queue, exchange, routingKey));
    }
    if (force) {
      await pause(ON_THE_WAY_MS, gone.signal);
      let lost = 0;
      for (const queue of queues) {
        lost += await asked(
          `empty the queue ${queue}`,
          async () => (await channel.purgeQueue(queue)).messageCount,
        );
        lost += await remove(connection, queue);
      }
      return { ...found, removed: true, moved: 0, lost };
    }
    const late = await Late.open(connection, queues);
    await pause(ON_THE_WAY_MS, gone.signal);
    const { consumers } = await lookInto(connection, queues);
    if (late.messages.length > 0 || consumers > queues.length) {
      const messages = late.messages.length;
      await late.giveBack();
      await declareAll(channel, bindings);
      return { messages, consumers: consumers - queues.length, removed: false, moved: 0, lost: 0 };
    }
    for (const queue of queues) await remove(connection, queue);
    return {
      ...found,
      removed: true,
      ...await moveAll(connection, late.messages, { topology, actor, gone: gone.signal }),
    };
  } finally {
    await goodbye(connection);
  }
}

/** What comes to queues while nobody else takes from them. */
class Late {
  readonly messages: ConsumeMessage[] = [];
  readonly #channel: Channel;

  private constructor(channel: Channel) {
    this.#channel = channel;
  }

  static async open(connection: ChannelModel, queues: readonly string[]): Promise<Late> {
    const channel = await openChannel(() => connection.createChannel());
    const late = new Late(channel);
    for (const queue of queues) {
      await asked(
        `let anybody take from the queue ${queue}`,
        () => channel.consume(queue, (message) => void (message && late.messages.push(message))),
      );
    }
    return late;
  }

  /** Puts it back, in its order. */
  async giveBack(): Promise<void> {
    this.#channel.nackAll(true);
    await closeChannel(this.#channel);
  }
}

/**
 * Puts messages whose queue is gone onto the way that those go whose queue was gone when their delay was over: to the queue, if
 * there is one again, and else to that of what is dead.
 */
async function moveAll(
  connection: ChannelModel,
  messages: readonly ConsumeMessage[],
  { topology, actor, gone }: {
    readonly topology: Topology;
    readonly actor: string;
    readonly gone: AbortSignal;
  },
): Promise<Pick<Removal, "moved" | "lost">> {
  let moved = 0;
  if (messages.length === 0) return { moved, lost: 0 };
  const channel = new ConfirmedChannel(await connection.createConfirmChannel());
  for (const message of messages) {
    const { content, properties, fields } = message;
    const suspect = fields.routingKey.endsWith(topology.suspectTargetOf(actor).routingKey);
    const backoff = new Backoff(MOVE_PAUSES);
    for (let attempt = 1; attempt <= MOVE_ATTEMPTS; attempt++) {
      const { kind } = await channel.send({
        exchange: topology.ladder.due,
        routingKey: topology.dueName(actor, { suspect }),
        body: content,
        messageId: String(properties.messageId ?? crypto.randomUUID()),
        headers: marksHeaders(readMarks(message, { suspects: suspect })),
      });
      if (kind === "ok") {
        moved++;
        break;
      }
      await backoff.pause(gone);
    }
  }
  return { moved, lost: messages.length - moved };
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

/** What queues hold in all, and which of them there are. */
async function lookInto(
  connection: ChannelModel,
  names: readonly string[],
): Promise<QueueContent & { readonly queues: readonly string[] }> {
  const contents = await Promise.all(names.map((queue) => contentOf(connection, queue)));
  const sum = (count: (content: QueueContent) => number) =>
    contents.reduce((total, content) => total + (content === undefined ? 0 : count(content)), 0);
  return {
    messages: sum(({ messages }) => messages),
    consumers: sum(({ consumers }) => consumers),
    queues: names.filter((_, i) => contents[i] !== undefined),
  };
}

/** @returns How many messages went with it, as far as the broker says. */
async function remove(connection: ChannelModel, queue: string): Promise<number> {
  const channel = await openChannel(() => connection.createChannel());
  return await asked(
    `remove the queue ${queue}`,
    async () => (await channel.deleteQueue(queue)).messageCount,
  );
}

async function asked<T>(what: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw new RabbitmqError(`The broker did not ${what}`, error);
  }
}
