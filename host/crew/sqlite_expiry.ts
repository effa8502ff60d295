/**
 * Forgetting in SQLite: first everything but the names, later the names too.
 *
 * @module
 */

import { headersToJudge } from "./result_identity.ts";
import type { LetterFile } from "./sqlite_letters.ts";
import type { Expired, ExpireOptions } from "./store.ts";

/** Forgets a batch, within a transaction. */
export function expire(
  prepare: LetterFile["prepare"],
  { before, idsBefore, limit }: ExpireOptions,
): Expired {
  const old = prepare("SELECT id, headers FROM result WHERE arrived_at < ? ORDER BY arrived_at LIMIT ?")
    .all(before, limit);
  const bury = prepare(`
    INSERT OR REPLACE INTO tombstone (kind, name, phase, replay, headers, digest, at, repeats, conflicts)
    SELECT 'result', id, phase, replay, ?, digest, arrived_at, repeats, conflicts FROM result WHERE id = ?`);
  const remove = prepare("DELETE FROM result WHERE id = ?");
  for (const { id, headers } of old) {
    bury.run(headersToJudge(String(headers)), id as string);
    remove.run(id as string);
  }
  const dead = prepare("SELECT key FROM dead WHERE died_at < ? ORDER BY died_at LIMIT ?").all(before, limit);
  const buryDead = prepare(`
    INSERT OR REPLACE INTO tombstone (kind, name, phase, replay, headers, digest, at, repeats)
    SELECT 'dead', key, '', 0, '{}', '', died_at, repeats FROM dead WHERE key = ?`);
  const removeDead = prepare("DELETE FROM dead WHERE key = ?");
  for (const { key } of dead) {
    buryDead.run(key as string);
    removeDead.run(key as string);
  }
  const letters = prepare("SELECT key, state FROM letter WHERE at < ? ORDER BY at LIMIT ?").all(
    before,
    limit,
  );
  const removeLetter = prepare("DELETE FROM letter WHERE key = ?");
  const removeDescent = prepare("DELETE FROM descent WHERE key = ?");
  for (const { key } of letters) {
    removeLetter.run(key as string);
    removeDescent.run(key as string);
  }
  const oldest = (table: string, column: string) =>
    prepare(`
      DELETE FROM ${table} WHERE rowid IN (
        SELECT rowid FROM ${table} WHERE ${column} < ? ORDER BY ${column} LIMIT ?)`);
  const hops = oldest("hop", "started_at").run(before, limit).changes;
  oldest("replay", "at").run(idsBefore, limit);
  const ids = oldest("tombstone", "at").run(idsBefore, limit).changes;
  return {
    results: old.length,
    dead: dead.length,
    hops: Number(hops),
    letters: letters.length,
    open: letters.filter(({ state }) => state === "open").length,
    ids: Number(ids),
  };
}
