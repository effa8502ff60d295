/**
 * Databases for tests, on one server for each file of tests.
 *
 * @module
 */

import { PostgresServer } from "@troupe/tests/servers/postgres";
import type { StoreHarness } from "../_store_harness_testing.ts";
import type { CrewStore } from "../store.ts";
import { openPostgresStore, parsePostgresAddress } from "./mod.ts";

let shared: Promise<PostgresServer> | undefined;
let schemas = 0;

/** The server of this file of tests; it ends with the process. */
export function sharedServer(): Promise<PostgresServer> {
  return shared ??= PostgresServer.start();
}

/** Address of a place for tables that is empty, on the shared server. */
export async function freshAddress(): Promise<string> {
  return (await sharedServer()).address("postgres", { schema: `test_${++schemas}` });
}

/** Makes a store that is empty. */
export async function startDatabase(): Promise<StoreHarness> {
  const address = await freshAddress();
  const opened: CrewStore[] = [];
  return {
    async open() {
      const store = await openPostgresStore({ address: parsePostgresAddress(address, () => undefined) });
      opened.push(store);
      return store;
    },
    async close() {
      for (const store of opened) await store.close();
    },
  };
}
