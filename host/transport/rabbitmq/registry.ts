/**
 * Which actors have been declared: AMQP cannot list queues, so their names are kept in a queue themselves.
 *
 * It holds one message, the list, under a lock: a queue that is exclusive to a connection, which the broker takes away when
 * that connection ends, however it ends. Who adds a name publishes the new list, and acknowledges the old one when that is
 * confirmed; if he dies between the two, there are two lists, and the next reader takes both together. (A stream could be
 * read without a lock, but tells nobody where its end is; the management interface could list, and is not always there.)
 * A name stays in the list when its queue is deleted; readers ask the broker which of the queues exist.
 *
 * @module
 */

import type { Channel, GetMessage } from "amqplib";
import { z } from "zod";
import type { Outcome } from "../transport.ts";
import { Backoff, pause } from "./backoff.ts";
import type { Connector } from "./connector.ts";
import { declareAll, keptQueue } from "./declaration.ts";
import { RabbitmqCollisionError, RabbitmqError, replyCode } from "./errors.ts";
import type { Link } from "./link.ts";
import type { Topology } from "./topology.ts";

/** What a registry needs. */
export interface RegistryOptions {
  readonly connector: Connector;
  readonly topology: Topology;
  /** Publishes the list into the registry's queue. */
  readonly publish: (body: Uint8Array) => Promise<Outcome>;
  /** Whether an actor's queue exists, of whichever namespace. */
  readonly exists: (actor: { readonly namespace: string; readonly actor: string }) => Promise<boolean>;
}

/** Bounds of the pause before the lock is tried again, in milliseconds. */
const LOCK_PAUSES = { first: 10, longest: 200 };
/** How long the lock is tried for, in milliseconds: longer than a broker takes to notice that its holder is frozen. */
const LOCK_PATIENCE_MS = 45_000;
/** Pause between two looks at whether what was given back is there again, in milliseconds. */
const LOOK_MS = 5;

const List = z.object({ version: z.literal(1), actors: z.array(z.string()) });

/** The list of actors. */
export class Registry {
  readonly #options: RegistryOptions;
  /** What this process has seen in the list. */
  readonly #seen = new Set<string>();
  #readAt = -Infinity;
  #working: Promise<unknown> = Promise.resolve();

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  /**
   * Names of the actors that were ever declared, sorted.
   *
   * @param options `maxAgeMs`: how old the answer may be, in milliseconds.
   */
  async names({ maxAgeMs = 0 }: { readonly maxAgeMs?: number } = {}): Promise<string[]> {
    const { mode, namespace } = this.#options.topology;
    const prefix = mode === "asya" ? `${namespace}/` : "";
    if (performance.now() - this.#readAt > maxAgeMs) {
      await this.#exclusively((channel) => this.#read(channel, []));
    }
    const entries = [...this.#seen].filter((entry) => entry.startsWith(prefix));
    return entries.map((entry) => entry.slice(prefix.length)).sort();
  }

  /**
   * Adds actors.
   *
   * @param options `anew`: also those that were added before, as the broker may have lost everything.
   * @throws {RabbitmqCollisionError} when, in Asya's mode, another namespace has an actor that would share a queue's messages;
   *   so they have to be added before their queues are made.
   */
  async add(actors: readonly string[], options: { readonly anew?: boolean } = {}): Promise<void> {
    const { mode, namespace } = this.#options.topology;
    const entries = actors.map((actor) => mode === "asya" ? `${namespace}/${actor}` : actor);
    if (!options.anew && entries.every((entry) => this.#seen.has(entry))) return;
    await this.#exclusively((channel) => this.#read(channel, entries));
  }

  /** Reads the list, and adds to it what is not in it. */
  async #read(channel: Channel, wanted: readonly string[]): Promise<void> {
    const { topology, publish } = this.#options;
    await declareAll(channel, [{ kind: "queue", name: topology.registry, arguments: keptQueue() }]);
    const messages: GetMessage[] = [];
    for (;;) {
      const message = await channel.get(topology.registry);
      if (!message) break;
      messages.push(message);
    }
    const entries = new Set(messages.flatMap(({ content }) => parseList(content)));
    const missing = wanted.filter((entry) => !entries.has(entry));
    if (topology.mode === "asya") {
      for (const entry of missing) {
        await this.#refuseCollision(entry, entries);
      }
    }
    for (const entry of missing) entries.add(entry);
    if (missing.length > 0 || messages.length > 1) {
      const list = { version: 1, actors: [...entries].sort() };
      const outcome = await publish(new TextEncoder().encode(JSON.stringify(list)));
      if (outcome.kind !== "ok") throw new RabbitmqError("The list of queues was not kept", outcome.detail);
      for (const message of messages) channel.ack(message);
    } else if (messages[0]) await this.#putBack(channel, messages[0]);
    for (const entry of entries) this.#seen.add(entry);
    this.#readAt = performance.now();
  }

  /** Asya's queue names join namespace and actor with a `-` that both may hold; its routing keys hold the actor alone. */
  async #refuseCollision(entry: string, others: ReadonlySet<string>): Promise<void> {
    const [namespace = "", actor = ""] = entry.split("/");
    for (const other of others) {
      const [otherNamespace = "", otherActor = ""] = other.split("/");
      const sameQueue = `${namespace}-${actor}` === `${otherNamespace}-${otherActor}`;
      if (other === entry || !(sameQueue || actor === otherActor)) continue;
      if (await this.#options.exists({ namespace: otherNamespace, actor: otherActor })) {
        throw new RabbitmqCollisionError(entry, other);
      }
    }
  }

  /** Gives the list back, and waits until the next reader will find it. */
  async #putBack(channel: Channel, message: GetMessage): Promise<void> {
    const { connector, topology } = this.#options;
    channel.nack(message, false, true);
    while ((await channel.checkQueue(topology.registry)).messageCount === 0) {
      await pause(LOOK_MS, connector.closed);
    }
  }

  /** Does something while nobody else, here or elsewhere, does. */
  #exclusively(run: (channel: Channel) => Promise<void>): Promise<void> {
    const worked = this.#working.then(async () => {
      const link = await this.#options.connector.link();
      const channel = await this.#lock(link);
      try {
        await run(channel);
      } finally {
        // It fails when the channel is gone: what was not acknowledged is back then, and the lock ends with the connection.
        await this.#unlock(channel, link).catch(() => {});
      }
    });
    this.#working = worked.catch(() => {});
    return worked;
  }

  async #lock(link: Link): Promise<Channel> {
    const { connector, topology } = this.#options;
    const backoff = new Backoff(LOCK_PAUSES);
    const giveUp = performance.now() + LOCK_PATIENCE_MS;
    for (;;) {
      const channel = await link.channel();
      try {
        await channel.assertQueue(topology.registryLock, { exclusive: true, durable: false });
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
    await channel.close().catch(() => {});
    const other = await link.channel();
    await other.deleteQueue(this.#options.topology.registryLock);
    await other.close();
  }
}

function parseList(content: Uint8Array): string[] {
  try {
    return List.parse(JSON.parse(new TextDecoder().decode(content))).actors;
  } catch {
    // Somebody else has put it there: no list is lost with it.
    return [];
  }
}
