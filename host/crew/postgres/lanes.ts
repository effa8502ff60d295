/**
 * How a write is known to be done when the answer to its commit was lost. Each write under way has a lane, which is a row,
 * and a number in it; the number is written in the same transaction. When the write is tried again and finds its number in
 * the row, it was done. A transaction that is still under way holds the row, and is waited for.
 *
 * The number of the transaction itself would not do: a server that is killed may give it once more.
 *
 * @module
 */

import type { Query } from "./sessions.ts";

/** Statement that makes the table. */
export const LANES = `
CREATE TABLE lane (
  name text PRIMARY KEY,
  n bigint NOT NULL,
  at bigint NOT NULL
) WITH (fillfactor = 50)`;

/** A lane, with the number of the write that is in it. */
export interface Lane {
  readonly name: string;
  readonly n: number;
}

/** The lanes of one store. */
export class Lanes {
  readonly #store = crypto.randomUUID();
  readonly #free: Lane[] = [];
  #count = 0;

  /** Gives a lane that nobody is in, with a number that was never in it. */
  take(): Lane {
    const { name, n } = this.#free.pop() ?? { name: `${this.#store}/${this.#count++}`, n: 0 };
    return { name, n: n + 1 };
  }

  /** Takes back a lane when its write has ended, in whatever way. */
  giveBack(lane: Lane): void {
    this.#free.push(lane);
  }
}

/**
 * Marks a lane, as the first thing in a transaction, and takes a lock.
 *
 * @param options `lock`: an expression that takes it.
 * @returns False when the write was done before.
 */
export async function markLane(
  query: Query,
  { lane, lock }: { readonly lane: Lane; readonly lock: string },
): Promise<boolean> {
  const [row] = await query(
    `WITH mark AS (
        INSERT INTO lane (name, n, at) VALUES ($1, $2, $3)
        ON CONFLICT (name) DO UPDATE SET n = excluded.n, at = excluded.at WHERE lane.n <> excluded.n RETURNING 1)
      SELECT (SELECT count(*) FROM mark) AS marked, ${lock}`,
    [lane.name, lane.n, Date.now()],
  );
  return row?.marked !== "0";
}
