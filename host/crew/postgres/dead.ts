/**
 * What is dead, in Postgres: kept once under its key.
 *
 * @module
 */

import type { DeadRecord, Recorded } from "../store.ts";
import { insertLetters, letterOfDead } from "./letter_rows.ts";
import type { Query, Row } from "./sessions.ts";

const COLUMNS = "key, id, root, queue, actor, reason, message, error, component, body, died_at";
const INSERT = `
  INSERT INTO dead (${COLUMNS})
  SELECT ${COLUMNS} FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
    $8::text[], $9::text[], $10::bytea[], $11::bigint[]) WITH ORDINALITY AS given (${COLUMNS}, place)
  WHERE NOT EXISTS (SELECT 1 FROM tombstone WHERE kind = 'dead' AND name_key(name) = name_key(given.key))
  ORDER BY place
  ON CONFLICT DO NOTHING RETURNING key`;
const COUNT = "unnest($1::text[], $2::bigint[]) AS given (key, repeats)";

/** About how large it is, in bytes. */
export function sizeOfDead({ body }: DeadRecord): number {
  // Bytes are sent as hex digits.
  return 500 + 2 * body.length;
}

/** Records what is dead, within a transaction beside which nobody records. @returns An answer for each, in order. */
export async function recordDead(query: Query, records: readonly DeadRecord[]): Promise<Recorded[]> {
  const firsts = new Map<string, DeadRecord>();
  for (const record of records) if (!firsts.has(record.key)) firsts.set(record.key, record);
  const inserted = new Set((await insert(query, [...firsts.values()])).map(({ key }) => String(key)));
  const fresh = [...firsts.values()].filter(({ key }) => inserted.has(key));
  await insertLetters(query, fresh.map(letterOfDead));

  const repeats = new Map<string, number>();
  const isNew = new Set(fresh);
  const answers = records.map((record) => {
    if (isNew.has(record)) return "new";
    repeats.set(record.key, (repeats.get(record.key) ?? 0) + 1);
    return "repeat";
  });
  if (repeats.size > 0) {
    const given = [[...repeats.keys()], [...repeats.values()]];
    const set = "SET repeats = t.repeats + given.repeats";
    await query(`UPDATE dead t ${set} FROM ${COUNT} WHERE name_key(t.key) = name_key(given.key)`, given);
    await query(
      `UPDATE tombstone t ${set} FROM ${COUNT} WHERE t.kind = 'dead' AND name_key(t.name) = name_key(given.key)`,
      given,
    );
  }
  return answers;
}

async function insert(query: Query, records: readonly DeadRecord[]): Promise<Row[]> {
  const column = <K extends keyof DeadRecord>(name: K) => records.map((record) => record[name]);
  return await query(
    INSERT,
    [
      column("key"),
      column("id"),
      column("root"),
      column("queue"),
      column("actor"),
      column("reason"),
      column("message"),
      column("error"),
      records.map(({ component }) => component ?? ""),
      column("body"),
      column("diedAt"),
    ] as Parameters<Query>[1],
  );
}
