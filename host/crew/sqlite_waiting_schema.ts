/**
 * The tables of what waits: envelopes for an answer, slices for one another.
 *
 * @module
 */

/** What version 3 of the store's file adds. */
export const WAITING = `
CREATE TABLE parked (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL UNIQUE,
  id TEXT NOT NULL,
  root TEXT NOT NULL,
  actor TEXT NOT NULL,
  question TEXT NOT NULL,
  parked_at INTEGER NOT NULL,
  due_at INTEGER,
  ended TEXT NOT NULL DEFAULT '',
  answer TEXT NOT NULL DEFAULT '',
  reason TEXT NOT NULL DEFAULT '',
  token TEXT NOT NULL DEFAULT '',
  ended_at INTEGER,
  repeats INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX parked_id ON parked (id);
CREATE INDEX parked_waiting ON parked (seq) WHERE ended = '';
CREATE INDEX parked_due ON parked (due_at) WHERE ended = '';
CREATE INDEX parked_over ON parked (ended_at) WHERE ended <> '';
CREATE TABLE parked_body (
  key TEXT NOT NULL,
  run TEXT NOT NULL,
  body BLOB,
  sent_at INTEGER,
  PRIMARY KEY (key, run)
) STRICT;
CREATE TABLE fan_in (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  g TEXT NOT NULL UNIQUE,
  origin TEXT NOT NULL,
  root TEXT NOT NULL,
  began_at INTEGER NOT NULL,
  quorum INTEGER,
  due_at INTEGER,
  settings INTEGER NOT NULL DEFAULT 0,
  run TEXT NOT NULL DEFAULT '',
  cause TEXT NOT NULL DEFAULT '',
  last TEXT NOT NULL DEFAULT '',
  ended_at INTEGER,
  joined INTEGER NOT NULL DEFAULT 0,
  missing TEXT NOT NULL DEFAULT '[]',
  output_id TEXT NOT NULL DEFAULT '',
  output_to TEXT NOT NULL DEFAULT '',
  output BLOB,
  sent_at INTEGER,
  late INTEGER NOT NULL DEFAULT 0,
  doubles INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX fan_in_root ON fan_in (root);
CREATE INDEX fan_in_due ON fan_in (due_at) WHERE ended_at IS NULL;
CREATE INDEX fan_in_over ON fan_in (ended_at) WHERE ended_at IS NOT NULL;
CREATE TABLE fan_slice (
  g TEXT NOT NULL,
  run TEXT NOT NULL,
  i INTEGER NOT NULL,
  n INTEGER NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  body BLOB NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (g, run, i)
) STRICT`;
