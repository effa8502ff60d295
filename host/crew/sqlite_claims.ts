/**
 * Payloads that are too large to travel, in SQLite.
 *
 * @module
 */

import { sha256Of } from "./claim_check.ts";
import type { ClaimStore } from "./claims.ts";
import type { LetterFile } from "./sqlite_letters.ts";

/** What the version of the file that has claims adds to the one before. */
export const CLAIMS = `
CREATE TABLE claim (sha256 TEXT PRIMARY KEY, at INTEGER NOT NULL, payload BLOB NOT NULL) STRICT;
CREATE INDEX claim_at ON claim (at)`;

/** The claims of a store. */
export class SqliteClaims implements ClaimStore {
  readonly #file: LetterFile;

  /** @param file The store's. */
  constructor(file: LetterFile) {
    this.#file = file;
  }

  async put(payload: Uint8Array, { now }: { readonly now: number }): Promise<string> {
    const sha256 = await sha256Of(payload);
    await this.#file.write(() => {
      const known = this.#file.prepare("UPDATE claim SET at = max(at, ?) WHERE sha256 = ?").run(now, sha256);
      if (known.changes > 0) return;
      this.#file.prepare("INSERT INTO claim (sha256, at, payload) VALUES (?, ?, ?)").run(
        sha256,
        now,
        payload,
      );
    });
    return sha256;
  }

  get(sha256: string): Promise<Uint8Array | undefined> {
    return this.#file.read(() =>
      this.#file.prepare("SELECT payload FROM claim WHERE sha256 = ?").get(sha256)?.payload as
        | Uint8Array
        | undefined
    );
  }

  forget(before: number): Promise<number> {
    return this.#file.write(() =>
      Number(this.#file.prepare("DELETE FROM claim WHERE at < ?").run(before).changes)
    );
  }
}
