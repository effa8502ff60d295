/**
 * State in a Redis server: for several hosts at once.
 *
 * How durable a write is, is the server's affair: `appendonly yes` with `appendfsync always` has each on disk before it is
 * acknowledged. {@linkcode StateStore.durability} says what it is.
 *
 * @module
 */

import { encodeHex } from "@std/encoding/hex";
import { CheckedStore } from "../checked_store.ts";
import { StateUnavailableError } from "../errors.ts";
import { STATE_LIMITS, STATE_PATIENCE_MS, type StateOptions, type StateStore } from "../store.ts";
import type { RedisAddress } from "./address.ts";
import { RedisBackend } from "./backend.ts";
import { RedisConnection } from "./connection.ts";
import { RedisSetupError } from "./errors.ts";
import { SCRIPT } from "./script.ts";
import { inspectServer } from "./server.ts";

export { parseRedisAddress, type RedisAddress } from "./address.ts";

/** What a server says to a user who may not do something, by itself or in a script. */
const DENIED = /NOPERM|user executing the script/;

/** Options of {@linkcode openRedisState}. */
export interface RedisStateOptions extends StateOptions {
  readonly address: RedisAddress;
}

/**
 * Opens state in a Redis server.
 *
 * @throws {RedisAddressError} when a file that the address names cannot be read.
 * @throws {RedisSetupError} when the server lets nobody in, or may throw away what is kept.
 * @throws {StateUnavailableError} when the server does not answer.
 */
export async function openRedisState(
  { address, limits, patienceMs = STATE_PATIENCE_MS }: RedisStateOptions,
): Promise<StateStore> {
  const bounds = { ...STATE_LIMITS, ...limits };
  const { namespace } = address;
  const sha1 = encodeHex(await crypto.subtle.digest("SHA-1", new TextEncoder().encode(SCRIPT)));
  const connection = await RedisConnection.open(address, { patienceMs });
  try {
    const durability = await inspectServer(connection);
    const backend = new RedisBackend(connection, { namespace, durability, sha1 });
    // So that what the user may not do is known now.
    await backend.get({ bucket: "-", key: "-" });
    return new CheckedStore(backend, bounds);
  } catch (error) {
    await connection.close();
    if (error instanceof StateUnavailableError && DENIED.test(error.message)) {
      const advice =
        `Give the user what it needs: ~${namespace}:state:* +@read +@write +@scripting +time +select +info +config|get`;
      throw new RedisSetupError(connection.name, `${error.message}. ${advice}`, { cause: error });
    }
    throw error;
  }
}
