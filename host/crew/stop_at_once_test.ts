import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { DatabaseSync } from "node:sqlite";
import { utf8, withBench } from "../_testing.ts";
import { runSink } from "./sink.ts";
import { openSqliteStore } from "./sqlite_store.ts";
import { stopAtOnce } from "./stop_at_once.ts";

const BODY = '{"id":"1","route":{"prev":["a"],"curr":"","next":[]},"payload":1}';

Deno.test("what cannot be recorded is given back, and comes again", async () => {
  await withBench({}, async ({ transport, folder, logger, nextLine }) => {
    const path = join(folder, "results.db");
    const failed = Promise.withResolvers<void>();
    const store = await openSqliteStore({ path, onFailure: () => failed.resolve() });
    const other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE");
    const sink = runSink({ transport, store, logger });
    await transport.publish([{ queue: "x-sink", body: utf8(BODY) }]);
    await failed.promise;
    const kept = nextLine("it is kept in its queue");
    await stopAtOnce([sink], { store, patienceMs: 1 });
    await kept;
    assertEquals((await transport.depth("x-sink")).leased, 0);
    other.exec("COMMIT");
    other.close();

    const again = await openSqliteStore({ path });
    const recorded = Promise.withResolvers<string>();
    const next = runSink({
      transport,
      store: again,
      logger,
      onRecorded: (_record, what) => recorded.resolve(what),
    });
    assertEquals(await recorded.promise, "new");
    await stopAtOnce([next], { store: again });
    assertEquals(await transport.depth("x-sink"), { ready: 0, delayed: 0, leased: 0 });
  });
});
