/**
 * What was sent under which idempotency key.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { encodeHex } from "@std/encoding/hex";
import { TroupeError } from "@troupe/host/errors";

/** An idempotency key was used before, for something else. */
export class KeyReusedError extends TroupeError {
  constructor(key: string) {
    super(
      "troupe.KeyReused",
      "user",
      `The key ${JSON.stringify(key)} was used before for another payload, route or headers: ` +
        `send what was sent then, or take another key`,
    );
  }
}

/** The keys of a mesh on one machine, in a SQLite file. Several processes may use it at once. */
export class KeyBook {
  readonly #db: DatabaseSync;

  /** @param path The file; it is made if it does not exist. */
  constructor(path: string) {
    this.#db = new DatabaseSync(path);
    this.#db.exec(`
      PRAGMA busy_timeout = 10000;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      CREATE TABLE IF NOT EXISTS keys (
        key TEXT PRIMARY KEY, body_sha256 TEXT NOT NULL, sent INTEGER NOT NULL DEFAULT 0
      ) STRICT`);
  }

  /**
   * Notes what a key stands for, before it is sent.
   *
   * @param body What must be the same whenever the key is used again.
   * @returns Whether it has been sent already and need not be sent again.
   * @throws {KeyReusedError} when the key stands for something else.
   */
  async claim(key: string, body: string): Promise<boolean> {
    const sha256 = encodeHex(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(body)));
    this.#db.prepare("INSERT INTO keys (key, body_sha256) VALUES (?, ?) ON CONFLICT DO NOTHING").run(
      key,
      sha256,
    );
    const row = this.#db.prepare("SELECT body_sha256, sent FROM keys WHERE key = ?").get(key);
    if (row?.body_sha256 !== sha256) throw new KeyReusedError(key);
    return row.sent === 1;
  }

  /** Notes that it is safe in its queue. */
  sent(key: string): void {
    this.#db.prepare("UPDATE keys SET sent = 1 WHERE key = ?").run(key);
  }

  /** Closes the file. */
  close(): void {
    this.#db.close();
  }
}
