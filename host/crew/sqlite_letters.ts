/**
 * Dead letters in SQLite.
 *
 * @module
 */

import type { SQLInputValue, SQLOutputValue, StatementSync } from "node:sqlite";
import { replayId } from "../lineage.ts";
import type { Allotment, Letter, LetterFilter, Letters, Replay, ReplayRequest } from "./letters.ts";
import { resultBody, withoutPayload } from "./records.ts";
import type { Page } from "./store.ts";
import { letterOf, PAGE, pageOf, replayOf, resultOf } from "./store_rows.ts";

/** What letters need of the store's file. */
export interface LetterFile {
  prepare(sql: string): StatementSync;
  read<T>(run: () => T): Promise<T>;
  /** Within a transaction, which is durable when the promise resolves. */
  write<T>(run: () => T): Promise<T>;
}

type Row = Record<string, SQLOutputValue>;

/** A number is taken: it was read before the transaction in which it was to be used. */
const TAKEN = Symbol("taken");

/** The letters of a store. */
export class SqliteLetters implements Letters {
  readonly #file: LetterFile;

  /** @param file The store's. */
  constructor(file: LetterFile) {
    this.#file = file;
  }

  list({ limit = PAGE, after = 0, ...filter }: LetterFilter = {}): Promise<Page<Letter>> {
    const { where, values } = conditions(filter);
    return this.#file.read(() => {
      const rows = this.#prepare(`SELECT * FROM letter WHERE seq > ? AND ${where} ORDER BY seq LIMIT ?`)
        .all(after, ...values, limit + 1);
      return pageOf(rows, { limit, read: letterOf });
    });
  }

  count({ limit: _limit, after: _after, ...filter }: LetterFilter = {}) {
    const { where, values } = conditions(filter);
    return this.#file.read(() => {
      const row = this.#prepare(
        `SELECT count(*) AS n, coalesce(max(seq), 0) AS last FROM letter WHERE ${where}`,
      )
        .get(...values);
      return { count: Number(row?.n), last: Number(row?.last) };
    });
  }

  letter(key: string): Promise<Letter | undefined> {
    return this.#file.read(() => {
      const row = this.#row(key);
      return row && letterOf(row);
    });
  }

  body(key: string): Promise<Uint8Array | undefined> {
    return this.#file.read(() => this.#body(key));
  }

  replays(id: string): Promise<Replay[]> {
    return this.#file.read(() =>
      this.#prepare("SELECT * FROM replay WHERE id = ? ORDER BY n").all(id).map(replayOf)
    );
  }

  async allot(request: ReplayRequest): Promise<Allotment> {
    for (;;) {
      // An id of its own is derived from the number, which takes a moment: so the number is read first, and is good if it
      // is still free in the transaction.
      const { id, n } = await this.#file.read(() => {
        const id = String(this.#row(request.key)?.id ?? "");
        return { id, n: this.#nextNumber(id) };
      });
      const as = request.keepsId ? id : await replayId(id, n);
      const allotment = await this.#file.write(() => this.#allot(request, { n, as }));
      if (allotment !== TAKEN) return allotment;
    }
  }

  async sent({ id, n }: Replay, now: number): Promise<void> {
    await this.#file.write(() => {
      this.#prepare("UPDATE replay SET sent_at = ? WHERE id = ? AND n = ? AND sent_at IS NULL").run(
        now,
        id,
        n,
      );
    });
  }

  drop(
    key: string,
    { reason, purge, now }: { reason: string; purge: boolean; now: number },
  ): Promise<boolean> {
    return this.#file.write(() => {
      const row = this.#row(key);
      if (!row) return false;
      const { changes } = this.#prepare(`
        UPDATE letter SET state = 'dropped', state_at = ?, drop_reason = ?
        WHERE key = ? AND (state IN ('open', 'replayed') OR (state = 'dropped' AND drop_reason <> ?))`).run(
        now,
        reason,
        key,
        reason,
      );
      const purges = purge && row.purged === 0;
      if (purges) this.#purge(row);
      return changes > 0 || purges;
    });
  }

  #allot(request: ReplayRequest, { n, as }: { n: number; as: string }): Allotment | typeof TAKEN {
    const { key, how, again, keepsId, now } = request;
    const row = this.#row(key);
    if (!row) return { verdict: "gone" };
    const before = this.#before(row);
    const same = before.find((replay) => replay.how === how);
    if (same && same.sentAt === undefined && row.state === "replayed" && row.purged === 0) {
      // Whoever allotted it could not note that it was sent: it may have been lost on the way. If what failed was
      // replaced since, it was not.
      if (this.#body(key) !== undefined) return { verdict: "send", replay: same };
      this.#markSent(same, now);
      return { verdict: "done", replay: same };
    }
    if (!again) {
      if (row.state === "dropped") return { verdict: "dropped" };
      if (same) return { verdict: "done", replay: same };
      if (row.state === "resolved") return { verdict: "resolved" };
      const [other] = before;
      if (other) return { verdict: "other", replay: other };
    }
    // What has succeeded is never replaced; sent under its own id again, it could only be done twice.
    if (keepsId && this.#hasSucceeded(String(row.id))) return { verdict: "resolved" };
    if (row.purged !== 0) return { verdict: "purged" };
    if (this.#body(key) === undefined) return { verdict: "gone" };

    const id = String(row.id);
    if (this.#nextNumber(id) !== n) return TAKEN;
    this.#prepare("INSERT INTO replay (key, id, n, as_id, how, at) VALUES (?, ?, ?, ?, ?, ?)")
      .run(key, id, n, as, how, now);
    // When it succeeds, so does everything that it is a replay of.
    this.#prepare(`
      INSERT OR IGNORE INTO descent (as_id, key) SELECT ?1, ?2 UNION SELECT ?1, key FROM descent WHERE as_id = ?3`)
      .run(as, key, id);
    this.#prepare(`
      UPDATE letter SET state = 'replayed', state_at = ?, drop_reason = ''
      WHERE key = ? OR (? AND id = ? AND state = 'open')`).run(now, key, keepsId ? 1 : 0, id);
    return { verdict: "send", replay: { key, id, n, as, how, at: now } };
  }

  /** Replays of a letter, latest first. One that is open has none but its own; another may have been replayed by its id. */
  #before(row: Row): Replay[] {
    const own = this.#prepare("SELECT * FROM replay WHERE key = ? ORDER BY n DESC").all(row.key as string);
    if (own.length > 0 || row.state !== "replayed") return own.map(replayOf);
    return this.#prepare("SELECT * FROM replay WHERE id = ? ORDER BY n DESC").all(row.id as string)
      .map(replayOf);
  }

  #markSent({ id, n }: Replay, now: number): void {
    this.#prepare("UPDATE replay SET sent_at = ? WHERE id = ? AND n = ? AND sent_at IS NULL").run(now, id, n);
  }

  /** Above every number that a replay of the envelope has, also of one that is not noted here. */
  #nextNumber(id: string): number {
    const row = this.#prepare(`
      SELECT max(
        coalesce((SELECT max(n) FROM replay WHERE id = ?1), 0),
        coalesce((SELECT max(replay) FROM letter WHERE id = ?1), 0),
        coalesce((SELECT max(replay) FROM tombstone WHERE kind = 'result' AND name = ?1), 0)
      ) + 1 AS n`).get(id);
    return Number(row?.n);
  }

  #hasSucceeded(id: string): boolean {
    return this.#prepare(`
      SELECT 1 FROM result WHERE id = ?1 AND phase = 'succeeded'
      UNION ALL SELECT 1 FROM tombstone WHERE kind = 'result' AND name = ?1 AND phase = 'succeeded'`)
      .get(id) !== undefined;
  }

  #purge(row: Row): void {
    const key = String(row.key);
    const body = this.#body(key);
    if (row.kind === "dead" && body) {
      this.#prepare("UPDATE dead SET body = ? WHERE key = ?").run(withoutPayload(body), key);
    } else if (body) {
      this.#prepare("UPDATE result SET payload = 'null', extra = '' WHERE id = ?").run(row.id as string);
    }
    // The same payload, as the actors took it.
    this.#prepare("UPDATE hop SET record = json_remove(record, '$.payload') WHERE id = ?").run(
      row.id as string,
    );
    this.#prepare("UPDATE letter SET purged = 1 WHERE key = ?").run(key);
  }

  #body(key: string): Uint8Array | undefined {
    const dead = this.#prepare("SELECT body FROM dead WHERE key = ?").get(key);
    if (dead) return dead.body as Uint8Array;
    const result = this.#prepare(`
      SELECT result.* FROM letter JOIN result ON result.id = letter.id AND result.phase = 'failed'
        AND letter.key = result.id || '/x-sink/' || result.replay
      WHERE letter.key = ?`).get(key);
    return result && resultBody(resultOf(result));
  }

  #row(key: string): Row | undefined {
    return this.#prepare("SELECT * FROM letter WHERE key = ?").get(key);
  }

  #prepare(sql: string): StatementSync {
    return this.#file.prepare(sql);
  }
}

function conditions(filter: LetterFilter): { where: string; values: SQLInputValue[] } {
  const { state, orUnsent = false, id, root, actor, type, since, until, upTo } = filter;
  const unsent = "EXISTS (SELECT 1 FROM replay WHERE replay.key = letter.key AND replay.sent_at IS NULL)";
  const all: [clause: string, value: SQLInputValue | undefined][] = [
    [orUnsent ? `(state = ? OR (state = 'replayed' AND ${unsent}))` : "state = ?", state],
    ["id = ?", id],
    ["root = ?", root],
    ["actor = ?", actor],
    [
      type?.includes(".")
        ? "type = ?"
        : "? IN (type, replace(type, rtrim(type, replace(type, '.', '')), ''))",
      type,
    ],
    ["at >= ?", since],
    ["at < ?", until],
    ["seq <= ?", upTo],
  ];
  const given = all.filter((condition): condition is [string, SQLInputValue] => condition[1] !== undefined);
  return {
    where: ["TRUE", ...given.map(([clause]) => clause)].join(" AND "),
    values: given.map(([, value]) => value),
  };
}
