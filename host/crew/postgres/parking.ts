/**
 * Envelopes that wait for an answer, in Postgres. Each write holds the row of its pause, so that one comes after another.
 *
 * @module
 */

import type { Ending, EndVerdict, Parked, ParkedBody, Parking, ParkRequest, ParkVerdict } from "../parked.ts";
import type { Page } from "../store.ts";
import { parkedBodyOf, parkedOf } from "../store_rows.ts";
import type { Database } from "./database.ts";
import { page } from "./listing.ts";
import type { Query, Row } from "./sessions.ts";

/** The parking of a store. */
export class PostgresParking implements Parking {
  readonly #database: Database;

  /** @param database The store's. */
  constructor(database: Database) {
    this.#database = database;
  }

  async park(request: ParkRequest): Promise<ParkVerdict> {
    return await this.#database.write((query) => park(query, request), "none");
  }

  async find(ref: string): Promise<Parked | undefined> {
    const [row] = await this.#database.read((query) =>
      query(
        `SELECT * FROM parked WHERE name_key(key) = name_key($1) OR name_key(id) = name_key($1)
          ORDER BY key = $1 DESC, ended = '' DESC, seq DESC LIMIT 1`,
        [ref],
      )
    );
    return row && parkedOf(row);
  }

  async bodies(key: string): Promise<ParkedBody[]> {
    return await this.#database.read((query) => bodiesOf(query, key));
  }

  async end(key: string, ending: Ending): Promise<EndVerdict | undefined> {
    return await this.#database.write((query) => end(query, key, ending), "none");
  }

  async sent(
    key: string,
    { runs, now }: { readonly runs: readonly string[]; readonly now: number },
  ): Promise<void> {
    await this.#database.write(
      (query) =>
        query(
          `UPDATE parked_body SET sent_at = $1, body = NULL
            WHERE name_key(key) = name_key($2) AND run = ANY ($3::text[]) AND sent_at IS NULL`,
          [now, key, runs],
        ),
      "none",
    );
  }

  async waiting(
    { limit, after }: { readonly limit?: number; readonly after?: number } = {},
  ): Promise<Page<Parked>> {
    return await this.#database.read((query) =>
      page(query, "parked", { where: [["ended = ?", ""]], limit, after, read: parkedOf })
    );
  }

  async due(now: number, limit: number): Promise<string[]> {
    const rows = await this.#database.read((query) =>
      query("SELECT key FROM parked WHERE ended = '' AND due_at <= $1 ORDER BY due_at, seq LIMIT $2", [
        now,
        limit,
      ])
    );
    return rows.map(({ key }) => String(key));
  }

  async nextDue(after: number): Promise<number | undefined> {
    const [row] = await this.#database.read((query) =>
      query("SELECT min(due_at) AS at FROM parked WHERE ended = '' AND due_at > $1", [after])
    );
    return row?.at == null ? undefined : Number(row.at);
  }

  async forget(before: number): Promise<number> {
    return await this.#database.write(async (query) => {
      const rows = await query(
        `DELETE FROM parked WHERE ended <> '' AND ended_at < $1 AND NOT EXISTS (
            SELECT 1 FROM parked_body b WHERE name_key(b.key) = name_key(parked.key) AND b.sent_at IS NULL)
          RETURNING key`,
        [before],
      );
      await query(
        "DELETE FROM parked_body WHERE name_key(key) = ANY (ARRAY(SELECT name_key(k) FROM unnest($1::text[]) k))",
        [rows.map(({ key }) => String(key))],
      );
      return rows.length;
    }, "none");
  }
}

async function park(query: Query, request: ParkRequest): Promise<ParkVerdict> {
  const { key, id, root, actor, question, run, body, at, dueAt } = request;
  const isNew = await query(
    `INSERT INTO parked (key, id, root, actor, question, parked_at, due_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
      ON CONFLICT DO NOTHING RETURNING seq`,
    [key, id, root, actor, question, at, dueAt ?? null],
  );
  const row = await hold(query, key);
  const isOther = await query(
    "INSERT INTO parked_body (key, run, body) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING seq",
    [key, run, body],
  );
  if (isNew.length > 0) return { verdict: "parked" };
  if (isOther.length === 0) {
    await query("UPDATE parked SET repeats = repeats + 1 WHERE name_key(key) = name_key($1)", [key]);
  }
  const ending = row && parkedOf(row).ending;
  if (!ending) return { verdict: "repeat" };
  const [kept] = await query(
    "SELECT sent_at FROM parked_body WHERE name_key(key) = name_key($1) AND name_key(run) = name_key($2)",
    [key, run],
  );
  return { verdict: "repeat", ending, unsent: kept?.sent_at === null };
}

async function end(query: Query, key: string, ending: Ending): Promise<EndVerdict | undefined> {
  const { kind, answer, reason, token, at } = ending;
  const row = await hold(query, key);
  if (!row) return undefined;
  if (row.ended !== "" && row.token !== token) {
    const same = row.ended === kind && row.answer === answer;
    return { verdict: same ? "same" : "other", parked: parkedOf(row) };
  }
  const [ended] = row.ended === ""
    ? await query(
      `UPDATE parked SET ended = $1, answer = $2, reason = $3, token = $4, ended_at = $5
        WHERE name_key(key) = name_key($6) RETURNING *`,
      [kind, answer, reason, token, at, key],
    )
    : [row];
  return { verdict: "ended", parked: parkedOf(ended ?? row), bodies: await bodiesOf(query, key) };
}

async function hold(query: Query, key: string): Promise<Row | undefined> {
  return (await query("SELECT * FROM parked WHERE name_key(key) = name_key($1) FOR UPDATE", [key]))[0];
}

async function bodiesOf(query: Query, key: string): Promise<ParkedBody[]> {
  const rows = await query(
    "SELECT run, body FROM parked_body WHERE name_key(key) = name_key($1) AND sent_at IS NULL ORDER BY seq",
    [key],
  );
  return rows.map(parkedBodyOf);
}
