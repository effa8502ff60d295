/**
 * The RabbitMQ transport: a quorum queue for each actor, publisher confirms, and nothing acknowledged before everything
 * that follows from it is confirmed. For RabbitMQ 3.10 and later, over AMQP 0-9-1 alone, without plugins.
 *
 * Where to look: `topology.ts` for names and arguments, `connector.ts` and `link.ts` for the connection, `publisher.ts` and
 * `confirms.ts` for the way out, `consumer.ts`, `source.ts` and `leases.ts` for the way in, `delay_ladder.ts` for delays,
 * `marks.ts` for suspects and dead letters, `registry.ts` for which queues there are, `broadcast.ts` for the rest.
 *
 * What AMQP cannot tell: which of the delayed messages are whose (`Depth.delayed` is the number of all), and what other
 * processes have in hand (`Depth.leased` is this one's).
 *
 * @module
 */

import type { Channel } from "amqplib";
import { NoSuchQueueError, TransportClosedError } from "../errors.ts";
import type {
  ConsumeOptions,
  Consumer,
  Depth,
  Outcome,
  Outgoing,
  Transport,
  TransportHealth,
} from "../transport.ts";
import { closeChannel } from "./close_channel.ts";
import type { RabbitmqAddress } from "./address.ts";
import { pause } from "../../pause.ts";
import { Backoff } from "./backoff.ts";
import { Broadcasts } from "./broadcast.ts";
import { Connector, type RabbitmqEvent } from "./connector.ts";
import { RabbitmqConsumer } from "./consumer.ts";
import { declareAll } from "./declaration.ts";
import { Directory } from "./directory.ts";
import { isUnanswered, reasonOf } from "./errors.ts";
import { Inspector } from "./inspector.ts";
import type { Link } from "./link.ts";
import { Publisher } from "./publisher.ts";
import { Registry } from "./registry.ts";
import { type Topology, topologyOf } from "./topology.ts";

export type { RabbitmqEvent } from "./connector.ts";
export { parseRabbitmqAddress } from "./address.ts";
export type { RabbitmqAddress } from "./address.ts";

/** Options of {@linkcode openRabbitmq}, beside the address. */
export interface RabbitmqOptions extends RabbitmqAddress {
  /** What a person sees in the broker's list of connections, such as `troupe host split`. @default `troupe` and the process id */
  readonly name?: string;
  /** Largest body, in bytes; the broker's own limit holds as well. @default 16 MiB */
  readonly maxBodyBytes?: number;
  /** How long the first connection may take, in milliseconds. @default 15000 */
  readonly openPatienceMs?: number;
  /** Told of what happens to the connection, for logs. @default nothing is done */
  readonly onEvent?: (event: RabbitmqEvent) => void;
}

/** How long what is under way may take when the transport is closed, in milliseconds. */
const CLOSE_PATIENCE_MS = 5_000;
/** How long something is asked for again and again while links are lost, in milliseconds. */
const ASK_PATIENCE_MS = 30_000;
/** How many channels declare at once what is many: a broker waits for its disk most of the time. */
const MOST_CHANNELS = 4;
const ASK_PAUSES = { first: 50, longest: 1_000 };

/**
 * Connects to a broker. From then on, the connection is kept: when it is lost, another is made, for as long as it takes.
 *
 * @throws {RabbitmqRefusedError} when the broker does not let this client in.
 * @throws {RabbitmqUnreachableError} when no broker answers.
 */
export async function openRabbitmq(options: RabbitmqOptions): Promise<Transport> {
  const transport = new RabbitmqTransport(options);
  try {
    await transport.opened(options.openPatienceMs ?? 15_000);
    return transport;
  } catch (error) {
    await transport.close();
    throw error;
  }
}

class RabbitmqTransport implements Transport {
  readonly name = "rabbitmq";
  readonly isForeign: boolean;
  readonly #topology: Topology;
  readonly #onEvent: (event: RabbitmqEvent) => void;
  readonly #connector: Connector;
  readonly #publisher: Publisher;
  readonly #directory: Directory;
  readonly #broadcasts: Broadcasts;
  readonly #consumers = new Set<RabbitmqConsumer>();
  /** Actors whose queues are kept in existence. */
  readonly #declared = new Set<string>();
  readonly #messageIds = `${crypto.randomUUID()}/`;
  #published = 0;
  #closing: Promise<void> | undefined;

  constructor(options: RabbitmqOptions) {
    const { name = `troupe ${Deno.pid}`, maxBodyBytes = 16 * 1024 * 1024, onEvent = () => {} } = options;
    const topology = this.#topology = topologyOf(options);
    this.isForeign = topology.mode === "asya";
    this.#onEvent = (event) => {
      try {
        onEvent(event);
      } catch {
        // It is called from within the client's loop: a log that fails must not cost the connection.
      }
    };
    const connector = this.#connector = new Connector({
      ...options,
      name,
      prepare: (link) => this.#declareOn(link, [...this.#declared]),
      onEvent: (event) => {
        this.#onEvent(event);
        if (event.kind === "connected") this.#enterAnew();
      },
    });
    const inspector = new Inspector();
    const publisher = this.#publisher = new Publisher({
      connector,
      topology,
      maxBodyBytes,
      exists: async (actor, link) =>
        this.#declared.has(actor) || await inspector.count(topology.queueOf(actor), link) !== undefined,
      onLadder: () => this.#directory.enterDelays(),
    });
    const registry = new Registry({
      connector,
      names: { list: topology.registry, lock: topology.registryLock },
      publish: (body) => publisher.publishTo({ exchange: "", routingKey: topology.registry }, body),
    });
    this.#directory = new Directory({ connector, topology, registry, inspector });
    this.#broadcasts = new Broadcasts(connector, { exchange: topology.news, onEvent: this.#onEvent });
  }

  get maxBodyBytes(): number {
    return this.#publisher.maxBodyBytes;
  }

  /** Waits for the first connection. */
  opened(patienceMs: number): Promise<void> {
    return this.#connector.first(patienceMs);
  }

  async declare(queues: readonly string[]): Promise<void> {
    await this.#asked(async (link) => {
      await this.#directory.refuseCollisions(queues);
      await this.#declareOn(link, queues);
      await this.#directory.enter(queues);
    });
    for (const queue of queues) this.#declared.add(queue);
  }

  async queues(): Promise<string[]> {
    return await this.#asked(async () => [...(await this.#directory.allReady({ fresh: true })).keys()]);
  }

  async depths(): Promise<Map<string, Depth>> {
    return await this.#asked(async () => {
      const delayed = await this.#directory.delayed();
      const counts = await this.#directory.allReady({ fresh: false });
      return new Map([...counts].map(([queue, ready]) => [queue, this.#depth(queue, { ready, delayed })]));
    });
  }

  async depth(queue: string): Promise<Depth> {
    return await this.#asked(async () => {
      const delayed = await this.#directory.delayed();
      const ready = await this.#directory.ready(queue);
      if (ready === undefined) throw new NoSuchQueueError(queue);
      return this.#depth(queue, { ready, delayed });
    });
  }

  async publish(messages: readonly Outgoing[]): Promise<Outcome[]> {
    this.#mustBeOpen();
    return await this.#publish(messages);
  }

  consume(queue: string, { inFlight }: ConsumeOptions): Consumer {
    this.#mustBeOpen();
    const consumer = new RabbitmqConsumer(queue, {
      inFlight,
      connector: this.#connector,
      publisher: this.#publisher,
      topology: this.#topology,
      declare: (link) => this.#declareOn(link, this.#declared.has(queue) ? [queue] : []),
      publish: (messages, wanted) => this.#publish(messages, wanted),
      onEvent: this.#onEvent,
      onDone: () => this.#consumers.delete(consumer),
    });
    this.#consumers.add(consumer);
    return consumer;
  }

  broadcast(topic: string, bytes: Uint8Array): void {
    this.#broadcasts.send(topic, bytes);
  }

  subscribe(topic: string, listener: (bytes: Uint8Array) => void): () => void {
    this.#mustBeOpen();
    return this.#broadcasts.listen(topic, listener);
  }

  health(): TransportHealth {
    const reason = this.#problem();
    return { ready: reason === "", reason };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const consumers = [...this.#consumers];
    const settled = new AbortController();
    await Promise.race([
      Promise.all([
        ...consumers.map((consumer) => consumer.stop()),
        this.#publisher.idle(),
        this.#broadcasts.close(),
      ]),
      pause(CLOSE_PATIENCE_MS, settled.signal),
    ]);
    settled.abort();
    await this.#connector.close();
    this.#publisher.close();
    await Promise.all([...consumers.map((consumer) => consumer.done()), this.#broadcasts.done()]);
  }

  #publish(messages: readonly Outgoing[], wanted?: () => boolean): Promise<Outcome[]> {
    return Promise.all(messages.map(({ queue, body, delayMs = 0 }) =>
      this.#publisher.publish({
        actor: queue,
        body,
        delayMs,
        messageId: `${this.#messageIds}${++this.#published}`,
      }, wanted)
    ));
  }

  async #declareOn(link: Link, actors: readonly string[]): Promise<void> {
    if (actors.length === 0) return;
    const channel = await link.channel();
    await declareAll(channel, this.#topology.base);
    const rest = actors.values();
    const declareRest = async (channel: Channel) => {
      for (const actor of rest) await declareAll(channel, this.#topology.declarationsOf(actor));
      await closeChannel(channel);
    };
    const more = Math.min(actors.length, MOST_CHANNELS) - 1;
    await Promise.all([
      declareRest(channel),
      ...Array.from({ length: more }, async () => await declareRest(await link.channel())),
    ]);
  }

  /** The broker may have lost what it had: the list of queues is not to lack those that are made again. */
  #enterAnew(): void {
    if (this.#declared.size === 0) return;
    this.#directory.enter([...this.#declared]).catch((error: unknown) => {
      if (!this.#closing) this.#onEvent({ kind: "interrupted", detail: reasonOf(error) });
    });
  }

  #depth(queue: string, { ready, delayed }: Pick<Depth, "ready" | "delayed">): Depth {
    const consumers = [...this.#consumers].filter((consumer) => consumer.queue === queue);
    return { ready, delayed, leased: consumers.reduce((sum, { leased }) => sum + leased, 0) };
  }

  /** Asks the broker for something, and again when a connection is lost meanwhile: any of the link's, or the next one's. */
  async #asked<T>(ask: (link: Link) => Promise<T>): Promise<T> {
    this.#mustBeOpen();
    const giveUp = performance.now() + ASK_PATIENCE_MS;
    const backoff = new Backoff(ASK_PAUSES);
    for (;;) {
      const link = await this.#connector.link();
      try {
        return await ask(link);
      } catch (error) {
        const again = !link.alive || isUnanswered(error);
        if (!again || this.#closing || performance.now() > giveUp) throw error;
      }
      await backoff.pause(this.#connector.closed);
    }
  }

  #problem(): string {
    if (this.#closing) return "the transport is closed";
    const link = this.#connector.live;
    if (!link) return this.#connector.problem;
    if (link.blocked) return `the broker takes no messages: ${link.blocked}`;
    return [...this.#consumers].map(({ problem }) => problem).find((problem) => problem !== "") ?? "";
  }

  #mustBeOpen(): void {
    if (this.#closing) throw new TransportClosedError(this.name);
  }
}
