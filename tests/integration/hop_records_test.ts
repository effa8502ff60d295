// What `trace` shows in a cluster: x-sink writes down which hops there were, once, however many replicas of it there are.

import { assertEquals } from "@std/assert";
import { openStore } from "@troupe/host/crew/open_store";
import { HOP_TOPIC, hopRecord } from "@troupe/host/hop_record";
import { openTransport } from "@troupe/host/transport/open";
import { join } from "@std/path";
import { MainProcess } from "../../host/_main_process_testing.ts";
import { unlessStuck } from "../../host/_testing.ts";
import { eventually } from "./_waiting_mesh.ts";

Deno.test("two replicas of x-sink hear of a hop, and a trace has it once", async () => {
  const folder = await Deno.makeTempDir({ prefix: "troupe-hops-" });
  const address = `embedded:${join(folder, "mesh.db")}`;
  const results = join(folder, "results.db");
  try {
    await using processes = new AsyncDisposableStack();
    const sinks = ["x-sink", "x-sink"].map((name) =>
      processes.use(new MainProcess([name, "--transport", address, "--store", results]))
    );
    await unlessStuck((async () => {
      await Promise.all(sinks.map((process) => process.line("it runs")));
      const transport = await openTransport(address, { name: "test" });
      const store = await openStore(results);
      const envelope = { id: "1", route: { prev: [], curr: "judge", next: [] }, payload: "1", extra: [] };
      const tell = (host: string) => {
        const done = { actor: "judge", startedAt: 10, finishedAt: 12, verdict: "finished" as const, host };
        const record = hopRecord(envelope, { ...done, sent: [{ id: "1", to: "x-sink" }] });
        transport.broadcast(HOP_TOPIC, new TextEncoder().encode(JSON.stringify(record)));
      };
      // Whoever does not listen yet hears nothing: it is told until it has been heard.
      const toldUntil = async (host: string, hops: number) =>
        await eventually(`the hop on ${host}`, async () => {
          tell(host);
          return (await store.hops("1")).length >= hops || undefined;
        });
      await toldUntil("a", 1);
      // Both have heard of the first once they have written the second, which they hear of after it.
      await toldUntil("b", 2);
      for (const process of sinks) process.kill("SIGTERM");
      await Promise.all(sinks.map((process) => process.end()));
      assertEquals((await store.hops("1")).map(({ host }) => host), ["a", "b"]);
      await store.close();
      await transport.close();
    })());
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
