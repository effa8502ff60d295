import { join } from "@std/path";
import { testConcurrency } from "./concurrency_conformance.ts";
import { testClaims } from "./claims_conformance.ts";
import { testControls } from "./controls_conformance.ts";
import { testExpiry } from "./expiry_conformance.ts";
import { testLetters } from "./letters_conformance.ts";
import type { WaitingHarness } from "./parking_conformance.ts";
import { openSqliteStore } from "./sqlite_store.ts";
import type { CrewStore } from "./store.ts";
import { testRecords } from "./store_conformance.ts";

async function start(): Promise<WaitingHarness> {
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

for (const run of [testRecords, testLetters, testConcurrency, testExpiry, testControls, testClaims]) {
  run("SQLite", start);
}
