/**
 * Group commit: what the process asks of the file within one turn of the event loop is done in one transaction, with one
 * sync to disk. What was asked is answered after the commit, and only then.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import { clearImmediate, setImmediate } from "node:timers";

/** Something to be done in the next transaction. Runs again if that transaction fails, so it keeps nothing of its own. */
export interface Work {
  /** Does it. What it throws undoes the transaction: for another attempt, unless it would throw the same again. */
  run(): void;
  /** Called after the commit. */
  committed(): void;
  /** Called instead when everything is closed before that. */
  abandoned(): void;
  /** Called instead when it can never be done, as what it asks is against the rules of the tables. @default abandoned() */
  refused?(error: unknown): void;
}

/** First and longest pause after a transaction that failed, in milliseconds. */
const RETRY_MS = { first: 20, longest: 1_000 };
/** SQLite's codes for what would fail again, however often: too big, against a constraint, of a wrong type, out of range. */
const PERMANENT = [18, 19, 20, 25];

/** Runs transactions on a database. */
export class GroupCommit {
  readonly #db: DatabaseSync;
  readonly #onFailure: (error: unknown) => void;
  #waiting: Work[] = [];
  #immediate: ReturnType<typeof setImmediate> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pause = RETRY_MS.first;
  #failure: unknown;
  #closed = false;
  /** Transactions that were committed. */
  commits = 0;
  /** Called within each transaction, after what was asked: what it gives is called after the commit. */
  also: (() => (() => void) | undefined) | undefined;

  /** @param onFailure Told of each transaction that failed; it is tried again. */
  constructor(db: DatabaseSync, onFailure: (error: unknown) => void) {
    this.#db = db;
    this.#onFailure = onFailure;
  }

  /** Why the last transaction failed; undefined when it did not. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Has something done in the next transaction. */
  do(work: Work): void {
    if (this.#closed) return work.abandoned();
    this.#waiting.push(work);
    this.schedule();
  }

  /** Has a transaction run in the next turn, whether or not something was asked. */
  schedule(): void {
    if (this.#closed || this.#timer !== undefined) return;
    this.#immediate ??= setImmediate(() => {
      this.#immediate = undefined;
      this.#transact();
    });
  }

  /**
   * Has something done in the next transaction, and gives what came of it after the commit. Rejects with what `closed`
   * makes when everything is closed before that, and with what `run` threw when it can never be done.
   */
  async result<T>(run: () => T, closed: () => Error): Promise<T> {
    return await new Promise<T>((resolve, reject) => {
      let result: T;
      this.do({
        run: () => void (result = run()),
        committed: () => resolve(result),
        abandoned: () => reject(closed()),
        refused: reject,
      });
    });
  }

  /** Runs what is waiting now. */
  flush(): void {
    if (this.#waiting.length > 0) this.#transact();
  }

  /** Ends: what could not be committed is abandoned. */
  close(): void {
    if (this.#closed) return;
    this.also = undefined;
    this.flush();
    this.#closed = true;
    clearTimeout(this.#timer);
    if (this.#immediate) clearImmediate(this.#immediate);
    for (const work of this.#waiting.splice(0)) work.abandoned();
  }

  #transact(): void {
    for (;;) {
      const refused = this.#attempt();
      if (!refused) return;
      // The others were undone with it, and are to be done without it.
      const { work, error } = refused;
      this.#waiting = this.#waiting.filter((other) => other !== work);
      if (work.refused) work.refused(error);
      else work.abandoned();
    }
  }

  /** One transaction. What it gives is work that made it fail, and always would. */
  #attempt(): { readonly work: Work; readonly error: unknown } | undefined {
    const batch = this.#waiting;
    let work: Work | undefined;
    let after: (() => void) | undefined;
    try {
      this.#db.exec("BEGIN IMMEDIATE");
      try {
        for (work of batch) work.run();
        work = undefined;
        after = this.also?.();
        this.#db.exec("COMMIT");
      } catch (error) {
        if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
        throw error;
      }
    } catch (error) {
      if (work && isPermanent(error)) return { work, error };
      this.#retryLater(error);
      return undefined;
    }
    this.commits++;
    this.#waiting = [];
    this.#failure = undefined;
    this.#pause = RETRY_MS.first;
    for (const work of batch) work.committed();
    after?.();
    return undefined;
  }

  #retryLater(error: unknown): void {
    this.#failure = error;
    this.#onFailure(error);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#transact();
    }, this.#pause * (0.5 + Math.random() / 2));
    this.#pause = Math.min(this.#pause * 2, RETRY_MS.longest);
  }
}

function isPermanent(error: unknown): boolean {
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  // SQLite gives no number with a busy error; what is not from SQLite is from the work itself.
  if (code !== "ERR_SQLITE_ERROR") return true;
  return typeof errcode === "number" && PERMANENT.includes(errcode & 0xff);
}
