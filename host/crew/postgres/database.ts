/**
 * Reading from the database, and writing to it until it is done.
 *
 * A write is one transaction, tried until it is committed: while the server is away it waits. When the answer to a commit
 * is lost, it is found out whether it was done (lanes.ts), so that nothing is done, or counted, twice.
 *
 * @module
 */

import { StoreClosedError } from "../store_closed.ts";
import { databaseName, type PostgresAddress } from "./address.ts";
import { PostgresRefusedError, PostgresUnavailableError } from "./errors.ts";
import { DatabaseFailure } from "./failure.ts";
import { type Lane, Lanes, markLane } from "./lanes.ts";
import { type Query, Sessions } from "./sessions.ts";

/**
 * What a write keeps others from. What records results is `shared`: such writes go on beside one another, and rows and
 * unique names keep them apart. What looks at results and dead letters at once is `exclusive`: beside it nothing is
 * recorded. `none` is for tables that are nobody else's.
 */
export type WriteLock = "shared" | "exclusive" | "none";

/** First and longest pause before a write is tried again, in milliseconds. */
const RETRY_MS = { first: 50, longest: 2_000 };
/** Class of our advisory locks: "trps". */
const LOCK_CLASS = 0x74727073;
/** A lock on the whole store; two meshes in one database, whose schemas differ, have different ones. */
const LOCKS: Readonly<Record<WriteLock, string>> = {
  shared: `pg_advisory_xact_lock_shared(${LOCK_CLASS}, hashtext(current_schema()))`,
  exclusive: `pg_advisory_xact_lock(${LOCK_CLASS}, hashtext(current_schema()))`,
  none: "NULL",
};

/** One write, over all of its attempts. */
interface Attempts<T> {
  readonly lane: Lane;
  readonly lock: WriteLock;
  /** What the last one came to, once its commit was asked for. */
  outcome: { readonly result: T } | undefined;
}

/** The database of one store. */
export class Database {
  /** The database as it is shown to people. */
  readonly name: string;
  readonly #sessions: Sessions;
  readonly #lanes = new Lanes();
  readonly #onFailure: (error: unknown) => void;
  /** Those who pause, woken when the store is closed. */
  readonly #pausing = new Set<() => void>();
  #problem = "";
  #closed = false;

  /** @param onFailure Told of each transaction that failed; it is tried again. */
  constructor(address: PostgresAddress, onFailure: (error: unknown) => void) {
    this.name = databaseName(address);
    this.#sessions = new Sessions(address);
    this.#onFailure = onFailure;
  }

  /** Why the last write failed that is tried again; empty when none is. */
  get problem(): string {
    return this.#problem;
  }

  /** Has statements run without a transaction, each by itself. @throws {DatabaseFailure} */
  async session<T>(run: (query: Query) => Promise<T>): Promise<T> {
    if (this.#closed) throw new StoreClosedError();
    return await this.#sessions.use(run);
  }

  /**
   * Reads.
   *
   * @throws {PostgresUnavailableError} when the server does not answer: whoever looks is told at once.
   */
  async read<T>(run: (query: Query) => Promise<T>): Promise<T> {
    for (let isFirst = true;; isFirst = false) {
      try {
        return await this.session(run);
      } catch (error) {
        if (!(error instanceof DatabaseFailure)) throw error;
        if (error.kind === "refused") throw this.#refused(error);
        // The server may have been restarted since the connection was made.
        if (!isFirst) throw new PostgresUnavailableError(this.name, error.message, { cause: error });
      }
    }
  }

  /**
   * Writes: everything that is done is durable when the promise resolves.
   *
   * @param run Runs again when its transaction fails, so it keeps nothing of its own.
   * @throws {PostgresRefusedError} when the tables would never take it, and what `run` throws by itself.
   * @throws {StoreClosedError} when the store is closed before it is done.
   */
  async write<T>(run: (query: Query) => Promise<T>, lock: WriteLock): Promise<T> {
    const lane = this.#lanes.take();
    try {
      return await this.#untilDone(run, { lane, lock, outcome: undefined });
    } finally {
      this.#lanes.giveBack(lane);
    }
  }

  async #untilDone<T>(run: (query: Query) => Promise<T>, attempts: Attempts<T>): Promise<T> {
    for (let pause = RETRY_MS.first;; pause = Math.min(2 * pause, RETRY_MS.longest)) {
      if (this.#closed) throw new StoreClosedError();
      try {
        const result = await this.#attempt(run, attempts);
        this.#problem = "";
        return result;
      } catch (error) {
        if (!(error instanceof DatabaseFailure)) throw error;
        if (error.kind === "refused") {
          // The server is there.
          this.#problem = "";
          throw this.#refused(error);
        }
        if (error.kind === "passing" && !this.#closed) {
          this.#problem = `the database ${this.name} cannot record: ${error.message}`;
          this.#onFailure(error);
        }
        await this.#pause(pause * (0.5 + Math.random() / 2));
      }
    }
  }

  /** Gives up what is under way, and closes the connections. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const wake of this.#pausing) wake();
    await this.#sessions.close();
  }

  async #attempt<T>(run: (query: Query) => Promise<T>, attempts: Attempts<T>): Promise<T> {
    return await this.#sessions.use(async (query) => {
      await query("BEGIN ISOLATION LEVEL READ COMMITTED");
      const isNew = await markLane(query, { lane: attempts.lane, lock: LOCKS[attempts.lock] });
      if (isNew) attempts.outcome = { result: await run(query) };
      await query("COMMIT");
      return (attempts.outcome as { readonly result: T }).result;
    });
  }

  async #pause(ms: number): Promise<void> {
    if (this.#closed) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#pausing.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.#pausing.add(wake);
    });
  }

  #refused(failure: DatabaseFailure): PostgresRefusedError {
    return new PostgresRefusedError(this.name, failure.message, { cause: failure });
  }
}
