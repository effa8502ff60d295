/**
 * Slices that wait for one another, in SQLite.
 *
 * @module
 */

import type { SQLOutputValue, StatementSync } from "node:sqlite";
import {
  arrivalName,
  type ArrivalVerdict,
  EVERY_SLICE,
  type HeldSlice,
  type JoinGroup,
  type Joining,
  type JoinRules,
  type OpenJoin,
  openJoin,
  type RunCount,
  type SliceArrival,
  TIME_NAME,
} from "./joining.ts";
import type { LetterFile } from "./sqlite_letters.ts";
import type { Page } from "./store.ts";
import { heldSliceOf, joinGroupOf, PAGE, pageOf, runCountOf, sliceMarkOf, unsentOf } from "./store_rows.ts";

type Row = Record<string, SQLOutputValue>;

/** The joining of a store. */
export class SqliteJoining implements Joining {
  readonly #file: LetterFile;

  /** @param file The store's. */
  constructor(file: LetterFile) {
    this.#file = file;
  }

  arrive(arrival: SliceArrival, rules: JoinRules): Promise<ArrivalVerdict> {
    return this.#file.write(() => this.#arrive(arrival, rules));
  }

  expire(
    g: string,
    { now, rules }: { readonly now: number; readonly rules: JoinRules },
  ): Promise<ArrivalVerdict | undefined> {
    return this.#file.write(() => {
      const row = this.#row(g);
      if (!row) return undefined;
      if (row.ended_at !== null) return row.last === TIME_NAME ? unsentOf(row) : undefined;
      if (row.due_at === null || Number(row.due_at) > now) return undefined;
      return this.#judge(row, { due: true, last: TIME_NAME, now, rules });
    });
  }

  async sent(g: string, now: number): Promise<void> {
    await this.#file.write(() => {
      this.#prepare(
        "UPDATE fan_in SET sent_at = ?, output = NULL WHERE g = ? AND sent_at IS NULL AND ended_at > 0",
      )
        .run(now, g);
      this.#prepare("DELETE FROM fan_slice WHERE g = ?").run(g);
    });
  }

  group(g: string): Promise<JoinGroup | undefined> {
    return this.#file.read(() => {
      const row = this.#row(g);
      return row && joinGroupOf(row);
    });
  }

  groups(root: string): Promise<JoinGroup[]> {
    return this.#file.read(() =>
      this.#prepare("SELECT * FROM fan_in WHERE root = ? ORDER BY seq").all(root).map(joinGroupOf)
    );
  }

  open(
    { limit = PAGE, after = 0 }: { readonly limit?: number; readonly after?: number } = {},
  ): Promise<Page<OpenJoin>> {
    return this.#file.read(() => {
      const rows = this.#prepare(
        "SELECT * FROM fan_in WHERE ended_at IS NULL AND seq > ? ORDER BY seq LIMIT ?",
      )
        .all(after, limit + 1);
      const slices = this.#prepare(
        "SELECT run, i, n, kind, at FROM fan_slice WHERE g = ? ORDER BY at, rowid",
      );
      const read = (row: Row) => openJoin(joinGroupOf(row), slices.all(row.g as string).map(sliceMarkOf));
      return pageOf(rows, { limit, read });
    });
  }

  giveUp(before: number, { now }: { readonly now: number }): Promise<number> {
    return this.#file.write(() =>
      Number(
        this.#prepare(`
          UPDATE fan_in SET due_at = ?, quorum = coalesce(quorum, ?)
          WHERE ended_at IS NULL AND due_at IS NULL AND began_at < ?
            AND NOT EXISTS (SELECT 1 FROM fan_slice WHERE fan_slice.g = fan_in.g AND at >= ?)
            AND NOT EXISTS (SELECT 1 FROM parked WHERE parked.root = fan_in.root AND ended = '')`)
          .run(now, EVERY_SLICE, before, before).changes,
      )
    );
  }

  due(now: number, limit: number): Promise<string[]> {
    return this.#file.read(() =>
      this.#prepare(
        "SELECT g FROM fan_in WHERE ended_at IS NULL AND due_at <= ? ORDER BY due_at, seq LIMIT ?",
      )
        .all(now, limit).map(({ g }) => String(g))
    );
  }

  nextDue(after: number): Promise<number | undefined> {
    return this.#file.read(() => {
      const at = this.#prepare("SELECT min(due_at) AS at FROM fan_in WHERE ended_at IS NULL AND due_at > ?")
        .get(after)?.at ?? null;
      return at === null ? undefined : Number(at);
    });
  }

  forget(before: number): Promise<number> {
    return this.#file.write(() =>
      Number(
        this.#prepare("DELETE FROM fan_in WHERE ended_at < ? AND sent_at IS NOT NULL").run(before).changes,
      )
    );
  }

  #arrive(arrival: SliceArrival, rules: JoinRules): ArrivalVerdict {
    const { g, at } = arrival;
    this.#prepare(
      "INSERT INTO fan_in (g, origin, root, began_at) VALUES (?, ?, ?, ?) ON CONFLICT (g) DO NOTHING",
    ).run(g, arrival.origin, arrival.root, at);
    const row = this.#row(g) as Row;
    if (row.ended_at !== null) return this.#after(row, arrival);
    if (!this.#hold(arrival)) {
      if (arrival.kind === "end") return { verdict: "told" };
      this.#prepare("UPDATE fan_in SET doubles = doubles + 1 WHERE g = ?").run(g);
      return { verdict: "double" };
    }
    if (arrival.kind === "slice" && row.settings === 0) {
      this.#prepare("UPDATE fan_in SET settings = 1, quorum = ?, due_at = ? WHERE g = ?")
        .run(arrival.quorum ?? null, arrival.dueAt ?? null, g);
    }
    return this.#judge(this.#row(g) as Row, { due: false, last: arrivalName(arrival), now: at, rules }) ??
      { verdict: arrival.kind === "slice" ? "held" : "told" };
  }

  /** Keeps an arrival. What has really come takes the place of an end. */
  #hold({ g, run, i, n, kind, id, body, at }: SliceArrival): boolean {
    const { changes } = this.#prepare(`
      INSERT INTO fan_slice (g, run, i, n, kind, id, body, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (g, run, i) DO UPDATE SET kind = excluded.kind, id = excluded.id, body = excluded.body, at = excluded.at
        WHERE fan_slice.kind = 'end' AND excluded.kind = 'slice'`).run(g, run, i, n, kind, id, body, at);
    return changes > 0;
  }

  /** Of an arrival when the join is over. */
  #after(row: Row, arrival: SliceArrival): ArrivalVerdict {
    const { g, kind, i } = arrival;
    if (row.last === arrivalName(arrival)) {
      const unsent = unsentOf(row);
      if (unsent) return unsent;
    }
    if (kind === "end") return { verdict: "told" };
    const verdict = (JSON.parse(String(row.missing)) as number[]).includes(i) ? "late" : "double";
    const column = verdict === "late" ? "late" : "doubles";
    this.#prepare(`UPDATE fan_in SET ${column} = ${column} + 1 WHERE g = ?`).run(g);
    return { verdict };
  }

  #judge(
    row: Row,
    { due, last, now, rules }: { due: boolean; last: string; now: number; rules: JoinRules },
  ): ArrivalVerdict | undefined {
    const g = String(row.g);
    const quorum = row.quorum === null ? {} : { quorum: Number(row.quorum) };
    const decision = rules.decide(this.#counts(g), { ...quorum, due });
    if (!decision) return undefined;
    const { run, cause } = decision;
    const slices = this.#slices(g, run);
    const n = Number(
      this.#prepare("SELECT max(n) AS n FROM fan_slice WHERE g = ? AND run = ?").get(g, run)?.n,
    );
    const output = rules.build({ g, run, n, cause, ...quorum, slices });
    const joined = new Set(slices.filter(({ kind }) => kind === "slice").map(({ i }) => i));
    const missing = Array.from({ length: n }, (_, i) => i).filter((i) => !joined.has(i));
    this.#prepare(`
      UPDATE fan_in SET run = ?, cause = ?, last = ?, ended_at = ?, joined = ?, missing = ?, output_id = ?, output_to = ?,
        output = ? WHERE g = ?`).run(
      run,
      cause,
      last,
      now,
      joined.size,
      JSON.stringify(missing),
      output.id,
      output.to,
      output.body,
      g,
    );
    return { verdict: "joined", output };
  }

  #counts(g: string): RunCount[] {
    return this.#prepare(`
      SELECT run, max(n) AS n, sum(kind = 'slice') AS arrived, sum(kind = 'end') AS ended
      FROM fan_slice WHERE g = ? GROUP BY run ORDER BY min(at), min(rowid)`).all(g).map(runCountOf);
  }

  #slices(g: string, run: string): HeldSlice[] {
    return this.#prepare("SELECT i, kind, id, body FROM fan_slice WHERE g = ? AND run = ? ORDER BY i")
      .all(g, run).map(heldSliceOf);
  }

  #row(g: string): Row | undefined {
    return this.#prepare("SELECT * FROM fan_in WHERE g = ?").get(g);
  }

  #prepare(sql: string): StatementSync {
    return this.#file.prepare(sql);
  }
}
