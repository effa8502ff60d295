/**
 * A store of state by its address, as people write it in settings.
 *
 * @module
 */

import { schemeOf, sqlitePath } from "../address.ts";
import { UnknownStateError } from "./errors.ts";
import { openSqliteState } from "./sqlite_store.ts";
import type { StateOptions, StateStore } from "./store.ts";

/**
 * Opens the store that an address names: a path or `sqlite:PATH`, `redis://…` or `rediss://…` (see `redis/address.ts`).
 *
 * @throws {UnknownStateError} when no store has that name, and the errors of the one that has it.
 */
export async function openState(address: string, options: StateOptions = {}): Promise<StateStore> {
  const scheme = schemeOf(address);
  if (scheme === "redis" || scheme === "rediss") {
    // Loaded only now: a laptop does not wait for a client that it does not use.
    const { openRedisState, parseRedisAddress } = await import("./redis/mod.ts");
    return await openRedisState({ address: parseRedisAddress(address), ...options });
  }
  const path = sqlitePath(address);
  if (path === undefined) throw new UnknownStateError(scheme ?? "");
  return await openSqliteState({ path, ...options });
}
