/**
 * The tables of what waits: envelopes for an answer, slices for one another.
 *
 * @module
 */

/** Statements that make them. */
export const WAITING = `
CREATE TABLE parked (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key text NOT NULL,
  id text NOT NULL,
  root text NOT NULL,
  actor text NOT NULL,
  question text NOT NULL,
  parked_at bigint NOT NULL,
  due_at bigint,
  ended text NOT NULL DEFAULT '',
  answer text NOT NULL DEFAULT '',
  reason text NOT NULL DEFAULT '',
  token text NOT NULL DEFAULT '',
  ended_at bigint,
  repeats bigint NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX parked_key ON parked (name_key(key));
CREATE INDEX parked_id ON parked (name_key(id));
CREATE INDEX parked_waiting ON parked (seq) WHERE ended = '';
CREATE INDEX parked_due ON parked (due_at) WHERE ended = '';
CREATE INDEX parked_over ON parked (ended_at) WHERE ended <> '';
CREATE TABLE parked_body (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key text NOT NULL,
  run text NOT NULL,
  body bytea,
  sent_at bigint
);
CREATE UNIQUE INDEX parked_body_run ON parked_body (name_key(key), name_key(run));
CREATE TABLE fan_in (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  g text NOT NULL,
  origin text NOT NULL,
  root text NOT NULL,
  began_at bigint NOT NULL,
  quorum bigint,
  due_at bigint,
  settings boolean NOT NULL DEFAULT false,
  run text NOT NULL DEFAULT '',
  cause text NOT NULL DEFAULT '',
  last text NOT NULL DEFAULT '',
  ended_at bigint,
  joined bigint NOT NULL DEFAULT 0,
  missing text NOT NULL DEFAULT '[]',
  output_id text NOT NULL DEFAULT '',
  output_to text NOT NULL DEFAULT '',
  output bytea,
  sent_at bigint,
  late bigint NOT NULL DEFAULT 0,
  doubles bigint NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX fan_in_g ON fan_in (name_key(g));
CREATE INDEX fan_in_root ON fan_in (name_key(root));
CREATE INDEX fan_in_due ON fan_in (due_at) WHERE ended_at IS NULL;
CREATE INDEX fan_in_over ON fan_in (ended_at) WHERE ended_at IS NOT NULL;
CREATE TABLE fan_slice (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  g text NOT NULL,
  run text NOT NULL,
  i bigint NOT NULL,
  n bigint NOT NULL,
  kind text NOT NULL,
  id text NOT NULL,
  body bytea NOT NULL,
  at bigint NOT NULL
);
CREATE UNIQUE INDEX fan_slice_i ON fan_slice (name_key(g), name_key(run), i)`;
