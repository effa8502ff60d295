// A store under test, whichever it is, and tests that each run on an empty one.

import { join } from "@std/path";
import { openSqliteStore } from "./sqlite_store.ts";
import type { CrewStore } from "./store.ts";

/** One database on which stores can be opened, as several processes do. */
export interface StoreHarness {
  /** Opens another store on the same database. */
  open(): Promise<CrewStore>;
  /** Takes everything away; stores that are still open are closed before. */
  close(): Promise<void>;
}

/** Makes an empty database in SQLite. */
export async function startSqlite(): Promise<StoreHarness> {
  const folder = await Deno.makeTempDir({ prefix: "troupe_store_" });
  const opened: CrewStore[] = [];
  return {
    async open() {
      const store = await openSqliteStore({ path: join(folder, "results.db") });
      opened.push(store);
      return store;
    },
    async close() {
      for (const store of opened) await store.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/**
 * What registers a test on a database of its own.
 *
 * @param name What the names of the tests begin with.
 * @param start Makes a database that is empty.
 */
export function testsOn(name: string, start: () => Promise<StoreHarness>) {
  return (what: string, run: (store: CrewStore, harness: StoreHarness) => Promise<void>) =>
    Deno.test(`${name}: ${what}`, async () => {
      const harness = await start();
      try {
        await run(await harness.open(), harness);
      } finally {
        await harness.close();
      }
    });
}
