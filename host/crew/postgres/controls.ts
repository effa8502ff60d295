/**
 * What operators have asked of a mesh, in Postgres.
 *
 * @module
 */

import type { Cancellation, ControlState } from "../../controls.ts";
import type { ControlBook } from "../control_book.ts";
import type { Database } from "./database.ts";
import type { Row, Value } from "./sessions.ts";

/** The tables. */
export const CONTROLS = `
CREATE TABLE paused (
  actor text PRIMARY KEY,
  at bigint NOT NULL
);
CREATE TABLE canceled (
  id text NOT NULL,
  only_it boolean NOT NULL,
  at bigint NOT NULL
);
CREATE UNIQUE INDEX canceled_id ON canceled (name_key(id));
CREATE INDEX canceled_at ON canceled (at);
CREATE TABLE control_revision (
  one boolean PRIMARY KEY CHECK (one),
  revision bigint NOT NULL
);
INSERT INTO control_revision VALUES (true, 0)`;

/** The controls of a store. */
export class PostgresControls implements ControlBook {
  readonly #database: Database;

  /** @param database The store's. */
  constructor(database: Database) {
    this.#database = database;
  }

  pause(
    actor: string,
    { paused, now }: { readonly paused: boolean; readonly now: number },
  ): Promise<boolean> {
    return paused
      ? this.#change("INSERT INTO paused (actor, at) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1", [
        actor,
        now,
      ])
      : this.#change("DELETE FROM paused WHERE actor = $1 RETURNING 1", [actor]);
  }

  cancel(id: string, { only, now }: { readonly only: boolean; readonly now: number }): Promise<boolean> {
    return this.#change(
      `INSERT INTO canceled (id, only_it, at) VALUES ($1, $2, $3)
        ON CONFLICT (name_key(id)) DO UPDATE SET only_it = false, at = excluded.at
        WHERE canceled.only_it AND NOT excluded.only_it RETURNING 1`,
      [id, only, now],
    );
  }

  async state(): Promise<ControlState> {
    return await this.#database.read(async (query) => {
      // First: what is read after it may be newer than it says, and is then told again with the next one.
      const [row] = await query("SELECT revision FROM control_revision", []);
      const paused = await query("SELECT actor FROM paused ORDER BY actor", []);
      const canceled = await query("SELECT * FROM canceled ORDER BY at, id", []);
      return {
        revision: Number(row?.revision),
        paused: paused.map(({ actor }) => String(actor)),
        canceled: canceled.map(cancellationOf),
      };
    });
  }

  async cancellations(ids: readonly string[]): Promise<Cancellation[]> {
    const rows = await this.#database.read((query) =>
      query(
        `SELECT * FROM canceled
          WHERE name_key(id) = ANY (ARRAY(SELECT name_key(one) FROM unnest($1::text[]) one)) ORDER BY at, id`,
        [ids],
      )
    );
    return rows.map(cancellationOf);
  }

  async forget(before: number): Promise<number> {
    return await this.#database.write(
      async (query) => (await query("DELETE FROM canceled WHERE at < $1 RETURNING 1", [before])).length,
      "none",
    );
  }

  async #change(sql: string, values: readonly Value[]): Promise<boolean> {
    return await this.#database.write(async (query) => {
      if ((await query(sql, values)).length === 0) return false;
      await query("UPDATE control_revision SET revision = revision + 1", []);
      return true;
    }, "none");
  }
}

function cancellationOf({ id, only_it, at }: Row): Cancellation {
  return { id: String(id), only: only_it === true, at: Number(at) };
}
