/**
 * Slices that wait for one another, in Postgres. Each write holds the row of its fan-out, so that one comes after another.
 *
 * @module
 */

import {
  arrivalName,
  type ArrivalVerdict,
  EVERY_SLICE,
  type HeldSlice,
  type JoinGroup,
  type Joining,
  type JoinRules,
  type OpenJoin,
  openJoin,
  type RunCount,
  type SliceArrival,
  TIME_NAME,
} from "../joining.ts";
import type { Page } from "../store.ts";
import { heldSliceOf, joinGroupOf, PAGE, pageOf, runCountOf, sliceMarkOf, unsentOf } from "../store_rows.ts";
import type { Database } from "./database.ts";
import type { Query, Row } from "./sessions.ts";

/** The joining of a store. */
export class PostgresJoining implements Joining {
  readonly #database: Database;

  /** @param database The store's. */
  constructor(database: Database) {
    this.#database = database;
  }

  async arrive(arrival: SliceArrival, rules: JoinRules): Promise<ArrivalVerdict> {
    return await this.#database.write((query) => arrive(query, arrival, rules), "none");
  }

  async expire(
    g: string,
    { now, rules }: { readonly now: number; readonly rules: JoinRules },
  ): Promise<ArrivalVerdict | undefined> {
    return await this.#database.write(async (query) => {
      const row = await hold(query, g);
      if (!row) return undefined;
      if (row.ended_at !== null) return row.last === TIME_NAME ? unsentOf(row) : undefined;
      if (row.due_at === null || Number(row.due_at) > now) return undefined;
      return await judge(query, row, { due: true, last: TIME_NAME, now, rules });
    }, "none");
  }

  async sent(g: string, now: number): Promise<void> {
    await this.#database.write(async (query) => {
      await query(
        `UPDATE fan_in SET sent_at = $1, output = NULL
          WHERE name_key(g) = name_key($2) AND sent_at IS NULL AND ended_at > 0`,
        [now, g],
      );
      await query("DELETE FROM fan_slice WHERE name_key(g) = name_key($1)", [g]);
    }, "none");
  }

  async group(g: string): Promise<JoinGroup | undefined> {
    const [row] = await this.#database.read((query) =>
      query("SELECT * FROM fan_in WHERE name_key(g) = name_key($1)", [g])
    );
    return row && joinGroupOf(row);
  }

  async groups(root: string): Promise<JoinGroup[]> {
    const rows = await this.#database.read((query) =>
      query("SELECT * FROM fan_in WHERE name_key(root) = name_key($1) ORDER BY seq", [root])
    );
    return rows.map(joinGroupOf);
  }

  async open(
    { limit = PAGE, after = 0 }: { readonly limit?: number; readonly after?: number } = {},
  ): Promise<Page<OpenJoin>> {
    return await this.#database.read(async (query) => {
      const rows = await query(
        "SELECT * FROM fan_in WHERE ended_at IS NULL AND seq > $1 ORDER BY seq LIMIT $2",
        [after, limit + 1],
      );
      const slices = await query(
        `SELECT g, run, i, n, kind, at FROM fan_slice
          WHERE name_key(g) = ANY (ARRAY(SELECT name_key(one) FROM unnest($1::text[]) one)) ORDER BY at, seq`,
        [rows.map(({ g }) => String(g))],
      );
      const byJoin = Map.groupBy(slices, ({ g }) => g);
      const read = (row: Row) => openJoin(joinGroupOf(row), (byJoin.get(row.g) ?? []).map(sliceMarkOf));
      return pageOf(rows, { limit, read });
    });
  }

  async giveUp(before: number, { now }: { readonly now: number }): Promise<number> {
    const given = await this.#database.write((query) =>
      query(
        `UPDATE fan_in SET due_at = $1, quorum = coalesce(quorum, $2)
          WHERE ended_at IS NULL AND due_at IS NULL AND began_at < $3
            AND NOT EXISTS (SELECT 1 FROM fan_slice s WHERE name_key(s.g) = name_key(fan_in.g) AND s.at >= $3)
            AND NOT EXISTS (SELECT 1 FROM parked p WHERE name_key(p.root) = name_key(fan_in.root) AND p.ended = '')
          RETURNING seq`,
        [now, EVERY_SLICE, before],
      ), "none");
    return given.length;
  }

  async due(now: number, limit: number): Promise<string[]> {
    const rows = await this.#database.read((query) =>
      query("SELECT g FROM fan_in WHERE ended_at IS NULL AND due_at <= $1 ORDER BY due_at, seq LIMIT $2", [
        now,
        limit,
      ])
    );
    return rows.map(({ g }) => String(g));
  }

  async nextDue(after: number): Promise<number | undefined> {
    const [row] = await this.#database.read((query) =>
      query("SELECT min(due_at) AS at FROM fan_in WHERE ended_at IS NULL AND due_at > $1", [after])
    );
    return row?.at == null ? undefined : Number(row.at);
  }

  async forget(before: number): Promise<number> {
    const gone = await this.#database.write(
      (query) =>
        query("DELETE FROM fan_in WHERE ended_at < $1 AND sent_at IS NOT NULL RETURNING seq", [before]),
      "none",
    );
    return gone.length;
  }
}

async function arrive(query: Query, arrival: SliceArrival, rules: JoinRules): Promise<ArrivalVerdict> {
  const { g, at, origin, root, kind } = arrival;
  await query(
    "INSERT INTO fan_in (g, origin, root, began_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
    [g, origin, root, at],
  );
  let row = await hold(query, g) as Row;
  if (row.ended_at !== null) return await after(query, row, arrival);
  if (!await keep(query, arrival)) {
    if (kind === "end") return { verdict: "told" };
    await query("UPDATE fan_in SET doubles = doubles + 1 WHERE name_key(g) = name_key($1)", [g]);
    return { verdict: "double" };
  }
  if (kind === "slice" && !row.settings) {
    [row = row] = await query(
      "UPDATE fan_in SET settings = true, quorum = $1, due_at = $2 WHERE name_key(g) = name_key($3) RETURNING *",
      [arrival.quorum ?? null, arrival.dueAt ?? null, g],
    );
  }
  const judged = await judge(query, row, { due: false, last: arrivalName(arrival), now: at, rules });
  return judged ?? { verdict: kind === "slice" ? "held" : "told" };
}

async function hold(query: Query, g: string): Promise<Row | undefined> {
  return (await query("SELECT * FROM fan_in WHERE name_key(g) = name_key($1) FOR UPDATE", [g]))[0];
}

/** Keeps an arrival. What has really come takes the place of an end. */
async function keep(query: Query, { g, run, i, n, kind, id, body, at }: SliceArrival): Promise<boolean> {
  const kept = await query(
    `INSERT INTO fan_slice (g, run, i, n, kind, id, body, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
      ON CONFLICT (name_key(g), name_key(run), i) DO UPDATE
        SET kind = excluded.kind, id = excluded.id, body = excluded.body, at = excluded.at
        WHERE fan_slice.kind = 'end' AND excluded.kind = 'slice'
      RETURNING seq`,
    [g, run, i, n, kind, id, body, at],
  );
  return kept.length > 0;
}

/** Of an arrival when the join is over. */
async function after(query: Query, row: Row, arrival: SliceArrival): Promise<ArrivalVerdict> {
  const { g, kind, i } = arrival;
  if (row.last === arrivalName(arrival)) {
    const unsent = unsentOf(row);
    if (unsent) return unsent;
  }
  if (kind === "end") return { verdict: "told" };
  const verdict = (JSON.parse(String(row.missing)) as number[]).includes(i) ? "late" : "double";
  const column = verdict === "late" ? "late" : "doubles";
  await query(`UPDATE fan_in SET ${column} = ${column} + 1 WHERE name_key(g) = name_key($1)`, [g]);
  return { verdict };
}

async function judge(
  query: Query,
  row: Row,
  { due, last, now, rules }: { due: boolean; last: string; now: number; rules: JoinRules },
): Promise<ArrivalVerdict | undefined> {
  const g = String(row.g);
  const quorum = row.quorum === null ? {} : { quorum: Number(row.quorum) };
  const runs = await countRuns(query, g);
  const decision = rules.decide(runs, { ...quorum, due });
  if (!decision) return undefined;
  const { run, cause } = decision;
  const slices = await slicesOf(query, g, run);
  const n = runs.find((one) => one.run === run)?.n ?? 0;
  const output = rules.build({ g, run, n, cause, ...quorum, slices });
  const joined = new Set(slices.filter(({ kind }) => kind === "slice").map(({ i }) => i));
  const missing = Array.from({ length: n }, (_, i) => i).filter((i) => !joined.has(i));
  await query(
    `UPDATE fan_in SET run = $1, cause = $2, last = $3, ended_at = $4, joined = $5, missing = $6, output_id = $7,
      output_to = $8, output = $9 WHERE name_key(g) = name_key($10)`,
    [run, cause, last, now, joined.size, JSON.stringify(missing), output.id, output.to, output.body, g],
  );
  return { verdict: "joined", output };
}

async function countRuns(query: Query, g: string): Promise<RunCount[]> {
  const rows = await query(
    `SELECT run, max(n) AS n, count(*) FILTER (WHERE kind = 'slice') AS arrived,
        count(*) FILTER (WHERE kind = 'end') AS ended
      FROM fan_slice WHERE name_key(g) = name_key($1) GROUP BY run ORDER BY min(at), min(seq)`,
    [g],
  );
  return rows.map(runCountOf);
}

async function slicesOf(query: Query, g: string, run: string): Promise<HeldSlice[]> {
  const rows = await query(
    `SELECT i, kind, id, body FROM fan_slice
      WHERE name_key(g) = name_key($1) AND name_key(run) = name_key($2) ORDER BY i`,
    [g, run],
  );
  return rows.map(heldSliceOf);
}
