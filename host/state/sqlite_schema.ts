/**
 * The tables of state in a SQLite file.
 *
 * Versions are numbers of one sequence for the whole file, which only grows and is raised in the transaction that uses the
 * number: no two writes have the same, whatever was deleted between them.
 *
 * @module
 */

import type { SqliteSchema } from "../sqlite/file.ts";

/** What a file of state holds. */
export const STATE_SCHEMA: SqliteSchema = {
  // "trst"
  applicationId: 0x74727374,
  version: 1,
  tables: `
CREATE TABLE sequence (version INTEGER NOT NULL) STRICT;
INSERT INTO sequence VALUES (0);
CREATE TABLE bucket (name TEXT PRIMARY KEY, entries INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT, WITHOUT ROWID;
-- Keys are bytes, which are compared as bytes.
CREATE TABLE entry (
  seq INTEGER PRIMARY KEY, bucket TEXT NOT NULL, key BLOB NOT NULL, version INTEGER NOT NULL, expires_at INTEGER,
  value BLOB NOT NULL, UNIQUE (bucket, key)
) STRICT;
CREATE INDEX entry_expires ON entry (expires_at) WHERE expires_at IS NOT NULL;
-- What a bucket holds is counted as it changes.
CREATE TRIGGER entry_comes AFTER INSERT ON entry BEGIN
  INSERT INTO bucket VALUES (new.bucket, 1, length(new.key) + length(new.value))
  ON CONFLICT (name) DO UPDATE SET entries = entries + 1, bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER entry_changes AFTER UPDATE OF value ON entry BEGIN
  UPDATE bucket SET bytes = bytes + length(new.value) - length(old.value) WHERE name = new.bucket;
END;
CREATE TRIGGER entry_goes AFTER DELETE ON entry BEGIN
  UPDATE bucket SET entries = entries - 1, bytes = bytes - length(old.key) - length(old.value) WHERE name = old.bucket;
END`,
};
