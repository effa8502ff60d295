/**
 * A store by its address, as people write it in settings.
 *
 * @module
 */

import { TroupeError } from "../errors.ts";
import { openSqliteStore } from "./sqlite_store.ts";
import type { CrewStore } from "./store.ts";

/** An address that names no store. */
export class UnknownStoreError extends TroupeError {
  constructor(address: string) {
    // No more of it is repeated: it can hold a password.
    const name = address.split(":")[0] ?? "";
    super(
      "troupe.UnknownStore",
      "user",
      `No store is called ${JSON.stringify(name)}: write FILE or sqlite:FILE, FILE being a SQLite file, ` +
        "or postgres://USER@HOST:PORT/DATABASE",
    );
  }
}

/** Options of {@linkcode openStore}. */
export interface OpenStoreOptions {
  /** Told of each write that failed and will be tried again. @default nothing is done */
  readonly onFailure?: (error: unknown) => void;
}

/** A word of two letters or more before a colon: a path may begin with the letter of a drive. */
const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]+):/;

/**
 * Opens the store that an address names: a path or `sqlite:PATH`, or `postgres://…` (see `postgres/address.ts`).
 *
 * @throws {UnknownStoreError} when no store has that name, and the errors of the one that has it.
 */
export async function openStore(address: string, options: OpenStoreOptions = {}): Promise<CrewStore> {
  const [prefix, scheme] = SCHEME.exec(address) ?? [];
  if (scheme === "postgres" || scheme === "postgresql") {
    // Loaded only now: a laptop does not wait for a client that it does not use.
    const { openPostgresStore, parsePostgresAddress } = await import("./postgres/mod.ts");
    return await openPostgresStore({ address: parsePostgresAddress(address), ...options });
  }
  const path = scheme === "sqlite" ? address.slice(prefix?.length) : address;
  if (path === "" || (scheme !== undefined && scheme !== "sqlite")) throw new UnknownStoreError(address);
  return await openSqliteStore({ path, ...options });
}

/**
 * Whether an address names a file of this machine.
 *
 * @example
 * ```ts
 * import { isStoreFile } from "@troupe/host/crew/open_store";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(["a/results.db", "sqlite:results.db", "postgres://me@db/mesh"].map(isStoreFile), [true, true, false]);
 * ```
 */
export function isStoreFile(address: string): boolean {
  const [, scheme] = SCHEME.exec(address) ?? [];
  return scheme === undefined || scheme === "sqlite";
}

/**
 * An address without user and password, to be shown and logged.
 *
 * @example
 * ```ts
 * import { showStore } from "@troupe/host/crew/open_store";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(showStore("postgres://me:secret@db.example/shop"), "postgres://db.example/shop");
 * ```
 */
export function showStore(address: string): string {
  return address.replace(/^(\w+:\/\/).*@/s, "$1");
}
