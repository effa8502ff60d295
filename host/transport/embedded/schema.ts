/**
 * The tables of the embedded transport.
 *
 * A message is two rows, so that taking it does not rewrite its body. `at` says from when on it may be taken: now, later
 * (a delay), or when the lease of whoever has it runs out.
 *
 * @module
 */

import type { SqliteSchema } from "../../sqlite/file.ts";

/** Queues, messages, who holds them, and broadcasts. */
export const SCHEMA: SqliteSchema = {
  // "trpq"
  applicationId: 0x74727071,
  version: 1,
  tables: `
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
    ) STRICT`,
};
