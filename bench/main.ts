/**
 * `deno task bench`: what the mesh costs on this machine; `deno task bench SECTION…`: only some of it. Nothing here is
 * asserted; compare rows of one run.
 *
 * @module
 */

import { openTransport } from "@troupe/host/transport/open";
import { lacksRabbitmq, RabbitmqServer } from "@troupe/tests/servers/rabbitmq";
import { lacksKeda } from "../tests/cluster/binary.ts";
import { join } from "@std/path";
import { buildBenchActors } from "./actors.ts";
import { benchColdStart } from "./cold_start.ts";
import { benchHostCalls } from "./host_calls.ts";
import { benchLanguages } from "./languages.ts";
import { benchHostile } from "./hostile.ts";
import { benchHops } from "./hops.ts";
import { benchCalls } from "./calls.ts";
import { benchDeadline } from "./deadline.ts";
import { benchController } from "./controller/mod.ts";
import { benchRabbitmq } from "./rabbitmq.ts";
import { benchScaling } from "./scaling.ts";
import { benchStores } from "./stores.ts";
import { machine, printTable } from "./table.ts";
import { benchTransport, IN_FLIGHT } from "./transport.ts";

const folder = await Deno.makeTempDir({ prefix: "troupe_bench_" });
const cacheDir = join(folder, "cache");
let actors: ReturnType<typeof buildBenchActors> | undefined;
const built = () => actors ??= buildBenchActors(join(folder, "actors"));

/** In this order. */
const SECTIONS: Readonly<Record<string, () => Promise<void>>> = {
  async transport() {
    const transport = await openTransport(`embedded:${join(folder, "transport.db")}`);
    printTable("Transport", [await benchTransport(transport)]);
    await transport.close();
  },
  async stores() {
    printTable("Results recorded, 1 kB each", await benchStores(folder));
  },
  async calls() {
    printTable("One call in a stage, one at a time (p50 / p99)", await benchCalls(await built(), cacheDir));
  },
  async languages() {
    const { builds, calls, bare, memory } = await benchLanguages(join(folder, "languages"), cacheDir);
    printTable("A new actor's build: the first, and again after a change; its component", builds);
    printTable("One call of it in a stage, one at a time (p50 / p99)", calls);
    printTable("The same without the way to the sandbox and back, restored (p50)", bare);
    printTable("Resident memory of a sandbox with one instance", memory);
  },
  async "host-calls"() {
    printTable("A guest's calls to its host", await benchHostCalls(folder));
  },
  async deadline() {
    printTable("From an actor's deadline on (p50 / p99)", await benchDeadline(folder, cacheDir));
  },
  async hostile() {
    const { families, slowest } = await benchHostile();
    printTable("From an attack to its end, without the time that it is granted (p50 / slowest)", families);
    printTable("The slowest attacks (p50 / slowest)", slowest);
  },
  async hops() {
    const rows = await benchHops(await built(), { cacheDir, folder });
    printTable("Hops through the mesh, embedded transport", rows);
  },
  async rabbitmq() {
    if (lacksRabbitmq()) return;
    const server = await RabbitmqServer.start();
    try {
      const { rates, idle } = await benchRabbitmq(server, { actors: await built(), cacheDir });
      printTable(`RabbitMQ, quorum queues, ${IN_FLIGHT} in flight`, rates);
      printTable("RabbitMQ, an idle hop (p50 / p99)", idle);
    } finally {
      await server.stop();
    }
  },
  async controller() {
    for await (const { title, rows } of benchController()) printTable(title, rows);
  },
  async scaling() {
    if (await lacksKeda() || lacksRabbitmq()) return;
    const rows = await benchScaling();
    printTable("Replicas of an actor; KEDA looks every second, the autoscaler every 2 (p50 of 3)", rows);
  },
  async "cold-start"() {
    printTable("From the launch of a process to the end of its first hop (p50 / p99)", [
      await benchColdStart(await built(), { cacheDir, folder }),
    ]);
  },
};

try {
  const wanted = Deno.args.length > 0 ? Deno.args : Object.keys(SECTIONS);
  const unknown = wanted.filter((name) => !Object.hasOwn(SECTIONS, name));
  if (unknown.length > 0) {
    throw new Error(
      `no section is called ${unknown.join(", ")}: there are ${Object.keys(SECTIONS).join(", ")}`,
    );
  }
  console.log(machine());
  console.log(`state in ${folder}`);
  for (const name of wanted) await SECTIONS[name]?.();
} finally {
  await Deno.remove(folder, { recursive: true });
}
