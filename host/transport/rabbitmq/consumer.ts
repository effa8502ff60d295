/**
 * Deliveries of an actor: from its queue, from the queue of its suspects, and, for `x-sump`, from that of what is dead.
 *
 * @module
 */

import type { ConsumeMessage } from "amqplib";
import { SUMP } from "../../actor_name.ts";
import {
  type Consumer,
  type Delivery,
  type GivenUp,
  type Outcome,
  type Outgoing,
  type Settlement,
  SUSPECT_FROM,
} from "../transport.ts";
import { pause } from "../../pause.ts";
import { Backoff } from "./backoff.ts";
import type { Connector, RabbitmqEvent } from "./connector.ts";
import type { Lease } from "./leases.ts";
import type { Link } from "./link.ts";
import { type Marks, marksHeaders, readGivenUp, readMarks } from "./marks.ts";
import type { Posting, Publisher } from "./publisher.ts";
import { Source } from "./source.ts";
import type { Topology } from "./topology.ts";

/** What a consumer needs. */
export interface RabbitmqConsumerOptions {
  /** How many deliveries may be in hand at once. */
  readonly inFlight: number;
  readonly connector: Connector;
  readonly publisher: Publisher;
  readonly topology: Topology;
  /** Makes the actor's queues again. */
  readonly declare: (link: Link) => Promise<void>;
  /** Publishes what a delivery causes. */
  readonly publish: (messages: readonly Outgoing[], wanted: () => boolean) => Promise<Outcome[]>;
  readonly onEvent: (event: RabbitmqEvent) => void;
  /** It has stopped and nothing is in hand any more. */
  readonly onDone: () => void;
}

/** Bounds of the pause between two attempts to move a message, in milliseconds. */
const MOVE_PAUSES = { first: 100, longest: 5_000 };
/** How many of what is dead may be out at once. */
const MOST_DEAD = 50;

/** A message as it came, and what is known of it. */
interface Arrival {
  readonly message: ConsumeMessage;
  readonly lease: Lease;
  readonly marks: Marks;
  readonly suspect: boolean;
  readonly givenUp?: GivenUp;
}

/** The consumer of an actor's queues. */
export class RabbitmqConsumer implements Consumer {
  readonly queue: string;
  readonly #options: RabbitmqConsumerOptions;
  readonly #sources: Source[];
  readonly #suspects: Arrival[] = [];
  readonly #unread: Arrival[] = [];
  #inHand = 0;
  #stopping: Promise<void> | undefined;
  #done: Promise<unknown> = Promise.resolve();
  #wake = () => {};

  /** @param queue The actor's name. */
  constructor(queue: string, options: RabbitmqConsumerOptions) {
    this.queue = queue;
    this.#options = options;
    const { topology, inFlight } = options;
    const suspects = topology.suspectsOf(queue);
    this.#sources = [
      this.#source(topology.queueOf(queue), inFlight, (message, lease) => {
        const arrival = { message, lease, marks: readMarks(message, { suspects: false }), suspect: false };
        const { deliveries, restMs } = arrival.marks;
        if (restMs > 0) this.#move(arrival, { delayMs: restMs });
        else if (suspects !== undefined && deliveries >= SUSPECT_FROM) this.#move(arrival, { suspect: true });
        else this.#arrived(arrival);
      }),
      ...suspects === undefined ? [] : [
        this.#source(suspects, 1, (message, lease) => {
          const arrival = { message, lease, marks: readMarks(message, { suspects: true }), suspect: true };
          if (arrival.marks.restMs > 0) this.#move(arrival, { suspect: true, delayMs: arrival.marks.restMs });
          else this.#arrived(arrival);
        }),
      ],
      ...queue !== SUMP ? [] : [
        this.#source(topology.dead, Math.min(inFlight, MOST_DEAD), (message, lease) => {
          const marks = readMarks(message, { suspects: false });
          this.#arrived({ message, lease, marks, suspect: false, givenUp: readGivenUp(message, topology) });
        }),
      ],
    ];
  }

  /** How many messages are out to it. */
  get leased(): number {
    return this.#inHand + [...this.#suspects, ...this.#unread].filter(({ lease }) => lease.alive).length;
  }

  /** Why it cannot take messages at the moment; empty when it can. */
  get problem(): string {
    return this.#sources.map(({ problem }) => problem).find((problem) => problem !== "") ?? "";
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** Resolves when it has stopped and nothing is in hand any more. */
  async done(): Promise<void> {
    await this.stop();
    await this.#done;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Delivery> {
    try {
      while (!this.#stopping) {
        const arrival = this.#next();
        if (arrival) {
          this.#inHand++;
          yield this.#delivery(arrival);
        } else {
          await new Promise<void>((resolve) => this.#wake = resolve);
        }
      }
    } finally {
      await this.stop();
    }
  }

  async #stop(): Promise<void> {
    this.#wake();
    this.#done = Promise.all(this.#sources.map((source) => source.done)).then(() => this.#options.onDone());
    await Promise.all(this.#sources.map((source) => source.stop()));
    await Promise.all(
      [...this.#suspects.splice(0), ...this.#unread.splice(0)].map((each) => this.#giveBack(each)),
    );
    await Promise.all(this.#sources.map((source) => source.flush()));
  }

  /** What is to be handed out next, if there is room: a suspect first, since it is to be begun on receipt. */
  #next(): Arrival | undefined {
    while (this.#inHand < this.#options.inFlight) {
      const arrival = this.#suspects.shift() ?? this.#unread.shift();
      if (!arrival || arrival.lease.alive) return arrival;
    }
    return undefined;
  }

  #source(
    queue: string,
    prefetch: number,
    onMessage: (message: ConsumeMessage, lease: Lease) => void,
  ): Source {
    const { connector, declare, onEvent } = this.#options;
    return new Source({ queue, prefetch, connector, declare, onMessage, onEvent });
  }

  #arrived(arrival: Arrival): void {
    if (this.#stopping) void this.#giveBack(arrival);
    else (arrival.suspect ? this.#suspects : this.#unread).push(arrival);
    this.#wake();
  }

  #delivery(arrival: Arrival): Delivery {
    const { message: { content, properties, fields }, lease, marks, givenUp } = arrival;
    let ended = false;
    const end = () => {
      if (ended) return;
      ended = true;
      this.#inHand--;
      this.#wake();
    };
    return {
      queue: this.queue,
      body: new Uint8Array(content.buffer as ArrayBuffer, content.byteOffset, content.byteLength),
      deliveries: marks.deliveries,
      losses: marks.losses,
      ...(givenUp ? { givenUp } : {}),
      messageId: String(properties.messageId ?? `${fields.consumerTag}/${fields.deliveryTag}`),
      settle: async (messages) => {
        const settlement = await this.#settle(lease, messages);
        if (settlement.acked || settlement.leaseLost) end();
        return settlement;
      },
      release: async ({ delayMs = 0 } = {}) => {
        await this.#release(arrival, delayMs);
        end();
      },
    };
  }

  async #settle(lease: Lease, messages: readonly Outgoing[]): Promise<Settlement> {
    if (!lease.alive) return lost(messages);
    const outcomes = messages.length === 0 ? [] : await this.#options.publish(messages, () => lease.alive);
    const acked = outcomes.every(({ kind }) => kind === "ok") && lease.acknowledge();
    return { outcomes, acked, leaseLost: !acked && !lease.alive };
  }

  /** Publishes it anew and acknowledges it, so that it is not counted; gives it back where that cannot be done. */
  async #release(arrival: Arrival, delayMs: number): Promise<void> {
    const { connector, publisher } = this.#options;
    const { lease, suspect, givenUp } = arrival;
    // What the broker gave up stays where it is: why it did is told by headers that only the broker writes.
    if (publisher.ready && lease.alive && !givenUp) {
      const outcome = await publisher.publish(
        this.#posting(arrival, { delayMs, suspect }),
        () => lease.alive,
      );
      if (outcome.kind === "ok") {
        lease.acknowledge();
        return;
      }
    }
    // Given back, it is delivered again at once: so it is held for as long as it is to stay away.
    if (lease.alive && delayMs > 0) await pause(delayMs, connector.closed);
    lease.giveBack();
  }

  /** Gives back what was never handed out. Suspects are not to be counted for that, so they are published anew. */
  async #giveBack(arrival: Arrival): Promise<void> {
    if (arrival.suspect) await this.#release(arrival, 0);
    else arrival.lease.giveBack();
  }

  /** Moves a message to where it belongs; keeps it, and tries again, for as long as that fails. */
  async #move(arrival: Arrival, to: Pick<Posting, "suspect" | "delayMs">): Promise<void> {
    const { connector, publisher, onEvent } = this.#options;
    const { lease } = arrival;
    const backoff = new Backoff(MOVE_PAUSES);
    while (lease.alive && !connector.closed.aborted) {
      const outcome = await publisher.publish(this.#posting(arrival, to), () => lease.alive);
      if (outcome.kind === "ok") {
        lease.acknowledge();
        return;
      }
      if (lease.alive) {
        onEvent({
          kind: "interrupted",
          detail: `a message of ${this.queue} could not be moved: ${outcome.detail}`,
        });
      }
      await backoff.pause(connector.closed);
    }
  }

  #posting({ message, marks }: Arrival, to: Pick<Posting, "suspect" | "delayMs">): Posting {
    const { content, properties } = message;
    return {
      actor: this.queue,
      body: content,
      messageId: String(properties.messageId ?? crypto.randomUUID()),
      headers: marksHeaders(marks),
      ...to,
    };
  }
}

function lost(messages: readonly Outgoing[]): Settlement {
  const outcome: Outcome = {
    kind: "refused",
    reason: "other",
    detail: "the lease was lost, so nothing was published",
  };
  return { outcomes: messages.map(() => outcome), acked: false, leaseLost: true };
}
