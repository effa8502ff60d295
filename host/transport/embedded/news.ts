/**
 * Broadcasts: to listeners in this process directly, to those in other processes through a table. Best effort.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";

/** How long a broadcast stays in the table, in milliseconds. */
const KEPT_MS = 60_000;
/** Most broadcasts that wait to be written; what is over is dropped. */
const MOST_WAITING = 10_000;

type Listener = (bytes: Uint8Array) => void;

/** Topics and their listeners. */
export class News {
  readonly #db: DatabaseSync;
  readonly #owner: string;
  readonly #listeners = new Map<string, Set<Listener>>();
  /** Topics that other processes listen to. */
  #wanted = new Set<string>();
  #waiting: { topic: string; bytes: Uint8Array }[] = [];
  #read = 0;
  #purged = 0;

  /** @param owner Who broadcasts here. */
  constructor(db: DatabaseSync, owner: string) {
    this.#db = db;
    this.#owner = owner;
    this.#read = Number(db.prepare("SELECT coalesce(max(id), 0) AS last FROM news").get()?.last);
    // Who sends right after opening is heard by those who listen already.
    this.#readWanted();
  }

  /** Whether anything waits to be written. */
  get waiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Whether anyone listens here. */
  get listening(): boolean {
    return this.#listeners.size > 0;
  }

  /** Sends to everyone who listens. */
  send(topic: string, bytes: Uint8Array): void {
    this.#tell(topic, bytes);
    if (this.#wanted.has(topic) && this.#waiting.length < MOST_WAITING) this.#waiting.push({ topic, bytes });
  }

  /** Adds a listener. @returns What removes it. */
  listen(topic: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(topic);
    };
  }

  /** Writes what waits; within a transaction. @returns What is to be called after its commit. */
  write(now: number): () => void {
    const insert = this.#db.prepare("INSERT INTO news (owner, topic, bytes, at) VALUES (?, ?, ?, ?)");
    const batch = this.#waiting;
    for (const { topic, bytes } of batch) insert.run(this.#owner, topic, bytes, now);
    if (now - this.#purged > KEPT_MS / 6) this.purge(now);
    return () => {
      this.#purged = now;
      this.#waiting = this.#waiting.slice(batch.length);
    };
  }

  /** Makes known which topics are listened to here; within a transaction. */
  register(): void {
    const insert = this.#db.prepare(
      "INSERT INTO listener (owner, topic) VALUES (?, ?) ON CONFLICT DO NOTHING",
    );
    for (const topic of this.#listeners.keys()) insert.run(this.#owner, topic);
  }

  /** Removes what is old, and listeners that are gone; within a transaction. */
  purge(now: number): void {
    this.#db.prepare("DELETE FROM news WHERE at < ?").run(now - KEPT_MS);
    this.#db.prepare("DELETE FROM listener WHERE owner NOT IN (SELECT name FROM owner)").run();
  }

  /** Reads what others have sent, and what they want to hear. */
  read(): void {
    this.#readWanted();
    if (!this.listening) return;
    const rows = this.#db.prepare(
      "SELECT id, owner, topic, bytes FROM news WHERE id > ? ORDER BY id LIMIT 1000",
    ).all(this.#read);
    for (const { id, owner, topic, bytes } of rows) {
      this.#read = Number(id);
      if (owner !== this.#owner) this.#tell(String(topic), bytes as Uint8Array);
    }
  }

  #readWanted(): void {
    const wanted = this.#db.prepare("SELECT DISTINCT topic FROM listener WHERE owner <> ?").all(this.#owner);
    this.#wanted = new Set(wanted.map(({ topic }) => String(topic)));
  }

  #tell(topic: string, bytes: Uint8Array): void {
    for (const listener of this.#listeners.get(topic) ?? []) queueMicrotask(() => listener(bytes));
  }
}
