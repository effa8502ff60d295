/**
 * Forgetting in Postgres: first everything but the names, later the names too.
 *
 * @module
 */

import { headersToJudge } from "../result_identity.ts";
import type { Expired, ExpireOptions } from "../store.ts";
import type { Query } from "./sessions.ts";

const BURY_DEAD = `
  WITH gone AS (DELETE FROM dead WHERE seq IN (
    SELECT seq FROM dead WHERE died_at < $1 ORDER BY died_at LIMIT $2) RETURNING key, died_at)
  INSERT INTO tombstone (kind, name, phase, replay, headers, digest, at)
  SELECT 'dead', key, '', 0, '{}', '', died_at FROM gone RETURNING 1`;
const BURY_RESULTS = `
  WITH gone AS (DELETE FROM result USING unnest($1::bigint[], $2::text[]) AS old (seq, headers)
    WHERE result.seq = old.seq
    RETURNING id, phase, replay, old.headers AS kept, digest, arrived_at, repeats, conflicts)
  INSERT INTO tombstone (kind, name, phase, replay, headers, digest, at, repeats, conflicts)
  SELECT 'result', id, phase, replay, kept, digest, arrived_at, repeats, conflicts FROM gone`;

/** Forgets a batch, within a transaction beside which nobody records. */
export async function expire(
  query: Query,
  { before, idsBefore, limit }: ExpireOptions,
): Promise<Expired> {
  const old = await query(
    "SELECT seq, headers FROM result WHERE arrived_at < $1 ORDER BY arrived_at LIMIT $2",
    [before, limit],
  );
  if (old.length > 0) {
    await query(BURY_RESULTS, [
      old.map(({ seq }) => String(seq)),
      old.map(({ headers }) => headersToJudge(String(headers))),
    ]);
  }
  const dead = await query(BURY_DEAD, [before, limit]);
  const oldest = (table: string, column: string) =>
    `DELETE FROM ${table} WHERE seq IN (SELECT seq FROM ${table} WHERE ${column} < $1 ORDER BY ${column} LIMIT $2)`;
  const letters = await query(`${oldest("letter", "at")} RETURNING key, state`, [before, limit]);
  await query(
    "DELETE FROM descent WHERE name_key(key) = ANY (ARRAY(SELECT name_key(k) FROM unnest($1::text[]) k))",
    [letters.map(({ key }) => String(key))],
  );
  const hops = await query(`${oldest("hop", "started_at")} RETURNING 1`, [before, limit]);
  await query(oldest("replay", "at"), [idsBefore, limit]);
  await query("DELETE FROM lane WHERE at < $1", [idsBefore]);
  const ids = await query(
    `DELETE FROM tombstone WHERE (kind, name_key(name)) IN (
        SELECT kind, name_key(name) FROM tombstone WHERE at < $1 ORDER BY at LIMIT $2) RETURNING 1`,
    [idsBefore, limit],
  );
  return {
    results: old.length,
    dead: dead.length,
    hops: hops.length,
    letters: letters.length,
    open: letters.filter(({ state }) => state === "open").length,
    ids: ids.length,
  };
}
