/**
 * Dead letters in Postgres. What changes them is done while nobody records, so that each sees what the others did.
 *
 * @module
 */

import { replayId } from "../../lineage.ts";
import type { Allotment, Letter, LetterFilter, Letters, Replay, ReplayRequest } from "../letters.ts";
import { resultBody, withoutPayload } from "../records.ts";
import type { Page } from "../store.ts";
import { letterOf, replayOf, resultOf } from "../store_rows.ts";
import type { Database } from "./database.ts";
import { conditions, page, type PageOptions } from "./listing.ts";
import type { Query, Row } from "./sessions.ts";

/** The letters of a store. */
export class PostgresLetters implements Letters {
  readonly #database: Database;

  /** @param database The store's. */
  constructor(database: Database) {
    this.#database = database;
  }

  async list({ limit, after, ...filter }: LetterFilter = {}): Promise<Page<Letter>> {
    return await this.#database.read((query) =>
      page(query, "letter", { where: wanted(filter), limit, after, read: letterOf })
    );
  }

  async count({ limit: _limit, after: _after, ...filter }: LetterFilter = {}) {
    const { clause, values } = conditions(wanted(filter));
    const sum = `SELECT count(*) AS n, coalesce(max(seq), 0) AS last FROM letter WHERE ${clause}`;
    const [row] = await this.#database.read((query) => query(sum, values));
    return { count: Number(row?.n), last: Number(row?.last) };
  }

  async letter(key: string): Promise<Letter | undefined> {
    const row = await this.#database.read((query) => rowOf(query, key));
    return row && letterOf(row);
  }

  async body(key: string): Promise<Uint8Array | undefined> {
    return await this.#database.read((query) => bodyOf(query, key));
  }

  async replays(id: string): Promise<Replay[]> {
    return await this.#database.read(async (query) =>
      (await query("SELECT * FROM replay WHERE name_key(id) = name_key($1) ORDER BY n", [id])).map(replayOf)
    );
  }

  async allot(request: ReplayRequest): Promise<Allotment> {
    return await this.#database.write((query) => allot(query, request), "exclusive");
  }

  async sent(replay: Replay, now: number): Promise<void> {
    await this.#database.write((query) => markSent(query, replay, now), "exclusive");
  }

  async drop(
    key: string,
    { reason, purge, now }: { reason: string; purge: boolean; now: number },
  ): Promise<boolean> {
    return await this.#database.write(async (query) => {
      const row = await rowOf(query, key);
      if (!row) return false;
      const changed = await query(
        `UPDATE letter SET state = 'dropped', state_at = $1, drop_reason = $2
          WHERE seq = $3 AND (state IN ('open', 'replayed') OR (state = 'dropped' AND drop_reason <> $2))
          RETURNING seq`,
        [now, reason, Number(row.seq)],
      );
      const purges = purge && !row.purged;
      if (purges) await purgeLetter(query, row);
      return changed.length > 0 || purges;
    }, "exclusive");
  }
}

async function allot(query: Query, request: ReplayRequest): Promise<Allotment> {
  const { key, how, again, keepsId, now } = request;
  const row = await rowOf(query, key);
  if (!row) return { verdict: "gone" };
  const id = String(row.id);
  const before = await repliesTo(query, row);
  const same = before.find((replay) => replay.how === how);
  if (same && same.sentAt === undefined && row.state === "replayed" && !row.purged) {
    // Whoever allotted it could not note that it was sent: it may have been lost on the way. If what failed was replaced
    // since, it was not.
    if (await bodyOf(query, key) !== undefined) return { verdict: "send", replay: same };
    await markSent(query, same, now);
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
  if (keepsId && await hasSucceeded(query, id)) return { verdict: "resolved" };
  if (row.purged) return { verdict: "purged" };
  if (await bodyOf(query, key) === undefined) return { verdict: "gone" };

  const n = await nextNumber(query, id);
  const as = keepsId ? id : await replayId(id, n);
  await query("INSERT INTO replay (key, id, n, as_id, how, at) VALUES ($1, $2, $3, $4, $5, $6)", [
    key,
    id,
    n,
    as,
    how,
    now,
  ]);
  // When it succeeds, so does everything that it is a replay of.
  await query(
    `INSERT INTO descent (as_id, key)
      SELECT $1, $2::text UNION SELECT $1, key FROM descent WHERE name_key(as_id) = name_key($3) ON CONFLICT DO NOTHING`,
    [as, key, id],
  );
  await query(
    `UPDATE letter SET state = 'replayed', state_at = $1, drop_reason = ''
      WHERE seq = $2 OR ($3 AND name_key(id) = name_key($4) AND state = 'open')`,
    [now, Number(row.seq), keepsId, id],
  );
  return { verdict: "send", replay: { key, id, n, as, how, at: now } };
}

/** Replays of a letter, latest first. One that is open has none but its own; another may have been replayed by its id. */
async function repliesTo(query: Query, row: Row): Promise<Replay[]> {
  const by = (column: "key" | "id", value: string) =>
    query(`SELECT * FROM replay WHERE name_key(${column}) = name_key($1) ORDER BY n DESC`, [value]);
  const own = await by("key", String(row.key));
  if (own.length > 0 || row.state !== "replayed") return own.map(replayOf);
  return (await by("id", String(row.id))).map(replayOf);
}

async function markSent(query: Query, { id, n }: Replay, now: number): Promise<void> {
  await query(
    "UPDATE replay SET sent_at = $1 WHERE name_key(id) = name_key($2) AND n = $3 AND sent_at IS NULL",
    [now, id, n],
  );
}

/** Above every number that a replay of the envelope has, also of one that is not noted here. */
async function nextNumber(query: Query, id: string): Promise<number> {
  const [row] = await query(
    `SELECT greatest(
        (SELECT max(n) FROM replay WHERE name_key(id) = name_key($1)),
        (SELECT max(replay) FROM letter WHERE name_key(id) = name_key($1)),
        (SELECT max(replay) FROM tombstone WHERE kind = 'result' AND name_key(name) = name_key($1)), 0) + 1 AS n`,
    [id],
  );
  return Number(row?.n);
}

async function hasSucceeded(query: Query, id: string): Promise<boolean> {
  const rows = await query(
    `SELECT 1 FROM result WHERE name_key(id) = name_key($1) AND phase = 'succeeded'
      UNION ALL SELECT 1 FROM tombstone
        WHERE kind = 'result' AND name_key(name) = name_key($1) AND phase = 'succeeded'`,
    [id],
  );
  return rows.length > 0;
}

async function purgeLetter(query: Query, row: Row): Promise<void> {
  const key = String(row.key);
  const id = String(row.id);
  const body = await bodyOf(query, key);
  if (row.kind === "dead" && body) {
    await query("UPDATE dead SET body = $1 WHERE name_key(key) = name_key($2)", [withoutPayload(body), key]);
  } else if (body) {
    await query("UPDATE result SET payload = 'null', extra = '' WHERE name_key(id) = name_key($1)", [id]);
  }
  // The same payload, as the actors took it.
  for (const hop of await query("SELECT seq, record FROM hop WHERE name_key(id) = name_key($1)", [id])) {
    const { payload: _payload, ...record } = JSON.parse(String(hop.record));
    await query("UPDATE hop SET record = $1 WHERE seq = $2", [JSON.stringify(record), Number(hop.seq)]);
  }
  await query("UPDATE letter SET purged = true WHERE seq = $1", [Number(row.seq)]);
}

async function bodyOf(query: Query, key: string): Promise<Uint8Array | undefined> {
  const [dead] = await query("SELECT body FROM dead WHERE name_key(key) = name_key($1)", [key]);
  if (dead) return dead.body as Uint8Array;
  const [result] = await query(
    `SELECT result.* FROM letter JOIN result ON name_key(result.id) = name_key(letter.id) AND result.phase = 'failed'
        AND letter.key = result.id || '/x-sink/' || result.replay
      WHERE name_key(letter.key) = name_key($1)`,
    [key],
  );
  return result && resultBody(resultOf(result));
}

async function rowOf(query: Query, key: string): Promise<Row | undefined> {
  return (await query("SELECT * FROM letter WHERE name_key(key) = name_key($1)", [key]))[0];
}

function wanted(filter: Omit<LetterFilter, "limit" | "after">): PageOptions<never>["where"] {
  const { state, orUnsent = false, id, root, actor, type, since, until, upTo } = filter;
  const unsent =
    "EXISTS (SELECT 1 FROM replay WHERE name_key(replay.key) = name_key(letter.key) AND replay.sent_at IS NULL)";
  return [
    [orUnsent ? `(state = ? OR (state = 'replayed' AND ${unsent}))` : "state = ?", state],
    ["name_key(id) = name_key(?)", id],
    ["name_key(root) = name_key(?)", root],
    ["actor = ?", actor],
    [type?.includes(".") ? "type = ?" : "? IN (type, regexp_replace(type, '^.*\\.', ''))", type],
    ["at >= ?", since],
    ["at < ?", until],
    ["seq <= ?", upTo],
  ];
}
