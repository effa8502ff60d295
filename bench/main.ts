/**
 * `deno task bench`: what the mesh costs on this machine. Nothing here is asserted; compare rows of one run.
 *
 * @module
 */

import { openTransport } from "@troupe/host/transport/open";
import { lacksRabbitmq, RabbitmqServer } from "@troupe/tests/servers/rabbitmq";
import { join } from "@std/path";
import { buildBenchActors } from "./actors.ts";
import { benchColdStart } from "./cold_start.ts";
import { benchHostCalls } from "./host_calls.ts";
import { benchHops } from "./hops.ts";
import { benchCalls } from "./calls.ts";
import { benchDeadline } from "./deadline.ts";
import { benchRabbitmq } from "./rabbitmq.ts";
import { benchStores } from "./stores.ts";
import { machine, printTable } from "./table.ts";
import { benchTransport, IN_FLIGHT } from "./transport.ts";

const folder = await Deno.makeTempDir({ prefix: "troupe_bench_" });
try {
  console.log(machine());
  console.log(`state in ${folder}`);
  const actors = await buildBenchActors(join(folder, "actors"));
  const cacheDir = join(folder, "cache");

  const transport = await openTransport(`embedded:${join(folder, "transport.db")}`);
  printTable("Transport", [await benchTransport(transport)]);
  await transport.close();

  printTable("Results recorded, 1 kB each", await benchStores(folder));
  printTable("One call in a stage, one at a time (p50 / p99)", await benchCalls(actors, cacheDir));
  printTable("A guest's calls to its host", await benchHostCalls(folder));
  printTable("From an actor's deadline on (p50 / p99)", await benchDeadline(folder, cacheDir));
  printTable("Hops through the mesh, embedded transport", await benchHops(actors, { cacheDir, folder }));
  if (!lacksRabbitmq()) {
    const server = await RabbitmqServer.start();
    try {
      const { rates, idle } = await benchRabbitmq(server, { actors, cacheDir });
      printTable(`RabbitMQ, quorum queues, ${IN_FLIGHT} in flight`, rates);
      printTable("RabbitMQ, an idle hop (p50 / p99)", idle);
    } finally {
      await server.stop();
    }
  }
  printTable("From the launch of a process to the end of its first hop (p50 / p99)", [
    await benchColdStart(actors, { cacheDir, folder }),
  ]);
} finally {
  await Deno.remove(folder, { recursive: true });
}
