/**
 * What a store that forgets has to find, and what it keeps of an id.
 *
 * @module
 */

/** What version 4 of the store's file adds. */
export const EXPIRY = `
CREATE TABLE tombstone (
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  phase TEXT NOT NULL,
  replay INTEGER NOT NULL,
  headers TEXT NOT NULL,
  digest TEXT NOT NULL,
  at INTEGER NOT NULL,
  repeats INTEGER NOT NULL DEFAULT 0,
  conflicts INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (kind, name)
) STRICT;
CREATE INDEX tombstone_at ON tombstone (at);
CREATE INDEX result_arrived ON result (arrived_at);
CREATE INDEX dead_died ON dead (died_at);
CREATE INDEX hop_started ON hop (started_at);
CREATE INDEX letter_at ON letter (at);
CREATE INDEX replay_at ON replay (at);
CREATE INDEX descent_key ON descent (key);
CREATE TRIGGER letter_of_buried AFTER INSERT ON letter
  WHEN NEW.kind = 'dead' AND NEW.state = 'open' AND NEW.id <> '' AND EXISTS (
    SELECT 1 FROM tombstone WHERE kind = 'result' AND name = NEW.id AND phase = 'succeeded') BEGIN
  UPDATE letter SET state = 'resolved' WHERE key = NEW.key;
END`;
