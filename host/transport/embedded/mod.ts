/**
 * The embedded transport: queues in one SQLite file, for one machine and any number of processes on it.
 *
 * Publishing, acknowledging and taking that happen in the same turn of the event loop share one transaction and one sync
 * to disk. A delivery is settled in the transaction that publishes what follows from it, and only while its lease is
 * held: inside of the file, a hop happens exactly once.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { openSqliteFile } from "../../sqlite/file.ts";
import { GroupCommit } from "../../sqlite/group_commit.ts";
import { NoSuchQueueError, TransportClosedError } from "../errors.ts";
import {
  type ConsumeOptions,
  type Consumer,
  type Delivery,
  type Depth,
  type Outcome,
  type Outgoing,
  type Settlement,
  SUSPECT_FROM,
  type Transport,
  type TransportHealth,
} from "../transport.ts";
import { EmbeddedConsumer } from "./consumer.ts";
import { type Claimed, type Hold, Messages } from "./messages.ts";
import { News } from "./news.ts";
import { Owner } from "./owner.ts";
import { SCHEMA } from "./schema.ts";

/** Options of {@linkcode openEmbedded}. */
export interface EmbeddedOptions {
  /** The SQLite file; made if it does not exist. */
  readonly path: string;
  /** Largest body, in bytes. @default 16 MiB */
  readonly maxBodyBytes?: number;
  /** How long a lease holds without being renewed, in milliseconds. @default 30000 */
  readonly leaseMs?: number;
  /** Told of each transaction that failed and will be tried again. @default nothing is done */
  readonly onFailure?: (error: unknown) => void;
}

/** Pause between two looks at whether another process has changed the file, in milliseconds. */
const WATCH_MS = 5;
/** Pause between two looks at what has become due and who has ended, in milliseconds. */
const SCAN_MS = 200;
/** Most messages that one consumer takes in one transaction: others want their share. */
const MOST_CLAIMED = 64;

const OK: Outcome = { kind: "ok" };

/**
 * Opens a file of queues.
 *
 * @throws {SqliteFileError} when the file cannot serve.
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<Transport> {
  const db = openSqliteFile(options.path, SCHEMA);
  try {
    const owner = await Owner.open(`${options.path}-owners`);
    return new EmbeddedTransport(db, owner, options);
  } catch (error) {
    db.close();
    throw error;
  }
}

class EmbeddedTransport implements Transport {
  readonly name = "embedded";
  readonly maxBodyBytes: number;
  readonly #db: DatabaseSync;
  readonly #owner: Owner;
  readonly #leaseMs: number;
  readonly #onFailure: (error: unknown) => void;
  readonly #engine: GroupCommit;
  readonly #messages: Messages;
  readonly #news: News;
  readonly #dataVersion: StatementSync;
  readonly #consumers = new Set<EmbeddedConsumer>();
  /** What is in hand here, and when its lease was last renewed. */
  readonly #holds = new Map<Hold, number>();
  #seenVersion: unknown;
  #watching: ReturnType<typeof setInterval> | undefined;
  #scanning: ReturnType<typeof setInterval> | undefined;
  #scan: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(db: DatabaseSync, owner: Owner, options: EmbeddedOptions) {
    const { maxBodyBytes = 16 * 1024 * 1024, leaseMs = 30_000, onFailure = () => {} } = options;
    this.maxBodyBytes = maxBodyBytes;
    this.#db = db;
    this.#owner = owner;
    this.#leaseMs = leaseMs;
    this.#onFailure = onFailure;
    this.#engine = new GroupCommit(db, onFailure);
    this.#messages = new Messages(db, { owner: owner.name, maxBodyBytes });
    this.#news = new News(db, owner.name);
    this.#dataVersion = db.prepare("PRAGMA data_version");
    this.#engine.also = () => this.#alongside();
    this.#engine.do({
      run: () => void db.prepare("INSERT INTO owner (name) VALUES (?)").run(owner.name),
      committed: () => {},
      abandoned: () => {},
    });
    this.#scan = this.#look();
    this.#scanning = setInterval(() => this.#scan = this.#scan.then(() => this.#look()), SCAN_MS);
  }

  declare(queues: readonly string[]): Promise<void> {
    return this.#do(() => queues.forEach((queue) => this.#messages.declare(queue)));
  }

  queues(): Promise<string[]> {
    return this.#do(() => this.#messages.queues());
  }

  depths(): Promise<Map<string, Depth>> {
    return this.#do(() => this.#messages.depths(Date.now()));
  }

  async depth(queue: string): Promise<Depth> {
    const depth = (await this.depths()).get(queue);
    if (!depth) throw new NoSuchQueueError(queue);
    return depth;
  }

  publish(messages: readonly Outgoing[]): Promise<Outcome[]> {
    this.#mustBeOpen();
    return new Promise((resolve) => {
      let outcomes: Outcome[] = [];
      this.#engine.do({
        run: () => {
          const now = Date.now();
          outcomes = messages.map((message) => {
            const refusal = this.#messages.refusal(message);
            if (!refusal) this.#messages.insert(message, now);
            return refusal ?? OK;
          });
        },
        committed: () => resolve(outcomes),
        abandoned: () =>
          resolve(messages.map(() => ({ kind: "unknown", detail: "the transport was closed" }))),
      });
    });
  }

  consume(queue: string, { inFlight }: ConsumeOptions): Consumer {
    this.#mustBeOpen();
    const consumer = new EmbeddedConsumer(queue, {
      inFlight,
      hooks: {
        onRoom: () => this.#engine.schedule(),
        onStop: async (unread) => {
          this.#consumers.delete(consumer);
          this.#watch();
          await Promise.all(unread.map((delivery) => delivery.release()));
        },
      },
    });
    this.#consumers.add(consumer);
    this.#watch();
    this.#engine.schedule();
    return consumer;
  }

  broadcast(topic: string, bytes: Uint8Array): void {
    if (!this.#closing) this.#news.send(topic, bytes);
  }

  subscribe(topic: string, listener: (bytes: Uint8Array) => void): () => void {
    this.#mustBeOpen();
    const stop = this.#news.listen(topic, listener);
    this.#engine.do({ run: () => this.#news.register(), committed: () => {}, abandoned: () => {} });
    this.#watch();
    return () => {
      stop();
      this.#watch();
    };
  }

  health(): TransportHealth {
    if (this.#closing) return { ready: false, reason: "the transport is closed" };
    const { failure } = this.#engine;
    if (failure === undefined) return { ready: true, reason: "" };
    return { ready: false, reason: failure instanceof Error ? failure.message : String(failure) };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#scanning);
    clearInterval(this.#watching);
    await this.#scan;
    // Ends the iterations; what was not handed out comes back with the rest.
    const stopped = [...this.#consumers].map((consumer) => consumer.stop());
    this.#engine.do({
      run: () => {
        const now = Date.now();
        for (const hold of this.#holds.keys()) this.#messages.release(hold, now);
        if (this.#news.waiting) this.#news.write(now);
        this.#db.prepare("DELETE FROM owner WHERE name = ?").run(this.#owner.name);
        this.#db.prepare("DELETE FROM listener WHERE owner = ?").run(this.#owner.name);
      },
      committed: () => {},
      abandoned: () => {},
    });
    this.#engine.close();
    await Promise.all(stopped);
    this.#db.close();
    await this.#owner.close();
  }

  #mustBeOpen(): void {
    if (this.#closing) throw new TransportClosedError(this.name);
  }

  /** Has something done in the next transaction, and gives what came of it after the commit. */
  async #do<T>(run: () => T): Promise<T> {
    this.#mustBeOpen();
    return await this.#engine.result(run, () => new TransportClosedError(this.name));
  }

  /** What every transaction does besides: fills the consumers, and writes broadcasts. */
  #alongside(): () => void {
    const now = Date.now();
    const until = now + this.#leaseMs;
    const claimed = [...this.#consumers].filter(({ room }) => room.limit > 0).map((consumer) => {
      const { limit, suspect } = consumer.room;
      const room = { limit: Math.min(limit, MOST_CLAIMED), suspect };
      return { consumer, messages: this.#messages.claim(consumer.queue, { now, until, room }) };
    });
    const written = this.#news.waiting ? this.#news.write(now) : undefined;
    return () => {
      written?.();
      for (const { consumer, messages } of claimed) {
        consumer.push(messages.map((message) => this.#delivery(consumer, message, now)), {
          suspect: messages.some(isSuspect),
        });
        // There may be more than one transaction takes.
        if (messages.length === MOST_CLAIMED && consumer.room.limit > 0) this.#engine.schedule();
      }
    };
  }

  #delivery(consumer: EmbeddedConsumer, claimed: Claimed, now: number): Delivery {
    const hold: Hold = { id: claimed.id, claim: claimed.claim };
    this.#holds.set(hold, now);
    const suspect = isSuspect(claimed);
    const end = () => {
      if (this.#holds.delete(hold)) consumer.ended({ suspect });
    };
    return {
      queue: consumer.queue,
      body: claimed.body,
      deliveries: claimed.deliveries,
      // Since it is a suspect, it was never in hand beside another one: what it was taken for more often, is losses.
      losses: suspect ? claimed.deliveries - SUSPECT_FROM : 0,
      messageId: String(claimed.id),
      settle: async (messages) => {
        const settlement = await this.#settle(hold, messages);
        if (settlement.acked || settlement.leaseLost) end();
        return settlement;
      },
      release: async ({ delayMs = 0 } = {}) => {
        if (!this.#holds.has(hold) || this.#closing) return;
        await this.#do(() => this.#messages.release(hold, Date.now() + Math.ceil(delayMs)));
        end();
      },
    };
  }

  #settle(hold: Hold, messages: readonly Outgoing[]): Promise<Settlement> {
    const none = (outcome: Outcome) => messages.map(() => outcome);
    return new Promise((resolve) => {
      let settlement: Settlement;
      this.#engine.do({
        run: () => settlement = this.#settleNow(hold, messages),
        committed: () => resolve(settlement),
        abandoned: () =>
          resolve({
            outcomes: none({ kind: "unknown", detail: "the transport was closed" }),
            acked: false,
            leaseLost: true,
          }),
      });
    });
  }

  /** All of it or nothing: a batch of which one message is refused publishes none. */
  #settleNow(hold: Hold, messages: readonly Outgoing[]): Settlement {
    const lost: Outcome = {
      kind: "refused",
      reason: "other",
      detail: "the lease was lost, so nothing was published",
    };
    const refusals = messages.map((message) => this.#messages.refusal(message));
    if (refusals.some((refusal) => refusal)) {
      const leaseLost = !this.#messages.holds(hold);
      const held: Outcome = {
        kind: "refused",
        reason: "other",
        detail: "another message of the batch was refused",
      };
      return {
        outcomes: refusals.map((refusal) => leaseLost ? lost : refusal ?? held),
        acked: false,
        leaseLost,
      };
    }
    if (!this.#messages.remove(hold)) {
      return { outcomes: messages.map(() => lost), acked: false, leaseLost: true };
    }
    const now = Date.now();
    for (const message of messages) this.#messages.insert(message, now);
    return { outcomes: messages.map(() => OK), acked: true, leaseLost: false };
  }

  /** Looks for changes by other processes while there is anyone here to whom they matter. */
  #watch(): void {
    const wanted = !this.#closing && (this.#consumers.size > 0 || this.#news.listening);
    if (!wanted) {
      clearInterval(this.#watching);
      this.#watching = undefined;
    } else this.#watching ??= setInterval(() => this.#notice(), WATCH_MS);
  }

  #notice(): void {
    const version = this.#dataVersion.get()?.data_version;
    if (version === this.#seenVersion) return;
    this.#seenVersion = version;
    this.#news.read();
    this.#takeDue();
  }

  /** Has a transaction run if there is anything to take: looking costs no sync to disk. */
  #takeDue(): void {
    const now = Date.now();
    for (const consumer of this.#consumers) {
      const { queue, room } = consumer;
      if (this.#messages.hasDue(queue, { now, room })) return this.#engine.schedule();
    }
  }

  /** Looks at the clock: what has become due, whose leases are to be renewed, who has ended. */
  async #look(): Promise<void> {
    try {
      this.#renew();
      await this.#buryEnded();
      if (this.#closing) return;
      this.#news.read();
      if (this.#news.waiting) this.#engine.schedule();
      this.#takeDue();
    } catch (error) {
      // Busy, or the disk is full: the next look comes in a moment.
      this.#onFailure(error);
    }
  }

  #renew(): void {
    const now = Date.now();
    const old = [...this.#holds].filter(([, renewed]) => now - renewed > this.#leaseMs / 3).map(([hold]) =>
      hold
    );
    if (old.length === 0) return;
    this.#engine.do({
      run: () => old.forEach((hold) => this.#messages.extend(hold, now + this.#leaseMs)),
      committed: () => old.forEach((hold) => this.#holds.has(hold) && this.#holds.set(hold, now)),
      abandoned: () => {},
    });
  }

  async #buryEnded(): Promise<void> {
    const others = this.#db.prepare("SELECT name FROM owner WHERE name <> ?").all(this.#owner.name);
    for (const { name } of others) {
      if (!await this.#owner.hasEnded(String(name)) || this.#closing) continue;
      await this.#do(() => {
        const now = Date.now();
        this.#messages.reclaim(String(name), now);
        this.#db.prepare("DELETE FROM owner WHERE name = ?").run(name as string);
        this.#news.purge(now);
      });
      await this.#owner.bury(String(name));
    }
  }
}

function isSuspect({ deliveries }: Claimed): boolean {
  return deliveries >= SUSPECT_FROM;
}
