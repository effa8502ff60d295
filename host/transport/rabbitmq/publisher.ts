/**
 * Publishes for a transport, over whichever link there is: waits for one, waits while the broker is short of memory, finds
 * out whether the message can be delivered at all, and sends what is delayed up the ladder.
 *
 * @module
 */

import type { Outcome } from "../transport.ts";
import { closeChannel } from "./close_channel.ts";
import { ConfirmedChannel, unknown } from "./confirms.ts";
import type { Connector } from "./connector.ts";
import { declareAll } from "./declaration.ts";
import { ladderEntry } from "./delay_ladder.ts";
import { reasonOf } from "./errors.ts";
import type { Link } from "./link.ts";
import type { Target, Topology } from "./topology.ts";

/** A message to an actor, with what has to stay with it when it is moved. */
export interface Posting {
  readonly actor: string;
  readonly body: Uint8Array;
  readonly messageId: string;
  /** @default 0 */
  readonly delayMs?: number;
  /** To the actor's queue of suspects. @default false */
  readonly suspect?: boolean;
  /** Counts that the broker begins anew when a message is moved; see `marks.ts`. @default {} */
  readonly headers?: Readonly<Record<string, number>>;
}

/** What a publisher needs. */
export interface PublisherOptions {
  readonly connector: Connector;
  readonly topology: Topology;
  /** Largest body, in bytes. */
  readonly maxBodyBytes: number;
  /** Whether an actor's queue exists; asked for what is delayed, since nothing comes back from the ladder. */
  readonly exists: (actor: string, link: Link) => Promise<boolean>;
  /** Called when the ladder of delays was made, before anything goes into it. */
  readonly onLadder: () => Promise<void>;
}

/** The header that says how much of a delay is left when a message comes out of the ladder, in milliseconds. */
export const REST_HEADER = "x-troupe-rest";

/** How long a message waits for a link before its fate is called unknown, in milliseconds. */
const LINK_PATIENCE_MS = 10_000;
/** How long a confirm may be missing on a link that works, in milliseconds. */
const CONFIRM_PATIENCE_MS = 60_000;
/** Pause between two looks at confirms that are missing, in milliseconds. */
const LOOK_MS = 5_000;

interface Outlet {
  readonly link: Link;
  readonly channel: ConfirmedChannel;
}

/** The publisher of a transport. */
export class Publisher {
  readonly #options: PublisherOptions;
  #maxBodyBytes: number;
  #outlet: Promise<Outlet> | undefined;
  #current: Outlet | undefined;
  /** The link on which the ladder was declared last. */
  #laddered: { readonly link: Link; readonly done: Promise<void> } | undefined;
  #looking: ReturnType<typeof setTimeout> | undefined;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#maxBodyBytes = options.maxBodyBytes;
  }

  /** Largest body, in bytes; less than was asked for, when the broker has said so. */
  get maxBodyBytes(): number {
    return this.#maxBodyBytes;
  }

  /** Whether a message would be sent at once: there is a link, and the broker takes messages. */
  get ready(): boolean {
    const link = this.#options.connector.live;
    return link !== undefined && link.blocked === "";
  }

  /**
   * Publishes one message.
   *
   * @param wanted Asked before it is sent: whether it still is to be.
   */
  async publish(posting: Posting, wanted: () => boolean = () => true): Promise<Outcome> {
    const { length } = posting.body;
    if (length > this.#maxBodyBytes) {
      const detail = `a body of ${length} bytes; the limit is ${this.#maxBodyBytes}`;
      return { kind: "refused", reason: "too-large", detail };
    }
    try {
      const outlet = await this.#open();
      if (!outlet) return unknown(this.#options.connector.problem);
      if (posting.delayMs) return await this.#delay(posting, posting.delayMs, { outlet, wanted });
      const { topology } = this.#options;
      const target = posting.suspect
        ? topology.suspectTargetOf(posting.actor)
        : topology.targetOf(posting.actor);
      const outcome = await this.#send({ ...posting, ...target, headers: posting.headers ?? {} }, {
        outlet,
        wanted,
      });
      return nameQueue(outcome, posting.actor);
    } catch (error) {
      return unknown(reasonOf(error));
    }
  }

  /** Publishes something that is not for an actor. */
  async publishTo(target: Target, body: Uint8Array): Promise<Outcome> {
    const outlet = await this.#open();
    if (!outlet) return unknown(this.#options.connector.problem);
    const sending = { ...target, body, messageId: crypto.randomUUID(), headers: {} };
    return await this.#send(sending, { outlet, wanted: () => true });
  }

  /** Resolves when no confirm is missing, or none can come any more. */
  async idle(): Promise<void> {
    if (!this.#current?.link.blocked) await this.#current?.channel.idle();
  }

  /** Ends what it does beside the link, which closes its channel. */
  close(): void {
    clearTimeout(this.#looking);
    this.#looking = undefined;
  }

  async #delay(
    posting: Posting,
    delayMs: number,
    { outlet, wanted }: { outlet: Outlet; wanted: () => boolean },
  ): Promise<Outcome> {
    const { topology, exists } = this.#options;
    const { actor, suspect = false } = posting;
    if (!await exists(actor, outlet.link)) return noQueue(actor);
    await this.#ladder(outlet.link);
    const { restMs, ...target } = ladderEntry(delayMs, topology.dueName(actor, { suspect }), topology.ladder);
    const headers = { ...posting.headers, ...(restMs > 0 ? { [REST_HEADER]: restMs } : {}) };
    const outcome = await this.#send({ ...posting, ...target, headers }, { outlet, wanted });
    if (outcome.kind !== "refused" || outcome.reason !== "no-queue") return outcome;
    // A rung was deleted under way: they are made again before the next attempt.
    this.#laddered = undefined;
    return { kind: "refused", reason: "other", detail: "a queue of the delays is missing; it is made again" };
  }

  async #send(
    sending: Parameters<ConfirmedChannel["send"]>[0],
    { outlet: { link, channel }, wanted }: { outlet: Outlet; wanted: () => boolean },
  ): Promise<Outcome> {
    while (link.blocked || channel.drained) {
      await (link.blocked ? link.unblocked : channel.drained);
    }
    if (!wanted()) return unknown("it was not sent, as what it follows from is in other hands");
    const outcome = channel.send(sending);
    this.#looking ??= setTimeout(() => this.#look(), LOOK_MS);
    return await outcome;
  }

  /** The channel on the present link. Undefined when there is no link for a long time. */
  async #open(): Promise<Outlet | undefined> {
    const { connector } = this.#options;
    const current = this.#current;
    if (current?.channel.alive && current.link.alive) return current;
    const link = await connector.linkWithin(LINK_PATIENCE_MS);
    if (!link) return undefined;
    this.#outlet ??= this.#openOn(link).finally(() => this.#outlet = undefined);
    return await this.#outlet;
  }

  async #openOn(link: Link): Promise<Outlet> {
    // Publishing to an exchange that does not exist costs the channel, with all that is on its way.
    const declaring = await link.channel();
    await declareAll(declaring, [this.#options.topology.entry]);
    await closeChannel(declaring);
    const channel = new ConfirmedChannel(await link.publishingChannel());
    channel.closed.then((reason) => this.#learn(reason));
    return this.#current = { link, channel };
  }

  /** A body over the broker's own limit costs the channel; the next one is refused here. */
  #learn(reason: string): void {
    const limit = /message size \d+ is larger than (?:configured )?max size (\d+)/.exec(reason)?.[1];
    if (limit !== undefined) this.#maxBodyBytes = Math.min(this.#maxBodyBytes, Number(limit));
  }

  #ladder(link: Link): Promise<void> {
    if (this.#laddered?.link !== link) {
      const done = this.#declareLadder(link);
      this.#laddered = { link, done };
      done.catch(() => this.#laddered = undefined);
    }
    return this.#laddered.done;
  }

  async #declareLadder(link: Link): Promise<void> {
    const { onLadder, topology: { base, delays } } = this.#options;
    const channel = await link.channel();
    await declareAll(channel, [...base, ...delays]);
    await closeChannel(channel);
    await onLadder();
  }

  #look(): void {
    this.#looking = undefined;
    const outlet = this.#current;
    if (!outlet?.channel.alive || outlet.channel.pending === 0) return;
    const { link, channel } = outlet;
    // While the broker is blocked it is known why no confirm comes: that is no reason to give up.
    const now = performance.now();
    if (!link.blocked && now - link.unblockedAt > CONFIRM_PATIENCE_MS) {
      channel.giveUp(now - CONFIRM_PATIENCE_MS);
    }
    this.#looking = setTimeout(() => this.#look(), LOOK_MS);
  }
}

function nameQueue(outcome: Outcome, actor: string): Outcome {
  return outcome.kind === "refused" && outcome.reason === "no-queue" ? noQueue(actor) : outcome;
}

function noQueue(actor: string): Outcome {
  return { kind: "refused", reason: "no-queue", detail: `there is no queue ${JSON.stringify(actor)}` };
}
