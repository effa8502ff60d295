/**
 * Which actors have been declared: AMQP cannot list queues, so their names are kept in a queue themselves.
 *
 * It holds one message, the list, under a lock: a queue that is exclusive to a connection, which the broker takes away when
 * that connection ends, however it ends. Who changes the list publishes the new one, and acknowledges the old one when that
 * is confirmed; if he dies between the two, there are two lists, and the next reader takes both together. (A stream could be
 * read without a lock, but tells nobody where its end is; the management interface could list, and is not always there.)
 *
 * A name is added after its queue was made, and dropped, under the lock, only when its queue does not exist: so whoever
 * declares a queue that is being dropped finds its name missing, and adds it.
 *
 * @module
 */

import type { Channel, GetMessage } from "amqplib";
import { z } from "zod";
import { TroupeError } from "../../errors.ts";
import type { Outcome } from "../transport.ts";
import { closeChannel } from "./close_channel.ts";
import { pause } from "../../pause.ts";
import { Backoff } from "./backoff.ts";
import type { Connector } from "./connector.ts";
import { declareAll, keptQueue } from "./declaration.ts";
import { RabbitmqError, replyCode } from "./errors.ts";
import type { Link } from "./link.ts";

/** What a registry needs. */
export interface RegistryOptions {
  readonly connector: Connector;
  /** Names of the queue that holds the list, and of the one that is the lock on it. */
  readonly names: { readonly list: string; readonly lock: string };
  /** Publishes the list into its queue. */
  readonly publish: (body: Uint8Array) => Promise<Outcome>;
}

/** Bounds of the pause before the lock is tried again, in milliseconds. */
const LOCK_PAUSES = { first: 10, longest: 1_000 };
/** How long the lock is tried for, in milliseconds: longer than a broker takes to notice that its holder is frozen. */
const LOCK_PATIENCE_MS = 45_000;
/** Pause between two looks at whether what was given back is there again, in milliseconds. */
const LOOK_MS = 5;

const List = z.object({ version: z.literal(1), entries: z.array(z.string()) });

/**
 * How long a message of the list is waited for, in milliseconds. RabbitMQ 3.10 never answers when a quorum queue was just
 * without a leader, as after a start.
 */
const ANSWER_MS = 3_000;
/** How often it is asked before that is an error. */
const ATTEMPTS = 5;

/** The broker did not answer. */
class UnansweredError extends RabbitmqError {
  constructor() {
    super("The list of queues cannot be read", "the broker does not answer");
  }
}

/** A list of names that all processes share. */
export class Registry {
  readonly #options: RegistryOptions;
  #seen: readonly string[] = [];
  #readAt = -Infinity;
  #working: Promise<unknown> = Promise.resolve();
  /** What is added as soon as the list is in hand. */
  #adding: { readonly entries: Set<string>; readonly added: Promise<void> } | undefined;

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  /**
   * The entries, sorted.
   *
   * @param options `maxAgeMs`: how old the answer may be, in milliseconds. @default 0
   */
  async entries({ maxAgeMs = 0 }: { readonly maxAgeMs?: number } = {}): Promise<readonly string[]> {
    if (performance.now() - this.#readAt > maxAgeMs) await this.#change(() => Promise.resolve());
    return this.#seen;
  }

  /** Adds entries that are not there. The list is written once for all that are added while somebody has it. */
  async add(entries: readonly string[]): Promise<void> {
    const adding = this.#adding ??= this.#addSoon();
    for (const entry of entries) adding.entries.add(entry);
    await adding.added;
  }

  #addSoon() {
    const entries = new Set<string>();
    const begin = () => {
      if (this.#adding?.entries === entries) this.#adding = undefined;
    };
    const added = this.#change((list) => {
      begin();
      for (const entry of entries) list.add(entry);
      return Promise.resolve();
    });
    // The list could not be had at all.
    added.catch(begin);
    return { entries, added };
  }

  /** Drops those of the entries for which that still holds, asked under the lock. */
  async drop(entries: readonly string[], holds: (entry: string) => Promise<boolean>): Promise<void> {
    await this.#change(async (list) => {
      for (const entry of entries) if (await holds(entry)) list.delete(entry);
    });
  }

  /** Reads the list and writes it if it is changed, while nobody else, here or elsewhere, does. */
  #change(change: (list: Set<string>) => Promise<void>): Promise<void> {
    const worked = this.#working.then(() => this.#changeSoon(change));
    this.#working = worked.catch(() => {});
    return worked;
  }

  /** A broker that has just started may leave a question unanswered for ever; asked again, it answers. */
  async #changeSoon(change: (list: Set<string>) => Promise<void>): Promise<void> {
    for (let attempt = 1;; attempt++) {
      try {
        return await this.#changeNow(change);
      } catch (error) {
        if (!(error instanceof UnansweredError) || attempt >= ATTEMPTS) throw error;
      }
    }
  }

  async #changeNow(change: (list: Set<string>) => Promise<void>): Promise<void> {
    const link = await this.#options.connector.link();
    const channel = await this.#lock(link);
    try {
      await this.#changeOn(channel, change);
    } catch (error) {
      // Its end of the channel hangs for good, and with it the lock, unless the connection goes.
      if (error instanceof UnansweredError) link.abandonQuestions();
      throw error instanceof TroupeError
        ? error
        : new RabbitmqError("The list of queues cannot be read", error);
    } finally {
      // It fails when the channel is gone: what was not acknowledged is back then, and the lock ends with the connection.
      await this.#unlock(channel, link).catch(() => {});
    }
  }

  async #changeOn(channel: Channel, change: (list: Set<string>) => Promise<void>): Promise<void> {
    const { names, publish } = this.#options;
    await declareAll(channel, [{ kind: "queue", name: names.list, arguments: keptQueue() }]);
    const messages: GetMessage[] = [];
    for (;;) {
      const message = await this.#get(channel);
      if (!message) break;
      messages.push(message);
    }
    const found = new Set(messages.flatMap(({ content }) => parseList(content)));
    const list = new Set(found);
    await change(list);
    const entries = [...list].sort();
    if (messages.length > 1 || list.size !== found.size || entries.some((entry) => !found.has(entry))) {
      const outcome = await publish(new TextEncoder().encode(JSON.stringify({ version: 1, entries })));
      if (outcome.kind !== "ok") throw new RabbitmqError("The list of queues was not kept", outcome.detail);
      for (const message of messages) channel.ack(message);
    } else if (messages[0]) await this.#putBack(channel, messages[0]);
    this.#seen = entries;
    this.#readAt = performance.now();
  }

  /** The next message of the list's queue; false when there is none. */
  async #get(channel: Channel): Promise<GetMessage | false> {
    const answered = new AbortController();
    try {
      return await Promise.race([
        channel.get(this.#options.names.list),
        pause(ANSWER_MS, answered.signal).then(() => {
          throw new UnansweredError();
        }),
      ]);
    } finally {
      answered.abort();
    }
  }

  /** Gives the list back, and waits until the next reader will find it. */
  async #putBack(channel: Channel, message: GetMessage): Promise<void> {
    const { connector, names } = this.#options;
    channel.nack(message, false, true);
    while ((await channel.checkQueue(names.list)).messageCount === 0) await pause(LOOK_MS, connector.closed);
  }

  async #lock(link: Link): Promise<Channel> {
    const { connector, names } = this.#options;
    const backoff = new Backoff(LOCK_PAUSES);
    const giveUp = performance.now() + LOCK_PATIENCE_MS;
    for (;;) {
      const channel = await link.questionChannel();
      try {
        await channel.assertQueue(names.lock, { exclusive: true, durable: false });
        return channel;
      } catch (error) {
        // 405: it is another connection's. The broker has closed the channel with the answer.
        if (replyCode(error) !== 405 || performance.now() > giveUp || connector.closed.aborted) {
          throw new RabbitmqError("The list of queues cannot be read", error);
        }
        await backoff.pause(connector.closed);
      }
    }
  }

  async #unlock(channel: Channel, link: Link): Promise<void> {
    // Closed first: what was not acknowledged is to be back before anyone else looks.
    await closeChannel(channel);
    const other = await link.questionChannel();
    await other.deleteQueue(this.#options.names.lock);
    await closeChannel(other);
  }
}

function parseList(content: Uint8Array): string[] {
  try {
    return List.parse(JSON.parse(new TextDecoder().decode(content))).entries;
  } catch {
    // Somebody else has put it there: no list is lost with it.
    return [];
  }
}
