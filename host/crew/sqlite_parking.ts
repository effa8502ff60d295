/**
 * Envelopes that wait for an answer, in SQLite.
 *
 * @module
 */

import type { SQLOutputValue, StatementSync } from "node:sqlite";
import type { Ending, EndVerdict, Parked, ParkedBody, Parking, ParkRequest, ParkVerdict } from "./parked.ts";
import type { LetterFile } from "./sqlite_letters.ts";
import type { Page } from "./store.ts";
import { PAGE, pageOf, parkedBodyOf, parkedOf } from "./store_rows.ts";

type Row = Record<string, SQLOutputValue>;

/** The parking of a store. */
export class SqliteParking implements Parking {
  readonly #file: LetterFile;

  /** @param file The store's. */
  constructor(file: LetterFile) {
    this.#file = file;
  }

  park(request: ParkRequest): Promise<ParkVerdict> {
    return this.#file.write(() => this.#park(request));
  }

  find(ref: string): Promise<Parked | undefined> {
    return this.#file.read(() => {
      const row = this.#row(ref) ??
        this.#prepare("SELECT * FROM parked WHERE id = ? ORDER BY ended = '' DESC, seq DESC LIMIT 1").get(
          ref,
        );
      return row && parkedOf(row);
    });
  }

  bodies(key: string): Promise<ParkedBody[]> {
    return this.#file.read(() => this.#bodies(key));
  }

  end(key: string, ending: Ending): Promise<EndVerdict | undefined> {
    return this.#file.write(() => this.#end(key, ending));
  }

  async sent(
    key: string,
    { runs, now }: { readonly runs: readonly string[]; readonly now: number },
  ): Promise<void> {
    await this.#file.write(() => {
      const note = this.#prepare(
        "UPDATE parked_body SET sent_at = ?, body = NULL WHERE key = ? AND run = ? AND sent_at IS NULL",
      );
      for (const run of runs) note.run(now, key, run);
    });
  }

  waiting(
    { limit = PAGE, after = 0 }: { readonly limit?: number; readonly after?: number } = {},
  ): Promise<Page<Parked>> {
    return this.#file.read(() => {
      const rows = this.#prepare("SELECT * FROM parked WHERE ended = '' AND seq > ? ORDER BY seq LIMIT ?")
        .all(after, limit + 1);
      return pageOf(rows, { limit, read: parkedOf });
    });
  }

  due(now: number, limit: number): Promise<string[]> {
    return this.#file.read(() =>
      this.#prepare("SELECT key FROM parked WHERE ended = '' AND due_at <= ? ORDER BY due_at, seq LIMIT ?")
        .all(now, limit).map(({ key }) => String(key))
    );
  }

  nextDue(after: number): Promise<number | undefined> {
    return this.#file.read(() => {
      const at = this.#prepare("SELECT min(due_at) AS at FROM parked WHERE ended = '' AND due_at > ?")
        .get(after)?.at ?? null;
      return at === null ? undefined : Number(at);
    });
  }

  forget(before: number): Promise<number> {
    return this.#file.write(() => {
      const over = `SELECT key FROM parked WHERE ended <> '' AND ended_at < ?
        AND NOT EXISTS (SELECT 1 FROM parked_body WHERE parked_body.key = parked.key AND sent_at IS NULL)`;
      const keys = this.#prepare(over).all(before).map(({ key }) => String(key));
      for (const key of keys) {
        this.#prepare("DELETE FROM parked_body WHERE key = ?").run(key);
        this.#prepare("DELETE FROM parked WHERE key = ?").run(key);
      }
      return keys.length;
    });
  }

  #park({ key, id, root, actor, question, run, body, at, dueAt }: ParkRequest): ParkVerdict {
    const { changes: isNew } = this.#prepare(`
      INSERT INTO parked (key, id, root, actor, question, parked_at, due_at) VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (key) DO NOTHING`).run(key, id, root, actor, question, at, dueAt ?? null);
    const { changes: isOther } = this.#prepare(
      "INSERT INTO parked_body (key, run, body) VALUES (?, ?, ?) ON CONFLICT (key, run) DO NOTHING",
    ).run(key, run, body);
    if (isNew > 0) return { verdict: "parked" };
    if (isOther === 0) this.#prepare("UPDATE parked SET repeats = repeats + 1 WHERE key = ?").run(key);
    const { ending } = parkedOf(this.#row(key) as Row);
    if (!ending) return { verdict: "repeat" };
    const kept = this.#prepare("SELECT sent_at FROM parked_body WHERE key = ? AND run = ?").get(key, run);
    return { verdict: "repeat", ending, unsent: kept?.sent_at === null };
  }

  #end(key: string, { kind, answer, reason, token, at }: Ending): EndVerdict | undefined {
    const row = this.#row(key);
    if (!row) return undefined;
    if (row.ended !== "" && row.token !== token) {
      const same = row.ended === kind && row.answer === answer;
      return { verdict: same ? "same" : "other", parked: parkedOf(row) };
    }
    if (row.ended === "") {
      this.#prepare(
        "UPDATE parked SET ended = ?, answer = ?, reason = ?, token = ?, ended_at = ? WHERE key = ?",
      )
        .run(kind, answer, reason, token, at, key);
    }
    return { verdict: "ended", parked: parkedOf(this.#row(key) as Row), bodies: this.#bodies(key) };
  }

  #bodies(key: string): ParkedBody[] {
    return this.#prepare("SELECT run, body FROM parked_body WHERE key = ? AND sent_at IS NULL ORDER BY rowid")
      .all(key).map(parkedBodyOf);
  }

  #row(key: string): Row | undefined {
    return this.#prepare("SELECT * FROM parked WHERE key = ?").get(key);
  }

  #prepare(sql: string): StatementSync {
    return this.#file.prepare(sql);
  }
}
