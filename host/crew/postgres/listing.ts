/**
 * Reading the store: results, the dead, hops and counts.
 *
 * @module
 */

import type { HopRecord } from "../../hop_record.ts";
import type { Page, StoreCounts } from "../store.ts";
import { PAGE, pageOf, readHops } from "../store_rows.ts";
import type { Query, Row, Value } from "./sessions.ts";

/** One page of a table. */
export interface PageOptions<T> {
  /** What rows have to be: conditions with `?` for the value, which may stand in it more than once; those without a value do not count. */
  readonly where: readonly (readonly [condition: string, value: Value | undefined])[];
  readonly limit?: number | undefined;
  readonly after?: number | undefined;
  readonly read: (row: Row) => T;
}

/** Lists a table, oldest first. */
export async function page<T>(
  query: Query,
  table: "result" | "dead" | "letter" | "parked",
  { where, limit = PAGE, after = 0, read }: PageOptions<T>,
): Promise<Page<T>> {
  const { clause, values } = conditions([["seq > ?", after], ...where]);
  const rows = await query(
    `SELECT * FROM ${table} WHERE ${clause} ORDER BY seq LIMIT $${values.length + 1}`,
    [...values, limit + 1],
  );
  return pageOf(rows, { limit, read });
}

/** Conditions that all hold, with the values of their parameters. */
export function conditions(
  where: PageOptions<never>["where"],
): { readonly clause: string; readonly values: Value[] } {
  const given = where.filter((one): one is readonly [string, Value] => one[1] !== undefined);
  return {
    clause: given.map(([condition], i) => condition.replaceAll("?", `$${i + 1}`)).join(" AND ") || "TRUE",
    values: given.map(([, value]) => value),
  };
}

/** Records hops, within a transaction. */
export async function insertHops(query: Query, records: readonly HopRecord[]): Promise<void> {
  await query(
    `INSERT INTO hop (id, root, started_at, record)
      SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[])`,
    [
      records.map(({ id }) => id),
      records.map(({ root }) => root),
      records.map(({ startedAt }) => startedAt),
      records.map((record) => JSON.stringify(record)),
    ],
  );
}

/** Hops of a tree, in the order of time. */
export async function hopsOf(query: Query, root: string): Promise<HopRecord[]> {
  const rows = await query(
    `SELECT record FROM hop WHERE name_key(root) = name_key($1) OR name_key(id) = name_key($1)
      ORDER BY started_at, seq`,
    [root],
  );
  return readHops(rows.map(({ record }) => record));
}

/** The root of the tree that an id belongs to. */
export async function rootOf(query: Query, id: string): Promise<string | undefined> {
  const [row] = await query(
    `SELECT root FROM (
        SELECT root FROM result WHERE name_key(id) = name_key($1)
        UNION ALL SELECT root FROM dead WHERE name_key(id) = name_key($1)
        UNION ALL SELECT root FROM hop WHERE name_key(id) = name_key($1)
      ) known ORDER BY root = $1 LIMIT 1`,
    [id],
  );
  return row && String(row.root);
}

/** How many records there are. */
export async function countsOf(query: Query): Promise<StoreCounts> {
  const [sums] = await query(`
    SELECT count(*) AS results, coalesce(sum(repeats), 0) AS repeats, coalesce(sum(conflicts), 0) AS conflicts,
      (SELECT count(*) FROM dead) AS dead
    FROM result`);
  const byPhase = await query("SELECT phase AS name, count(*) AS n FROM result GROUP BY phase");
  const failures = await query(`
    SELECT name, sum(n) AS n FROM (
      SELECT error_type AS name, count(*) AS n FROM result WHERE phase = 'failed' GROUP BY error_type
      UNION ALL SELECT reason AS name, count(*) AS n FROM dead GROUP BY reason
    ) ends GROUP BY name ORDER BY name`);
  const counted = (rows: Row[]) => Object.fromEntries(rows.map(({ name, n }) => [String(name), Number(n)]));
  return {
    results: Number(sums?.results),
    dead: Number(sums?.dead),
    byPhase: counted(byPhase),
    failures: counted(failures),
    repeats: Number(sums?.repeats),
    conflicts: Number(sums?.conflicts),
  };
}
