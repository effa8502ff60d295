/**
 * The store in one SQLite file: for one machine.
 *
 * @module
 */

import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";
import type { HopRecord } from "../hop_record.ts";
import { openSqliteFile } from "../sqlite/file.ts";
import { GroupCommit } from "../sqlite/group_commit.ts";
import { bodyDigest, errorType, judgeResult } from "./result_identity.ts";
import { SqliteClaims } from "./sqlite_claims.ts";
import { SqliteControls } from "./sqlite_controls.ts";
import { expire } from "./sqlite_expiry.ts";
import { SqliteJoining } from "./sqlite_joining.ts";
import { type LetterFile, SqliteLetters } from "./sqlite_letters.ts";
import { SqliteParking } from "./sqlite_parking.ts";
import { STORE_SCHEMA, upgradeStore } from "./sqlite_schema.ts";
import { deadOf, PAGE, pageOf, readHops, resultOf } from "./store_rows.ts";
import { StoreClosedError } from "./store_closed.ts";
import type {
  CrewStore,
  DeadRecord,
  Expired,
  ExpireOptions,
  Page,
  Recorded,
  ResultFilter,
  ResultRecord,
  StoreCounts,
  StoredResult,
} from "./store.ts";

/** Options of {@linkcode openSqliteStore}. */
export interface SqliteStoreOptions {
  /** The file; made if it does not exist. */
  readonly path: string;
  /** Told of each transaction that failed and will be tried again. @default nothing is done */
  readonly onFailure?: (error: unknown) => void;
}

/**
 * Opens a store.
 *
 * @throws {SqliteFileError} when the file cannot serve.
 */
export function openSqliteStore({ path, onFailure = () => {} }: SqliteStoreOptions): Promise<CrewStore> {
  return Promise.resolve().then(() => {
    upgradeStore(path);
    return new SqliteStore(openSqliteFile(path, STORE_SCHEMA), onFailure);
  });
}

type Row = Record<string, SQLOutputValue>;

class SqliteStore implements CrewStore {
  readonly letters: SqliteLetters;
  readonly parking: SqliteParking;
  readonly joining: SqliteJoining;
  readonly controls: SqliteControls;
  readonly claims: SqliteClaims;
  readonly #db: DatabaseSync;
  readonly #commits: GroupCommit;
  readonly #statements = new Map<string, StatementSync>();
  #closed = false;

  constructor(db: DatabaseSync, onFailure: (error: unknown) => void) {
    this.#db = db;
    this.#commits = new GroupCommit(db, onFailure);
    const file: LetterFile = {
      prepare: (sql) => this.#prepare(sql),
      read: (run) => this.#read(run),
      write: (run) => this.#write(run),
    };
    this.letters = new SqliteLetters(file);
    this.parking = new SqliteParking(file);
    this.joining = new SqliteJoining(file);
    this.controls = new SqliteControls(file);
    this.claims = new SqliteClaims(file);
  }

  async recordResults(records: readonly ResultRecord[]): Promise<Recorded[]> {
    const digests = await Promise.all(records.map(bodyDigest));
    return await this.#write(() =>
      records.map((record, i) => this.#recordResult(record, digests[i] as string))
    );
  }

  async recordDead(records: readonly DeadRecord[]): Promise<Recorded[]> {
    return await this.#write(() => records.map((record) => this.#recordDead(record)));
  }

  async recordHops(records: readonly HopRecord[]): Promise<void> {
    await this.#write(() => {
      const insert = this.#prepare("INSERT INTO hop (id, root, started_at, record) VALUES (?, ?, ?, ?)");
      for (const record of records) {
        insert.run(record.id, record.root, record.startedAt, JSON.stringify(record));
      }
    });
  }

  result(id: string): Promise<StoredResult | undefined> {
    return this.#read(() => {
      const row = this.#prepare("SELECT * FROM result WHERE id = ?").get(id);
      return row && resultOf(row);
    });
  }

  results(filter: ResultFilter = {}): Promise<Page<StoredResult>> {
    const { phase, root, ...rest } = filter;
    return this.#page("result", { ...rest, where: { phase, root } }, resultOf);
  }

  dead(
    filter: { id?: string; root?: string; limit?: number; after?: number } = {},
  ): Promise<Page<DeadRecord>> {
    const { id, root, ...rest } = filter;
    return this.#page("dead", { ...rest, where: { id, root } }, deadOf);
  }

  hops(root: string): Promise<HopRecord[]> {
    return this.#read(() =>
      readHops(
        this.#prepare("SELECT record FROM hop WHERE root = ? OR id = ? ORDER BY started_at, seq").all(
          root,
          root,
        )
          .map(({ record }) => record),
      )
    );
  }

  rootOf(id: string): Promise<string | undefined> {
    return this.#read(() => {
      const row = this.#prepare(`
        SELECT root FROM (
          SELECT root FROM result WHERE id = ?1 UNION ALL SELECT root FROM dead WHERE id = ?1
          UNION ALL SELECT root FROM hop WHERE id = ?1
        ) ORDER BY root = ?1 LIMIT 1`).get(id);
      return row && String(row.root);
    });
  }

  counts(): Promise<StoreCounts> {
    return this.#read(() => {
      const sums = this.#prepare(`
        SELECT count(*) AS results, coalesce(sum(repeats), 0) AS repeats, coalesce(sum(conflicts), 0) AS conflicts
        FROM result`).get() as Row;
      const dead = this.#prepare("SELECT count(*) AS dead FROM dead").get() as Row;
      const byPhase = this.#prepare("SELECT phase AS name, count(*) AS n FROM result GROUP BY phase").all();
      const failures = this.#prepare(`
        SELECT name, sum(n) AS n FROM (
          SELECT error_type AS name, count(*) AS n FROM result WHERE phase = 'failed' GROUP BY error_type
          UNION ALL SELECT reason AS name, count(*) AS n FROM dead GROUP BY reason
        ) GROUP BY name ORDER BY name`).all();
      const counted = (rows: Row[]) =>
        Object.fromEntries(rows.map(({ name, n }) => [String(name), Number(n)]));
      return {
        results: Number(sums.results),
        dead: Number(dead.dead),
        byPhase: counted(byPhase),
        failures: counted(failures),
        repeats: Number(sums.repeats),
        conflicts: Number(sums.conflicts),
      };
    });
  }

  expire(options: ExpireOptions): Promise<Expired> {
    return this.#write(() => expire((sql) => this.#prepare(sql), options));
  }

  problem(): string {
    const { failure } = this.#commits;
    if (failure === undefined) return "";
    return failure instanceof Error ? failure.message : String(failure);
  }

  close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#commits.close();
      this.#db.close();
    }
    return Promise.resolve();
  }

  #recordResult(record: ResultRecord, digest: string): Recorded {
    const { id } = record;
    const columns = "phase, replay, digest, headers";
    const kept = this.#prepare(`SELECT ${columns} FROM result WHERE id = ?`).get(id);
    const row = kept ??
      this.#prepare(`SELECT ${columns} FROM tombstone WHERE kind = 'result' AND name = ?`).get(id);
    const known = row && {
      phase: String(row.phase),
      replay: Number(row.replay),
      headers: String(row.headers),
      digest: String(row.digest),
    };
    const recorded = judgeResult(record, { digest, known });
    if (recorded === "replaced") {
      this.#prepare("DELETE FROM result WHERE id = ?").run(id);
      this.#prepare("DELETE FROM tombstone WHERE kind = 'result' AND name = ?").run(id);
    }
    if (recorded === "new" || recorded === "replaced") this.#insertResult(record, digest);
    else {
      const more = recorded === "repeat" ? "repeats = repeats + 1" : "conflicts = conflicts + 1";
      const where = kept ? "result SET * WHERE id = ?" : "tombstone SET * WHERE kind = 'result' AND name = ?";
      this.#prepare(`UPDATE ${where.replace("*", more)}`).run(id);
    }
    return recorded;
  }

  #insertResult(record: ResultRecord, digest: string): void {
    this.#prepare(`
      INSERT INTO result (id, parent_id, root, phase, reason, actor, route, headers, status, payload, error, error_type,
        replay, arrived_at, digest, extra)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`).run(
      record.id,
      record.parentId ?? null,
      record.root,
      record.phase,
      record.reason,
      record.actor,
      record.route,
      record.headers,
      record.status,
      record.payload,
      record.error,
      errorType(record),
      record.replay,
      record.arrivedAt,
      digest,
      record.extra ?? "",
    );
  }

  #recordDead(record: DeadRecord): Recorded {
    const { key, id, root, queue, actor, reason, message, error, component = "", body, diedAt } = record;
    const buried = this.#prepare(
      "UPDATE tombstone SET repeats = repeats + 1 WHERE kind = 'dead' AND name = ?",
    ).run(key);
    if (buried.changes > 0) return "repeat";
    const { changes } = this.#prepare(`
      INSERT INTO dead (key, id, root, queue, actor, reason, message, error, component, body, died_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING`)
      .run(key, id, root, queue, actor, reason, message, error, component, body, diedAt);
    if (changes > 0) return "new";
    this.#prepare("UPDATE dead SET repeats = repeats + 1 WHERE key = ?").run(key);
    return "repeat";
  }

  #page<T>(
    table: "result" | "dead",
    options: { where: Record<string, string | undefined>; limit?: number; after?: number },
    read: (row: Row) => T,
  ): Promise<Page<T>> {
    const { where, limit = PAGE, after = 0 } = options;
    const conditions = Object.entries(where).filter((condition): condition is [string, string] =>
      condition[1] !== undefined
    );
    const clauses = ["seq > ?", ...conditions.map(([column]) => `${column} = ?`)].join(" AND ");
    return this.#read(() => {
      const rows = this.#prepare(`SELECT * FROM ${table} WHERE ${clauses} ORDER BY seq LIMIT ?`)
        .all(after, ...conditions.map(([, value]) => value), limit + 1);
      return pageOf(rows, { limit, read });
    });
  }

  /** Within the next transaction, which is durable when the promise resolves. */
  #write<T>(run: () => T): Promise<T> {
    return this.#commits.result(run, () => new StoreClosedError());
  }

  async #read<T>(run: () => T): Promise<T> {
    if (this.#closed) throw new StoreClosedError();
    return await run();
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, statement = this.#db.prepare(sql));
    return statement;
  }
}
