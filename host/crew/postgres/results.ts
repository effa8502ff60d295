/**
 * Results in Postgres: one for each id, whoever else records at the same time.
 *
 * Whoever inserts a row first is first: others wait for its transaction, and find its row. Ids are taken in their order,
 * so that two who record the same ones do not wait for each other.
 *
 * @module
 */

import { bodyDigest, errorType, judgeResult, type KnownResult } from "../result_identity.ts";
import type { Recorded, ResultRecord } from "../store.ts";
import { insertLetters, letterOfFailed, resolveLetters } from "./letter_rows.ts";
import type { Query, Row } from "./sessions.ts";

/** A result that is to be recorded. */
export interface DigestedResult {
  readonly record: ResultRecord;
  readonly digest: string;
}

/** With what judges it. */
export async function digested(record: ResultRecord): Promise<DigestedResult> {
  return { record, digest: await bodyDigest(record) };
}

/** About how large it is, in bytes. */
export function sizeOfResult({ record }: DigestedResult): number {
  return 500 + record.payload.length + record.headers.length + record.status.length + record.route.length;
}

/** What is known of an id within one transaction. */
interface Standing {
  known: KnownResult | undefined;
  /** Where the row is that is known from before; `here` when it was inserted in this transaction. */
  readonly row: "here" | "result" | "tombstone";
  /** What takes its place. */
  latest: DigestedResult | undefined;
  repeats: number;
  conflicts: number;
}

/** Records results, within a transaction. @returns An answer for each, in order. */
export async function recordResults(query: Query, items: readonly DigestedResult[]): Promise<Recorded[]> {
  const firsts = new Map<string, DigestedResult>();
  for (const item of items) if (!firsts.has(item.record.id)) firsts.set(item.record.id, item);
  const standings = await take(query, firsts);
  const versions: DigestedResult[] = [...standings].flatMap(([id, { row }]) =>
    row === "here" ? [firsts.get(id) as DigestedResult] : []
  );
  const inserted = new Set(versions);
  const answers = items.map((item) => {
    if (inserted.has(item)) return "new";
    const standing = standings.get(item.record.id) as Standing;
    const recorded = judgeResult(item.record, { digest: item.digest, known: standing.known });
    if (recorded === "replaced") {
      Object.assign(standing, { known: known(item), latest: item, repeats: 0, conflicts: 0 });
      versions.push(item);
    } else if (recorded === "repeat") standing.repeats++;
    else standing.conflicts++;
    return recorded;
  });
  await replace(query, standings);
  await count(query, standings);
  await tellLetters(query, versions);
  return answers;
}

/** Inserts what is the first of its id, and takes hold of what is there of the others. */
async function take(
  query: Query,
  firsts: ReadonlyMap<string, DigestedResult>,
): Promise<Map<string, Standing>> {
  const standings = new Map<string, Standing>();
  const stand = (id: string, row: Standing["row"], known: KnownResult) =>
    standings.set(id, { known, row, latest: undefined, repeats: 0, conflicts: 0 });
  let open = [...firsts.keys()];
  while (open.length > 0) {
    const items = open.map((id) => firsts.get(id) as DigestedResult);
    for (const { id } of await insert(query, items)) {
      stand(String(id), "here", known(firsts.get(String(id)) as DigestedResult));
    }
    open = open.filter((id) => !standings.has(id));
    if (open.length === 0) break;
    for (const row of await query(HOLD_RESULTS, [open])) stand(String(row.id), "result", knownFrom(row));
    open = open.filter((id) => !standings.has(id));
    if (open.length === 0) break;
    for (const row of await query(HOLD_TOMBSTONES, [open])) {
      stand(String(row.id), "tombstone", knownFrom(row));
    }
    // A tombstone that someone else has just replaced is a result by now: once more.
    open = open.filter((id) => !standings.has(id));
  }
  return standings;
}

const HOLD_RESULTS = `
  SELECT id, phase, replay, headers, digest FROM result
  WHERE name_key(id) = ANY (ARRAY(SELECT name_key(n) FROM unnest($1::text[]) n))
  ORDER BY name_key(id) COLLATE "C" FOR UPDATE`;
const HOLD_TOMBSTONES = `
  SELECT name AS id, phase, replay, headers, digest FROM tombstone
  WHERE kind = 'result' AND name_key(name) = ANY (ARRAY(SELECT name_key(n) FROM unnest($1::text[]) n))
  ORDER BY name_key(name) COLLATE "C" FOR UPDATE`;

const COLUMNS =
  "id, parent_id, root, phase, reason, actor, route, headers, status, payload, error, error_type, extra, replay, " +
  "arrived_at, digest";
/** Rows are numbered in the order in which they came, and inserted in the order of their ids. */
const INSERT = `
  WITH given AS (SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
    $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::bigint[],
    $15::bigint[], $16::text[]) WITH ORDINALITY AS given (${COLUMNS}, place) ORDER BY place),
  numbered AS MATERIALIZED (SELECT nextval('result_seq_seq') AS seq, given.* FROM given)
  INSERT INTO result (seq, ${COLUMNS}) SELECT seq, ${COLUMNS} FROM numbered
  WHERE NOT EXISTS (SELECT 1 FROM tombstone WHERE kind = 'result' AND name_key(name) = name_key(numbered.id))
  ORDER BY name_key(id) COLLATE "C"
  ON CONFLICT DO NOTHING RETURNING id`;

async function insert(query: Query, items: readonly DigestedResult[]): Promise<Row[]> {
  const records = items.map(({ record }) => record);
  const column = <K extends keyof ResultRecord>(name: K) => records.map((record) => record[name]);
  return await query(INSERT, [
    column("id"),
    records.map(({ parentId }) => parentId ?? null),
    column("root"),
    column("phase"),
    column("reason"),
    column("actor"),
    column("route"),
    column("headers"),
    column("status"),
    column("payload"),
    column("error"),
    records.map(errorType),
    records.map(({ extra }) => extra ?? ""),
    column("replay"),
    column("arrivedAt"),
    items.map(({ digest }) => digest),
  ]);
}

async function replace(query: Query, standings: ReadonlyMap<string, Standing>): Promise<void> {
  const replaced = [...standings].filter(([, { latest }]) => latest !== undefined);
  if (replaced.length === 0) return;
  const ids = replaced.map(([id]) => id);
  const these = "= ANY (ARRAY(SELECT name_key(n) FROM unnest($1::text[]) n))";
  await query(`DELETE FROM result WHERE name_key(id) ${these}`, [ids]);
  await query(`DELETE FROM tombstone WHERE kind = 'result' AND name_key(name) ${these}`, [ids]);
  await insert(query, replaced.map(([, { latest }]) => latest as DigestedResult));
}

async function count(query: Query, standings: ReadonlyMap<string, Standing>): Promise<void> {
  const counted = [...standings].filter(([, { repeats, conflicts }]) => repeats + conflicts > 0);
  const set = "repeats = t.repeats + given.repeats, conflicts = t.conflicts + given.conflicts";
  const given = "unnest($1::text[], $2::bigint[], $3::bigint[]) AS given (id, repeats, conflicts)";
  const update = async (statement: string, rows: typeof counted) => {
    if (rows.length === 0) return;
    await query(statement, [
      rows.map(([id]) => id),
      rows.map(([, { repeats }]) => repeats),
      rows.map(([, { conflicts }]) => conflicts),
    ]);
  };
  const isBuried = ([, { row, latest }]: [string, Standing]) => row === "tombstone" && latest === undefined;
  await update(
    `UPDATE result t SET ${set} FROM ${given} WHERE name_key(t.id) = name_key(given.id)`,
    counted.filter((entry) => !isBuried(entry)),
  );
  await update(
    `UPDATE tombstone t SET ${set} FROM ${given} WHERE t.kind = 'result' AND name_key(t.name) = name_key(given.id)`,
    counted.filter(isBuried),
  );
}

/** There is a letter for every version that failed; what has succeeded resolves those that there are. */
async function tellLetters(query: Query, versions: readonly DigestedResult[]): Promise<void> {
  const records = versions.map(({ record }) => record);
  await insertLetters(query, records.filter(({ phase }) => phase === "failed").map(letterOfFailed));
  await resolveLetters(query, records.filter(({ phase }) => phase === "succeeded"));
}

function known({ record: { phase, replay, headers }, digest }: DigestedResult): KnownResult {
  return { phase, replay, headers, digest };
}

function knownFrom({ phase, replay, headers, digest }: Row): KnownResult {
  return {
    phase: String(phase),
    replay: Number(replay),
    headers: String(headers),
    digest: String(digest),
  };
}
