import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { envelopeText } from "../_host_testing.ts";
import { utf8, withBench } from "../_testing.ts";
import { runJoin } from "./join.ts";
import { runPause } from "./pause.ts";
import { runSink } from "./sink.ts";
import { openSqliteStore } from "./sqlite_store.ts";

const HEADERS = {
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  "x-troupe-root": "0",
};
const FIELDS = ["1", "0", "0af7651916cd43dd8448eb211c80319c"];
const text = (more: Record<string, unknown>) => utf8(envelopeText("1", { headers: HEADERS, ...more }));

for (
  const [member, run, bodies, line] of [
    ["x-sink", runSink, [text({ payload: 1 }), text({ payload: 2 })], "another result"],
    ["x-pause", runPause, [text({})], "cannot be paused"],
    ["x-join", runJoin, [text({})], "cannot be joined"],
  ] as const
) {
  Deno.test(`what ${member} says of an envelope names it, its submission and its trace`, async () => {
    await withBench({ queues: [member, "x-sump"] }, async ({ transport, logger, folder, nextLine }) => {
      const store = await openSqliteStore({ path: join(folder, "results.db") });
      const crew = run({ transport, logger, store });
      const said = nextLine(line);
      await transport.publish(bodies.map((body) => ({ queue: member, body })));
      const { id, root, trace_id } = await said;
      assertEquals([id, root, trace_id], FIELDS);
      await crew.stop();
      await store.close();
    });
  });
}
