/**
 * A store of state by its address, as people write it in settings.
 *
 * @module
 */

import { UnknownStateError } from "./errors.ts";
import { openSqliteState } from "./sqlite_store.ts";
import type { StateOptions, StateStore } from "./store.ts";

/** A word of two letters or more before a colon: a path may begin with the letter of a drive. */
const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]+):/;

/**
 * Opens the store that an address names: a path or `sqlite:PATH`, `redis://…` or `rediss://…` (see `redis/address.ts`).
 *
 * @throws {UnknownStateError} when no store has that name, and the errors of the one that has it.
 */
export async function openState(address: string, options: StateOptions = {}): Promise<StateStore> {
  const [prefix, scheme] = SCHEME.exec(address) ?? [];
  if (scheme === "redis" || scheme === "rediss") {
    // Loaded only now: a laptop does not wait for a client that it does not use.
    const { openRedisState, parseRedisAddress } = await import("./redis/mod.ts");
    return await openRedisState({ address: parseRedisAddress(address), ...options });
  }
  const path = scheme === "sqlite" ? address.slice(prefix?.length) : address;
  if (path === "" || (scheme !== undefined && scheme !== "sqlite")) throw new UnknownStateError(scheme ?? "");
  return await openSqliteState({ path, ...options });
}

/**
 * An address without user and password, to be shown and logged.
 *
 * @example
 * ```ts
 * import { showState } from "@troupe/host/state/open_state";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(showState("rediss://me:secret@cache.example/2"), "rediss://cache.example/2");
 * ```
 */
export function showState(address: string): string {
  return address.replace(/^(\w+:\/\/).*@/s, "$1");
}
