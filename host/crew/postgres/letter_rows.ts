/**
 * Rows of dead letters: how they come to be when something ends badly, and what becomes of them when it ends well.
 *
 * @module
 */

import type { Letter } from "../letters.ts";
import { errorType } from "../result_identity.ts";
import type { DeadRecord, ResultRecord } from "../store.ts";
import type { Query } from "./sessions.ts";

/** A letter that is new. */
export type NewLetter = Omit<Letter, "state" | "stateAt" | "dropReason" | "purged">;

/** The letter of a result that failed. */
export function letterOfFailed(record: ResultRecord): NewLetter {
  const { id, root, actor, error, replay, arrivedAt } = record;
  const { component } = (error === "" ? {} : JSON.parse(error)) as { component?: unknown };
  const { curr } = JSON.parse(record.route) as { curr?: unknown };
  return {
    key: `${id}/x-sink/${replay}`,
    kind: "failed",
    id,
    root,
    queue: typeof curr === "string" ? curr : "",
    actor,
    type: errorType(record),
    message: "",
    error,
    component: typeof component === "string" ? component : "",
    replay,
    at: arrivedAt,
  };
}

/** The letter of what is dead. */
export function letterOfDead(record: DeadRecord): NewLetter {
  const { key, id, root, queue, actor, reason, message, error, component = "", diedAt } = record;
  return {
    key,
    kind: "dead",
    id,
    root,
    queue,
    actor,
    type: reason,
    message,
    error,
    component,
    replay: id === "" ? 0 : replayIn(key.slice(id.length + 1)),
    at: diedAt,
  };
}

/** The number that ends a key such as `id/hop/replay`, of which the id is taken away. */
function replayIn(rest: string): number {
  const number = parseInt(rest.slice(rest.indexOf("/") + 1), 10);
  return Number.isSafeInteger(number) ? number : 0;
}

const COLUMNS = "key, kind, id, root, queue, actor, type, message, error, component, replay, at";
/** What succeeded may have been recorded before what died on the way to it. */
const INSERT = `
  INSERT INTO letter (${COLUMNS}, state, state_at)
  SELECT ${COLUMNS}, CASE WHEN kind = 'dead' AND id <> '' AND (
      EXISTS (SELECT 1 FROM result r WHERE name_key(r.id) = name_key(given.id) AND r.phase = 'succeeded')
      OR EXISTS (SELECT 1 FROM tombstone t
        WHERE t.kind = 'result' AND name_key(t.name) = name_key(given.id) AND t.phase = 'succeeded')
    ) THEN 'resolved' ELSE 'open' END, at
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::text[], $10::text[], $11::bigint[], $12::bigint[]) WITH ORDINALITY AS given (${COLUMNS}, place)
  ORDER BY place
  ON CONFLICT DO NOTHING`;

/** Adds letters, within a transaction; one that is there stays. */
export async function insertLetters(query: Query, letters: readonly NewLetter[]): Promise<void> {
  if (letters.length === 0) return;
  const column = <K extends keyof NewLetter>(name: K) => letters.map((letter) => letter[name]);
  await query(INSERT, [
    column("key"),
    column("kind"),
    column("id"),
    column("root"),
    column("queue"),
    column("actor"),
    column("type"),
    column("message"),
    column("error"),
    column("component"),
    column("replay"),
    column("at"),
  ]);
}

const RESOLVE = `
  WITH done AS (SELECT name_key(id) AS id, at FROM unnest($1::text[], $2::bigint[]) AS given (id, at)),
  over AS (
    SELECT letter.seq, done.at FROM done JOIN letter ON name_key(letter.id) = done.id
    UNION
    SELECT letter.seq, done.at FROM done JOIN descent ON name_key(descent.as_id) = done.id
      JOIN letter ON name_key(letter.key) = name_key(descent.key)
  ),
  held AS (SELECT seq FROM letter WHERE seq IN (SELECT seq FROM over) ORDER BY seq FOR UPDATE)
  UPDATE letter SET state = 'resolved', state_at = over.at FROM over, held
  WHERE letter.seq = over.seq AND held.seq = letter.seq AND letter.state IN ('open', 'replayed')`;

/** Resolves the letters of what has succeeded, and of everything that it is a replay of, within a transaction. */
export async function resolveLetters(
  query: Query,
  results: readonly Pick<ResultRecord, "id" | "arrivedAt">[],
): Promise<void> {
  if (results.length === 0) return;
  await query(RESOLVE, [results.map(({ id }) => id), results.map(({ arrivedAt }) => arrivedAt)]);
}
