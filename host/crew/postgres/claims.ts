/**
 * Payloads that are too large to travel, in Postgres.
 *
 * @module
 */

import { sha256Of } from "../claim_check.ts";
import type { ClaimStore } from "../claims.ts";
import type { Database } from "./database.ts";

/** The table. */
export const CLAIMS = `
CREATE TABLE claim (
  sha256 text PRIMARY KEY,
  at bigint NOT NULL,
  payload bytea NOT NULL
);
CREATE INDEX claim_at ON claim (at)`;

/** The claims of a store. */
export class PostgresClaims implements ClaimStore {
  readonly #database: Database;

  /** @param database The store's. */
  constructor(database: Database) {
    this.#database = database;
  }

  async put(payload: Uint8Array, { now }: { readonly now: number }): Promise<string> {
    const sha256 = await sha256Of(payload);
    await this.#database.write(async (query) => {
      const known = await query("UPDATE claim SET at = greatest(at, $1) WHERE sha256 = $2 RETURNING 1", [
        now,
        sha256,
      ]);
      if (known.length > 0) return;
      await query(
        `INSERT INTO claim (sha256, at, payload) VALUES ($1, $2, $3)
          ON CONFLICT (sha256) DO UPDATE SET at = greatest(claim.at, excluded.at)`,
        [sha256, now, payload],
      );
    }, "none");
    return sha256;
  }

  async get(sha256: string): Promise<Uint8Array | undefined> {
    const [row] = await this.#database.read((query) =>
      query("SELECT payload FROM claim WHERE sha256 = $1", [sha256])
    );
    return row?.payload as Uint8Array | undefined;
  }

  async forget(before: number): Promise<number> {
    return await this.#database.write(
      async (query) => (await query("DELETE FROM claim WHERE at < $1 RETURNING 1", [before])).length,
      "none",
    );
  }
}
