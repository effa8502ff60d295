/**
 * What operators have asked of a mesh, in SQLite.
 *
 * @module
 */

import type { SQLOutputValue } from "node:sqlite";
import type { Cancellation, ControlState } from "../controls.ts";
import type { ControlBook } from "./control_book.ts";
import type { LetterFile } from "./sqlite_letters.ts";

/** What the version of the file that has controls adds to the one before. */
export const CONTROLS = `
CREATE TABLE paused (actor TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE canceled (id TEXT PRIMARY KEY, only_it INTEGER NOT NULL, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX canceled_at ON canceled (at);
CREATE TABLE control_revision (one INTEGER PRIMARY KEY CHECK (one = 1), revision INTEGER NOT NULL) STRICT;
INSERT INTO control_revision VALUES (1, 0)`;

/** The controls of a store. */
export class SqliteControls implements ControlBook {
  readonly #file: LetterFile;

  /** @param file The store's. */
  constructor(file: LetterFile) {
    this.#file = file;
  }

  pause(
    actor: string,
    { paused, now }: { readonly paused: boolean; readonly now: number },
  ): Promise<boolean> {
    return this.#change(() =>
      paused
        ? this.#run("INSERT INTO paused (actor, at) VALUES (?, ?) ON CONFLICT DO NOTHING", actor, now)
        : this.#run("DELETE FROM paused WHERE actor = ?", actor)
    );
  }

  cancel(id: string, { only, now }: { readonly only: boolean; readonly now: number }): Promise<boolean> {
    return this.#change(() =>
      this.#run(
        `INSERT INTO canceled (id, only_it, at) VALUES (?, ?, ?)
          ON CONFLICT DO UPDATE SET only_it = 0, at = excluded.at WHERE only_it > excluded.only_it`,
        id,
        Number(only),
        now,
      )
    );
  }

  state(): Promise<ControlState> {
    return this.#file.read(() => ({
      revision: Number(this.#file.prepare("SELECT revision FROM control_revision").get()?.revision),
      paused: this.#file.prepare("SELECT actor FROM paused ORDER BY actor").all().map(({ actor }) =>
        String(actor)
      ),
      canceled: this.#file.prepare("SELECT * FROM canceled ORDER BY at, id").all().map(
        cancellationOf,
      ),
    }));
  }

  cancellations(ids: readonly string[]): Promise<Cancellation[]> {
    return this.#file.read(() =>
      this.#file.prepare(
        "SELECT * FROM canceled WHERE id IN (SELECT value FROM json_each(?)) ORDER BY at, id",
      )
        .all(JSON.stringify(ids)).map(cancellationOf)
    );
  }

  forget(before: number): Promise<number> {
    return this.#file.write(() => this.#run("DELETE FROM canceled WHERE at < ?", before));
  }

  async #change(change: () => number): Promise<boolean> {
    return await this.#file.write(() => {
      if (change() === 0) return false;
      this.#run("UPDATE control_revision SET revision = revision + 1");
      return true;
    });
  }

  #run(sql: string, ...values: (string | number)[]): number {
    return Number(this.#file.prepare(sql).run(...values).changes);
  }
}

function cancellationOf({ id, only_it, at }: Record<string, SQLOutputValue>): Cancellation {
  return { id: String(id), only: only_it === 1, at: Number(at) };
}
