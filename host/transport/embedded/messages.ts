/**
 * The statements on messages. Each method is to be called inside of a transaction.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type Depth, type Outcome, type Outgoing, SUSPECT_FROM } from "../transport.ts";

/** A message that was taken. */
export interface Claimed {
  readonly id: number;
  readonly claim: number;
  /** How often it was taken before. */
  readonly deliveries: number;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** What a consumer can be given. */
export interface Room {
  /** How many messages. */
  readonly limit: number;
  /** Whether one of them may be a suspect. */
  readonly suspect: boolean;
}

/** What identifies a taken message to its owner. */
export type Hold = Pick<Claimed, "id" | "claim">;

/** Messages and queues of a file. */
export class Messages {
  readonly #db: DatabaseSync;
  readonly #owner: string;
  readonly #maxBodyBytes: number;
  readonly #queues = new Set<string>();
  readonly #statements = new Map<string, StatementSync>();
  #claims = 0;

  /** @param options `owner`: who takes messages here; `maxBodyBytes`: the largest body that is published. */
  constructor(db: DatabaseSync, options: { readonly owner: string; readonly maxBodyBytes: number }) {
    this.#db = db;
    this.#owner = options.owner;
    this.#maxBodyBytes = options.maxBodyBytes;
  }

  /** Makes a queue, if it does not exist. */
  declare(queue: string): void {
    this.#prepare("INSERT INTO queue (name) VALUES (?) ON CONFLICT DO NOTHING").run(queue);
  }

  /** Names of the queues, sorted. */
  queues(): string[] {
    return this.#prepare("SELECT name FROM queue ORDER BY name").all().map(({ name }) => String(name));
  }

  /** Why a message cannot be published; undefined when it can. */
  refusal({ queue, body }: Outgoing): Extract<Outcome, { kind: "refused" }> | undefined {
    if (body.length > this.#maxBodyBytes) {
      const detail = `a body of ${body.length} bytes; the limit is ${this.#maxBodyBytes}`;
      return { kind: "refused", reason: "too-large", detail };
    }
    if (this.#exists(queue)) return undefined;
    return { kind: "refused", reason: "no-queue", detail: `there is no queue ${JSON.stringify(queue)}` };
  }

  /** Puts a message into its queue. */
  insert({ queue, body, delayMs = 0 }: Outgoing, now: number): void {
    const { lastInsertRowid } = this.#prepare("INSERT INTO meta (queue, at) VALUES (?, ?)").run(
      queue,
      now + Math.ceil(delayMs),
    );
    this.#prepare("INSERT INTO body (id, body) VALUES (?, ?)").run(lastInsertRowid, body);
  }

  /** Whether a queue has a message that may be taken. */
  hasDue(queue: string, { now, room }: { readonly now: number; readonly room: Room }): boolean {
    if (room.limit <= 0) return false;
    return this.#prepare("SELECT 1 FROM meta WHERE queue = ? AND at <= ? AND (count < ? OR ?) LIMIT 1")
      .get(queue, now, SUSPECT_FROM, Number(room.suspect)) !== undefined;
  }

  /** Takes messages under a lease, those that have waited longest first: a suspect before all others. */
  claim(
    queue: string,
    options: { readonly now: number; readonly until: number; readonly room: Room },
  ): Claimed[] {
    const { now, until, room: { limit, suspect } } = options;
    const claim = ++this.#claims;
    const suspects = suspect
      ? this.#prepare(
        "SELECT id, count FROM meta WHERE queue = ? AND at <= ? AND count >= ? ORDER BY at, id LIMIT 1",
      )
        .all(queue, now, SUSPECT_FROM)
      : [];
    const others = this.#prepare(
      "SELECT id, count FROM meta WHERE queue = ? AND at <= ? AND count < ? ORDER BY at, id LIMIT ?",
    )
      .all(queue, now, SUSPECT_FROM, limit - suspects.length);
    const due = [...suspects, ...others];
    const take = this.#prepare(
      "UPDATE meta SET at = ?, owner = ?, claim = ?, count = count + 1 WHERE id = ?",
    );
    const read = this.#prepare("SELECT body FROM body WHERE id = ?");
    return due.map(({ id, count }) => {
      take.run(until, this.#owner, claim, id as number);
      return {
        id: Number(id),
        claim,
        deliveries: Number(count),
        body: read.get(id as number)?.body as Uint8Array<ArrayBuffer>,
      };
    });
  }

  /** Removes a message, if it is still held. */
  remove({ id, claim }: Hold): boolean {
    const { changes } = this.#prepare("DELETE FROM meta WHERE id = ? AND owner = ? AND claim = ?").run(
      id,
      this.#owner,
      claim,
    );
    if (changes === 0) return false;
    this.#prepare("DELETE FROM body WHERE id = ?").run(id);
    return true;
  }

  /** Whether a message is still held. */
  holds({ id, claim }: Hold): boolean {
    return this.#prepare("SELECT 1 FROM meta WHERE id = ? AND owner = ? AND claim = ?").get(
      id,
      this.#owner,
      claim,
    ) !== undefined;
  }

  /** Gives a message back, as if it had not been taken, to be taken again from a time on. */
  release({ id, claim }: Hold, at: number): void {
    this.#prepare(
      "UPDATE meta SET at = ?, owner = NULL, claim = NULL, count = count - 1 WHERE id = ? AND owner = ? AND claim = ?",
    ).run(at, id, this.#owner, claim);
  }

  /** Renews a lease, if it is still held. */
  extend({ id, claim }: Hold, until: number): void {
    this.#prepare("UPDATE meta SET at = ? WHERE id = ? AND owner = ? AND claim = ?").run(
      until,
      id,
      this.#owner,
      claim,
    );
  }

  /** Brings back everything that an owner who is gone had taken. */
  reclaim(owner: string, now: number): void {
    this.#prepare("UPDATE meta SET at = ?, owner = NULL, claim = NULL WHERE owner = ?").run(now, owner);
  }

  /** Depths of all queues. */
  depths(now: number): Map<string, Depth> {
    const rows = this.#prepare(`
      SELECT queue.name AS name,
        count(meta.id) FILTER (WHERE at <= ?1) AS ready,
        count(meta.id) FILTER (WHERE at > ?1 AND owner IS NULL) AS delayed,
        count(meta.id) FILTER (WHERE at > ?1 AND owner IS NOT NULL) AS leased
      FROM queue LEFT JOIN meta ON meta.queue = queue.name GROUP BY queue.name ORDER BY queue.name`).all(now);
    return new Map(rows.map(({ name, ready, delayed, leased }) => [
      String(name),
      { ready: Number(ready), delayed: Number(delayed), leased: Number(leased) },
    ]));
  }

  #exists(queue: string): boolean {
    if (this.#queues.has(queue)) return true;
    const found = this.#prepare("SELECT 1 FROM queue WHERE name = ?").get(queue) !== undefined;
    if (found) this.#queues.add(queue);
    return found;
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, statement = this.#db.prepare(sql));
    return statement;
  }
}
