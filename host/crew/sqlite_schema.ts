/**
 * The tables of the SQLite store, and how those of an older program become today's.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { CLAIMS } from "./sqlite_claims.ts";
import { CONTROLS } from "./sqlite_controls.ts";
import { SqliteFileError, type SqliteSchema } from "../sqlite/file.ts";
import { EXPIRY } from "./sqlite_expiry_schema.ts";
import { WAITING } from "./sqlite_waiting_schema.ts";

/** Tables of version 1, as they were. */
const RESULTS = `
CREATE TABLE result (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  parent_id TEXT,
  root TEXT NOT NULL,
  phase TEXT NOT NULL,
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  route TEXT NOT NULL,
  headers TEXT NOT NULL,
  status TEXT NOT NULL,
  payload TEXT NOT NULL,
  error TEXT NOT NULL,
  error_type TEXT NOT NULL,
  replay INTEGER NOT NULL,
  arrived_at INTEGER NOT NULL,
  digest TEXT NOT NULL,
  repeats INTEGER NOT NULL DEFAULT 0,
  conflicts INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX result_root ON result (root);
CREATE INDEX result_phase ON result (phase, seq);
CREATE TABLE dead (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL UNIQUE,
  id TEXT NOT NULL,
  root TEXT NOT NULL,
  queue TEXT NOT NULL,
  actor TEXT NOT NULL,
  reason TEXT NOT NULL,
  message TEXT NOT NULL,
  error TEXT NOT NULL,
  body BLOB NOT NULL,
  died_at INTEGER NOT NULL,
  repeats INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX dead_id ON dead (id);
CREATE INDEX dead_root ON dead (root);
CREATE TABLE hop (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  root TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  record TEXT NOT NULL
) STRICT;
CREATE INDEX hop_root ON hop (root);
CREATE INDEX hop_id ON hop (id)`;

/**
 * What a letter takes from a row of `dead`, by the row's name. Each condition that is over when the envelope has
 * succeeded is looked for here, since what succeeded may be recorded before what died on the way to it.
 */
const fromDead = (row: string) => `
  SELECT ${row}.key, 'dead', ${row}.id, ${row}.root, ${row}.queue, ${row}.actor, ${row}.reason, ${row}.message,
    ${row}.error, ${row}.component, ${replayIn(row)}, ${row}.died_at, ${stateOf(row)}, ${row}.died_at`;

/** The number that ends a key such as `id/hop/replay`. */
function replayIn(row: string): string {
  const rest = `substr(${row}.key, length(${row}.id) + 2)`;
  return `CASE WHEN ${row}.id = '' THEN 0 ELSE CAST(substr(${rest}, instr(${rest}, '/') + 1) AS INTEGER) END`;
}

/** The same from a row of `result` that failed. */
const fromFailed = (row: string) => `
  SELECT ${row}.id || '/x-sink/' || ${row}.replay, 'failed', ${row}.id, ${row}.root,
    coalesce(json_extract(${row}.route, '$.curr'), ''), ${row}.actor, ${row}.error_type, '', ${row}.error,
    CASE WHEN ${row}.error = '' THEN '' ELSE coalesce(json_extract(${row}.error, '$.component'), '') END,
    ${row}.replay, ${row}.arrived_at, 'open', ${row}.arrived_at`;

function stateOf(row: string): string {
  return `CASE WHEN ${row}.id <> '' AND EXISTS (
    SELECT 1 FROM result WHERE result.id = ${row}.id AND result.phase = 'succeeded') THEN 'resolved' ELSE 'open' END`;
}

const LETTER_COLUMNS =
  "key, kind, id, root, queue, actor, type, message, error, component, replay, at, state, state_at";

/**
 * What version 2 adds: dead letters. The triggers see to it that there is a letter for everything that ended badly,
 * whoever wrote it down, also a program of version 1 that still runs.
 */
const LETTERS = `
ALTER TABLE result ADD COLUMN extra TEXT NOT NULL DEFAULT '';
ALTER TABLE dead ADD COLUMN component TEXT NOT NULL DEFAULT '';
CREATE TABLE letter (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  root TEXT NOT NULL,
  queue TEXT NOT NULL,
  actor TEXT NOT NULL,
  type TEXT NOT NULL,
  message TEXT NOT NULL,
  error TEXT NOT NULL,
  component TEXT NOT NULL,
  replay INTEGER NOT NULL,
  at INTEGER NOT NULL,
  state TEXT NOT NULL,
  state_at INTEGER NOT NULL,
  drop_reason TEXT NOT NULL DEFAULT '',
  purged INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX letter_id ON letter (id);
CREATE INDEX letter_state ON letter (state, seq);
CREATE TABLE replay (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL,
  id TEXT NOT NULL,
  n INTEGER NOT NULL,
  as_id TEXT NOT NULL,
  how TEXT NOT NULL,
  at INTEGER NOT NULL,
  sent_at INTEGER,
  UNIQUE (id, n)
) STRICT;
CREATE INDEX replay_key ON replay (key);
CREATE TABLE descent (
  as_id TEXT NOT NULL,
  key TEXT NOT NULL,
  PRIMARY KEY (as_id, key)
) STRICT, WITHOUT ROWID;
INSERT INTO letter (${LETTER_COLUMNS})
  SELECT * FROM (${fromDead("dead")} FROM dead UNION ALL ${
  fromFailed("result")
} FROM result WHERE phase = 'failed')
  ORDER BY 12;
CREATE TRIGGER letter_of_dead AFTER INSERT ON dead BEGIN
  INSERT OR IGNORE INTO letter (${LETTER_COLUMNS}) ${fromDead("NEW")};
END;
CREATE TRIGGER letter_of_failed AFTER INSERT ON result WHEN NEW.phase = 'failed' BEGIN
  INSERT OR IGNORE INTO letter (${LETTER_COLUMNS}) ${fromFailed("NEW")};
END;
CREATE TRIGGER letter_resolved AFTER INSERT ON result WHEN NEW.phase = 'succeeded' BEGIN
  UPDATE letter SET state = 'resolved', state_at = NEW.arrived_at
    WHERE id = NEW.id AND state IN ('open', 'replayed');
  UPDATE letter SET state = 'resolved', state_at = NEW.arrived_at
    WHERE key IN (SELECT key FROM descent WHERE as_id = NEW.id) AND state IN ('open', 'replayed');
END`;

/** "trps" */
const APPLICATION_ID = 0x74727073;

/** What each version adds to the one before. */
const VERSIONS: readonly string[] = [RESULTS, LETTERS, WAITING, EXPIRY, CONTROLS, CLAIMS];

/** What the store's file holds. */
export const STORE_SCHEMA: SqliteSchema = {
  applicationId: APPLICATION_ID,
  version: VERSIONS.length,
  tables: VERSIONS.join(";"),
};

/** How long to wait for others who have the file open, in milliseconds. */
const BUSY_MS = 10_000;

/**
 * Brings a file of an older version to today's, in place and in one transaction. Any other file is left as it is, and one
 * that does not exist is not made.
 *
 * @throws {SqliteFileError} when it is one, and cannot be brought there.
 */
export function upgradeStore(path: string): void {
  let db: DatabaseSync;
  try {
    db = new DatabaseSync(path, { readOnly: true });
  } catch {
    // There is nothing to bring anywhere; whoever opens it for good says what is wrong with it.
    return;
  }
  let found = 0;
  try {
    found = olderVersion(db);
  } catch {
    // No database at all: whoever opens it for good says so.
  } finally {
    db.close();
  }
  if (found === 0) return;
  db = new DatabaseSync(path);
  try {
    db.exec(`PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA synchronous = FULL; BEGIN IMMEDIATE`);
    // Another process may have done it in the meantime.
    const now = olderVersion(db);
    if (now > 0) db.exec(`${VERSIONS.slice(now).join(";")}; PRAGMA user_version = ${STORE_SCHEMA.version}`);
    db.exec("COMMIT");
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    const advice = "See that the disk has room and that nobody holds the file, and try again";
    throw new SqliteFileError(
      path,
      `it is of version ${found} and could not be brought to ours: ${problem}. ${advice}`,
      { cause },
    );
  } finally {
    if (db.isTransaction) db.exec("ROLLBACK");
    db.close();
  }
}

/** The version of a file of ours that is older than today's; 0 for any other. */
function olderVersion(db: DatabaseSync): number {
  const owner = Number(db.prepare("PRAGMA application_id").get()?.application_id);
  const version = Number(db.prepare("PRAGMA user_version").get()?.user_version);
  return owner === APPLICATION_ID && version < STORE_SCHEMA.version ? version : 0;
}
