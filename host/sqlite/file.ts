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
/** Longest pause between two attempts to switch a file to WAL, in milliseconds. */
const SWITCH_PAUSE_MS = 20;

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
    inspect(db, path, schema);
    useWal(db);
    db.exec(
      `PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 2000; PRAGMA journal_size_limit = 67108864;`,
    );
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

/** @throws {SqliteFileError} when the file is neither empty nor ours. */
function inspect(db: DatabaseSync, path: string, schema: SqliteSchema): void {
  within(db, "BEGIN", () => void isEmpty(db, path, schema));
}

/** Tries again by itself: two that switch at once are both refused without waiting, busy_timeout or not. */
function useWal(db: DatabaseSync): void {
  const until = performance.now() + FIRST_BUSY_MS;
  for (;;) {
    try {
      return db.exec("PRAGMA journal_mode = WAL");
    } catch (error) {
      // SQLite gives no code here.
      const locked = error instanceof Error && error.message.includes("locked");
      if (!locked || performance.now() > until) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SWITCH_PAUSE_MS * Math.random());
    }
  }
}

function makeTables(db: DatabaseSync, path: string, schema: SqliteSchema): void {
  const { applicationId, version, tables } = schema;
  within(db, "BEGIN IMMEDIATE", () => {
    if (!isEmpty(db, path, schema)) return;
    db.exec(`${tables}; PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${version};`);
  });
}

function within(db: DatabaseSync, begin: "BEGIN" | "BEGIN IMMEDIATE", run: () => void): void {
  db.exec(begin);
  try {
    run();
    db.exec("COMMIT");
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
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
