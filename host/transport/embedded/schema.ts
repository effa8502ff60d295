/**
 * The SQLite file of the embedded transport.
 *
 * A message is two rows, so that taking it does not rewrite its body. `at` says from when on it may be taken: now, later
 * (a delay), or when the lease of whoever has it runs out.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { QueueFileError } from "../errors.ts";

/** Version of the tables; a file of another one is not touched. */
const VERSION = 1;
/** "trpe", SQLite's mark of whose file it is. */
const APPLICATION_ID = 0x74727065;

const TABLES = `
  CREATE TABLE queue (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  CREATE TABLE meta (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    queue TEXT NOT NULL,
    at INTEGER NOT NULL,
    owner TEXT,
    claim INTEGER,
    count INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX meta_due ON meta (queue, at);
  CREATE TABLE body (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
  CREATE TABLE owner (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  CREATE TABLE listener (owner TEXT NOT NULL, topic TEXT NOT NULL, PRIMARY KEY (owner, topic)) STRICT, WITHOUT ROWID;
  CREATE TABLE news (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    owner TEXT NOT NULL,
    topic TEXT NOT NULL,
    bytes BLOB NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${VERSION};
`;

/** How long one attempt waits for another process's transaction, in milliseconds; the caller tries again. */
const BUSY_MS = 500;

/**
 * Opens the file, and makes it if it does not exist. Several processes may do so at once.
 *
 * @throws {QueueFileError} when it is not one of ours, or of another version.
 */
export function openQueueFile(path: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path);
    db.exec(`PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;`);
    db.exec(`PRAGMA wal_autocheckpoint = 2000; PRAGMA journal_size_limit = 67108864;`);
    migrate(db, path);
    db.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
    return db;
  } catch (error) {
    db?.close();
    if (error instanceof QueueFileError) throw error;
    const problem = error instanceof Error ? error.message : String(error);
    throw new QueueFileError(path, `${problem}. Name another file, or move this one away`, { cause: error });
  }
}

function migrate(db: DatabaseSync, path: string): void {
  db.exec("BEGIN IMMEDIATE");
  try {
    const version = Number(db.prepare("PRAGMA user_version").get()?.user_version);
    const application = Number(db.prepare("PRAGMA application_id").get()?.application_id);
    const empty = db.prepare("SELECT count(*) AS n FROM sqlite_schema").get()?.n === 0;
    if (version === 0 && application === 0 && empty) db.exec(TABLES);
    else if (application !== APPLICATION_ID) {
      throw new QueueFileError(path, "it is the database of another program. Name another file");
    } else if (version !== VERSION) {
      throw new QueueFileError(
        path,
        `it has version ${version} and this program knows ${VERSION}. Use the program that made it, or another file`,
      );
    }
    db.exec("COMMIT");
  } catch (error) {
    db.exec("ROLLBACK");
    throw error;
  }
}
