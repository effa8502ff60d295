/**
 * SQLite files of ours: opened by several processes at once, told from those of other programs and other versions.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { TroupeError } from "../errors.ts";

/** A file cannot be used for what it was named for. */
export class SqliteFileError extends TroupeError {
  constructor(path: string, problem: string, options?: ErrorOptions) {
    super("troupe.SqliteFile", "user", `${path} cannot be used: ${problem}`, options);
  }
}

/** What a file holds. */
export interface SqliteSchema {
  /** SQLite's mark of whose file it is, below 2^31. */
  readonly applicationId: number;
  /** Version of the tables; a file of another one is not touched. */
  readonly version: number;
  /** Statements that make the tables. */
  readonly tables: string;
}

/** How long one attempt waits for another process's transaction, in milliseconds; the caller tries again. */
const BUSY_MS = 500;
/** How long the first one does, while the file is made. */
const FIRST_BUSY_MS = 10_000;

/**
 * Opens a file, and makes it if it does not exist. Several processes may do so at once. Every commit is synced to disk.
 *
 * @throws {SqliteFileError} when it is another program's, of another version, or no database.
 */
export function openSqliteFile(path: string, schema: SqliteSchema): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path);
    db.exec(`PRAGMA busy_timeout = ${FIRST_BUSY_MS}`);
    // Before anything is written, the mode of its journal included: it may be somebody else's.
    isEmpty(db, path, schema);
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;`);
    db.exec(`PRAGMA wal_autocheckpoint = 2000; PRAGMA journal_size_limit = 67108864;`);
    makeTables(db, path, schema);
    db.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
    return db;
  } catch (error) {
    db?.close();
    if (error instanceof SqliteFileError) throw error;
    const problem = error instanceof Error ? error.message : String(error);
    throw new SqliteFileError(path, `${problem}. Name another file, or move this one away`, { cause: error });
  }
}

function makeTables(db: DatabaseSync, path: string, schema: SqliteSchema): void {
  const { applicationId, version, tables } = schema;
  db.exec("BEGIN IMMEDIATE");
  try {
    if (isEmpty(db, path, schema)) {
      db.exec(`${tables}; PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${version};`);
    }
    db.exec("COMMIT");
  } catch (error) {
    db.exec("ROLLBACK");
    throw error;
  }
}

/** Whether a file holds nothing yet, rather than what it is to hold. @throws {SqliteFileError} when it is neither. */
function isEmpty(db: DatabaseSync, path: string, { applicationId, version }: SqliteSchema): boolean {
  const found = Number(db.prepare("PRAGMA user_version").get()?.user_version);
  const owner = Number(db.prepare("PRAGMA application_id").get()?.application_id);
  const tables = db.prepare("SELECT count(*) AS n FROM sqlite_schema").get()?.n;
  if (found === 0 && owner === 0 && tables === 0) return true;
  if (owner !== applicationId) {
    throw new SqliteFileError(path, "it is the database of something else. Name another file");
  }
  if (found !== version) {
    const advice = "Use the program that made it, or another file";
    throw new SqliteFileError(path, `it has version ${found} and this program knows ${version}. ${advice}`);
  }
  return false;
}
