import { join } from "@std/path";
import { testJoining } from "./joining_conformance.ts";
import { testParking, type WaitingHarness } from "./parking_conformance.ts";
import { openSqliteStore } from "./sqlite_store.ts";
import type { CrewStore } from "./store.ts";

async function start(): Promise<WaitingHarness> {
  const folder = await Deno.makeTempDir({ prefix: "troupe_waiting_" });
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

testParking("SQLite", start);
testJoining("SQLite", start);
