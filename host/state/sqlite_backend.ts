/**
 * State in SQLite.
 *
 * @module
 */

import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";
import { GroupCommit } from "../sqlite/group_commit.ts";
import {
  type Addition,
  type Full,
  type FullOf,
  type Listing,
  type Place,
  type Put,
  rangeOf,
  type StateBackend,
} from "./backend.ts";
import { CounterRangeError, NotACounterError, StateClosedError, StateUnavailableError } from "./errors.ts";
import type { BucketBounds, Entry, Swapped } from "./store.ts";

/** Entries that one transaction removes because they have expired. */
const COLLECT = 1_000;
const COUNTER = /^(0|-?[1-9][0-9]{0,18})$/;

type Row = Record<string, SQLOutputValue>;

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: SQLOutputValue | undefined) =>
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes as Uint8Array);

/** The tables of one file. */
export class SqliteBackend implements StateBackend {
  readonly durability = "write";
  readonly #db: DatabaseSync;
  readonly #commits: GroupCommit;
  readonly #statements = new Map<string, StatementSync>();
  readonly #options: Options;
  #closed = false;

  constructor(db: DatabaseSync, options: Options) {
    this.#db = db;
    this.#options = options;
    // Whoever waits is told when the patience is over.
    this.#commits = new GroupCommit(db, () => {});
  }

  get(place: Place): Promise<Entry | undefined> {
    return this.#read(() => entryOf(this.#live(place)));
  }

  put(place: Place, { expected, value, ttlMs, bounds }: Put): Promise<Swapped | Full> {
    return this.#write((): Swapped | Full => {
      const found = this.#live(place);
      const isExpected = expected === undefined ||
        (expected === "absent"
          ? found === undefined
          : found !== undefined && BigInt(Number(found.version)) === expected);
      if (!isExpected) return { ok: false, found: entryOf(found) };
      const expiresAt = ttlMs === undefined ? null : this.#options.now() + ttlMs;
      const version = this.#store(place, { found, value, expiresAt, bounds });
      return typeof version === "bigint" ? { ok: true, version } : version;
    });
  }

  delete(place: Place, expected: bigint | undefined): Promise<boolean> {
    return this.#write(() => {
      const found = this.#live(place);
      if (!found || (expected !== undefined && BigInt(Number(found.version)) !== expected)) return false;
      this.#prepare("DELETE FROM entry WHERE seq = ?").run(found.seq as number);
      return true;
    });
  }

  keys({ bucket, prefix, after, limit }: Listing): Promise<string[]> {
    const { start, end } = rangeOf(prefix);
    return this.#read(() =>
      this.#prepare(`
        SELECT key FROM entry
        WHERE bucket = ?1 AND key >= ?2 AND (?3 IS NULL OR key < ?3) AND (?4 IS NULL OR key > ?4)
          AND (expires_at IS NULL OR expires_at > ?5)
        ORDER BY key LIMIT ?6`)
        .all(
          bucket,
          start,
          end ?? null,
          after === undefined ? null : encode(after),
          this.#options.now(),
          limit,
        )
        .map(({ key }) => decode(key))
    );
  }

  add(
    place: Place,
    { delta, bounds }: Addition,
  ): Promise<bigint | Full | NotACounterError | CounterRangeError> {
    return this.#write(() => {
      const found = this.#live(place);
      const digits = found ? decode(found.value) : "0";
      if (!COUNTER.test(digits) || BigInt.asIntN(64, BigInt(digits)) !== BigInt(digits)) {
        return new NotACounterError(place.key);
      }
      const sum = BigInt(digits) + delta;
      if (BigInt.asIntN(64, sum) !== sum) return new CounterRangeError(place.key);
      const expiresAt = found?.expires_at as number | null | undefined ?? null;
      const version = this.#store(place, { found, value: encode(String(sum)), expiresAt, bounds });
      return typeof version === "bigint" ? sum : version;
    });
  }

  collect(): Promise<{ readonly gone: number; readonly more: boolean }> {
    return this.#write(() => {
      const gone = Number(
        this.#prepare(`
          DELETE FROM entry WHERE seq IN (SELECT seq FROM entry WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)`)
          .run(this.#options.now(), COLLECT).changes,
      );
      return { gone, more: gone === COLLECT };
    });
  }

  problem(): string {
    const { failure } = this.#commits;
    return failure === undefined
      ? ""
      : `the state in ${this.#options.path} cannot be written: ${messageOf(failure)}`;
  }

  close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#commits.close();
      this.#db.close();
    }
    return Promise.resolve();
  }

  /** The row of an entry that has not expired. */
  #live({ bucket, key }: Place): Row | undefined {
    return this.#prepare(`
      SELECT seq, version, value, expires_at FROM entry
      WHERE bucket = ? AND key = ? AND (expires_at IS NULL OR expires_at > ?)`)
      .get(bucket, encode(key), this.#options.now());
  }

  /** Writes a value, unless the bucket would be too full. @returns Its version. */
  #store(
    { bucket, key }: Place,
    { found, value, expiresAt, bounds }: {
      readonly found: Row | undefined;
      readonly value: Uint8Array;
      readonly expiresAt: number | null;
      readonly bounds: BucketBounds;
    },
  ): bigint | Full {
    const name = encode(key);
    const old = found?.value as Uint8Array | undefined;
    // What has expired is no longer there, and its place is free.
    if (!found) this.#prepare("DELETE FROM entry WHERE bucket = ? AND key = ?").run(bucket, name);
    const growth = { entries: old ? 0 : 1, bytes: value.length - (old ? old.length : -name.length) };
    const fullOf = this.#fullWith(bucket, { growth, bounds }) &&
      this.#fullAfterCollecting(bucket, { growth, bounds });
    if (fullOf) return { fullOf };
    const version = Number(
      this.#prepare("UPDATE sequence SET version = version + 1 RETURNING version").get()?.version,
    );
    if (found) {
      this.#prepare("UPDATE entry SET version = ?, value = ?, expires_at = ? WHERE seq = ?")
        .run(version, value, expiresAt, found.seq as number);
    } else {
      this.#prepare("INSERT INTO entry (bucket, key, version, value, expires_at) VALUES (?, ?, ?, ?, ?)")
        .run(bucket, name, version, value, expiresAt);
    }
    return BigInt(version);
  }

  #fullAfterCollecting(bucket: string, change: Change): FullOf | undefined {
    this.#prepare("DELETE FROM entry WHERE bucket = ? AND expires_at <= ?").run(bucket, this.#options.now());
    return this.#fullWith(bucket, change);
  }

  #fullWith(bucket: string, { growth, bounds }: Change): FullOf | undefined {
    const row = this.#prepare("SELECT entries, bytes FROM bucket WHERE name = ?").get(bucket);
    const { bucketEntries, bucketBytes } = bounds;
    if (growth.entries > 0 && Number(row?.entries ?? 0) + growth.entries > bucketEntries) {
      return "bucketEntries";
    }
    if (growth.bytes > 0 && Number(row?.bytes ?? 0) + growth.bytes > bucketBytes) return "bucketBytes";
    return undefined;
  }

  /** Within the next transaction. What has not been committed when the patience is over is not done any more. */
  async #write<T>(run: () => T): Promise<T> {
    if (this.#closed) throw new StateClosedError();
    // Let go of when it is given up, with the value in it: the work itself may wait for as long as the file is locked.
    let wanted: (() => T) | undefined = run;
    const impatience = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      wanted = undefined;
      impatience.reject(this.#unavailable(this.#commits.failure, "it takes too long"));
    }, this.#options.patienceMs);
    const done = this.#commits.result(() => wanted?.(), () => new StateClosedError()) as Promise<T>;
    try {
      return await Promise.race([done, impatience.promise]);
    } catch (error) {
      if (error instanceof StateUnavailableError || error instanceof StateClosedError) throw error;
      throw this.#unavailable(error);
    } finally {
      clearTimeout(timer);
    }
  }

  async #read<T>(run: () => T): Promise<T> {
    if (this.#closed) throw new StateClosedError();
    try {
      return await run();
    } catch (error) {
      throw this.#unavailable(error);
    }
  }

  #unavailable(cause: unknown, otherwise = ""): StateUnavailableError {
    const problem = cause === undefined ? otherwise : messageOf(cause);
    return new StateUnavailableError(this.#options.path, { problem, undone: true, cause });
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, statement = this.#db.prepare(sql));
    return statement;
  }
}

interface Options {
  readonly path: string;
  readonly patienceMs: number;
  readonly now: () => number;
}

/** By how much a bucket would grow, and to what it may. */
interface Change {
  readonly growth: { readonly entries: number; readonly bytes: number };
  readonly bounds: BucketBounds;
}

function entryOf(row: Row | undefined): Entry | undefined {
  return row && { value: row.value as Uint8Array, version: BigInt(Number(row.version)) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
