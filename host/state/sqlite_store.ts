/**
 * State in one SQLite file: for the processes of one machine. Each write is on disk when its promise resolves.
 *
 * @module
 */

import { openSqliteFile } from "../sqlite/file.ts";
import { CheckedStore } from "./checked_store.ts";
import { SqliteBackend } from "./sqlite_backend.ts";
import { STATE_SCHEMA } from "./sqlite_schema.ts";
import { STATE_LIMITS, STATE_PATIENCE_MS, type StateOptions, type StateStore } from "./store.ts";

/** Options of {@linkcode openSqliteState}. */
export interface SqliteStateOptions extends StateOptions {
  /** The file; made if it does not exist. */
  readonly path: string;
  /** What the time is, in milliseconds. @default Date.now */
  readonly now?: () => number;
}

/**
 * Opens state in a file.
 *
 * @throws {SqliteFileError} when the file cannot serve.
 *
 * @example
 * ```ts
 * import { openSqliteState } from "@troupe/host/state/sqlite_store";
 * import { assertEquals } from "@std/assert";
 *
 * const store = await openSqliteState({ path: ":memory:" });
 * const carts = store.bucket("carts");
 * const value = new TextEncoder().encode("[]");
 * const version = await carts.set("of-ann", value);
 * assertEquals((await carts.swap("of-ann", { expected: version, value })).ok, true);
 * assertEquals((await carts.swap("of-ann", { expected: version, value })).ok, false);
 * await store.close();
 * ```
 */
export function openSqliteState(
  { path, limits, patienceMs = STATE_PATIENCE_MS, now = Date.now }: SqliteStateOptions,
): Promise<StateStore> {
  const bounds = { ...STATE_LIMITS, ...limits };
  return Promise.resolve().then(() => {
    const db = openSqliteFile(path, STATE_SCHEMA);
    return new CheckedStore(new SqliteBackend(db, { path, patienceMs, now }), bounds);
  });
}
