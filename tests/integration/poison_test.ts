// One envelope that kills every host that takes it, among a hundred that do no harm.

import { assert, assertEquals } from "@std/assert";
import { openSqliteStore } from "@troupe/host/crew/sqlite_store";
import { runSink } from "@troupe/host/crew/sink";
import type { Recorded } from "@troupe/host/crew/store";
import { runSump } from "@troupe/host/crew/sump";
import { createLogger } from "@troupe/host/observe/logs";
import { openTransport } from "@troupe/host/transport/open";
import { fromFileUrl, join } from "@std/path";
import { lacksRabbitmq, RabbitmqServer } from "../servers/rabbitmq.ts";

const HOST = fromFileUrl(new URL("./_mortal_host.ts", import.meta.url));
const NEIGHBOURS = 100;

const envelope = (id: string) =>
  new TextEncoder().encode(JSON.stringify({ id, route: { prev: [], curr: "a", next: [] }, payload: id }));

/** What it comes to on a transport: the harmless ones in results, the other dead, and how many hosts that took. */
async function poisoned(
  address: string,
  folder: string,
): Promise<{ results: number; dead: string[]; hosts: number }> {
  const transport = await openTransport(address);
  const store = await openSqliteStore({ path: join(folder, "results.db") });
  const logger = createLogger({ format: "json", level: "error" });
  await transport.declare(["a", "x-sink", "x-sump"]);
  let ends = 0;
  const all = Promise.withResolvers<void>();
  // A host that is killed after it has published, and before it has acknowledged, makes a repeat.
  const onRecorded = (_: unknown, recorded: Recorded) => {
    if (recorded === "new" && ++ends > NEIGHBOURS) all.resolve();
  };
  const crew = [
    runSink({ transport, store, logger, onRecorded }),
    runSump({ transport, store, logger, onRecorded }),
  ];
  try {
    const ids = Array.from({ length: NEIGHBOURS }, (_, i) => `harmless-${i}`);
    ids.splice(NEIGHBOURS / 2, 0, "poison");
    await transport.publish(ids.map((id) => ({ queue: "a", body: envelope(id) })));
    for (let hosts = 1;; hosts++) {
      const host = new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", HOST, address],
        stdin: "null",
      }).spawn();
      const survived = await Promise.race([all.promise.then(() => true), host.status.then(() => false)]);
      if (!survived) continue;
      host.kill("SIGTERM");
      await host.status;
      const { results } = await store.counts();
      const { items } = await store.dead();
      return { results, dead: items.map(({ id, reason }) => `${id} ${reason}`), hosts };
    }
  } finally {
    for (const member of crew) await member.stop();
    await transport.close();
    await store.close();
  }
}

/** Fewer hosts than these would be no verdict; a host that is lost while it moves the envelope makes one more of them. */
const FEWEST_HOSTS = 5;

/** The same on every transport. */
async function isFoundOut(addressIn: (folder: string) => string): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "troupe_poison_" });
  try {
    const { results, dead, hosts } = await poisoned(addressIn(folder), folder);
    assertEquals({ results, dead }, { results: NEIGHBOURS, dead: ["poison troupe.Poison"] });
    assert(hosts > FEWEST_HOSTS, `${hosts} hosts were enough`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("embedded: an envelope that kills its hosts ends in x-sump, and its neighbours in results", async () => {
  await isFoundOut((folder) => `embedded:${join(folder, "mesh.db")}`);
});

if (!lacksRabbitmq()) {
  const server = await RabbitmqServer.start();
  Deno.test.afterAll(() => server.stop());

  Deno.test("RabbitMQ: an envelope that kills its hosts ends in x-sump, and its neighbours in results", async () => {
    await isFoundOut(() => server.address());
  });
}
