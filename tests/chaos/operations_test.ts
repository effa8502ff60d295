// Retries, delays, slices that end under way, fan-outs in fan-outs that are joined, pauses that are answered and payloads
// that are too large to travel, in one mesh, while everything is killed at random: what was submitted comes to its one end,
// and every join is complete exactly once. TROUPE_OPERATIONS says how many; 50,000 take half an hour.

import { assert, assertEquals } from "@std/assert";
import { lacksPostgres, PostgresServer } from "../servers/postgres.ts";
import { lacksRabbitmq, RabbitmqServer } from "../servers/rabbitmq.ts";
import { EmbeddedOperations } from "./operations_embedded.ts";
import { RabbitmqOperations } from "./operations_rabbitmq.ts";
import { type OperationsMesh, runOperationsChaos } from "./operations_run.ts";
import { chooseSeed } from "./random.ts";

const EVEN = { missing: [], wrong: [], conflicts: [], dead: [], joins: [], waiting: [], left: [] };

interface Load<Fault extends string> {
  /** Unless TROUPE_OPERATIONS says otherwise; what is more brings more faults. */
  readonly envelopes: number;
  readonly faults: Readonly<Partial<Record<Fault, number>>>;
}

async function run<Fault extends string>(
  makeMesh: (folder: string) => OperationsMesh<Fault> | Promise<OperationsMesh<Fault>>,
  load: Load<Fault>,
): Promise<void> {
  const seed = chooseSeed();
  const envelopes = Number(Deno.env.get("TROUPE_OPERATIONS") ?? load.envelopes);
  const more = Math.max(1, envelopes / load.envelopes / 5);
  const faults = Object.fromEntries(
    Object.entries<number | undefined>(load.faults).map((
      [fault, times = 0],
    ) => [fault, Math.round(times * more)]),
  ) as Partial<Record<Fault, number>>;
  console.log(`TROUPE_SEED=${seed}`);
  const folder = await Deno.makeTempDir({ prefix: "troupe_operations_" });
  try {
    const started = performance.now();
    const { account, ...report } = await runOperationsChaos(await makeMesh(folder), {
      envelopes,
      faults,
      seed,
    });
    const seconds = Math.round((performance.now() - started) / 1000);
    console.log(`${envelopes} envelopes, ${seconds} s: ${JSON.stringify(report)}`);
    assertEquals(account, EVEN);
    const { done, answered: [found, expected], claims, ended } = report;
    assertEquals(found, expected);
    assertEquals(Object.keys(done).toSorted(), Object.keys(faults).toSorted());
    assert(claims > 0 && ended > 0, "not everything happened that is to be tried");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("chaos: retries, joins, pauses and claims, and every end is there once", () =>
  run((folder) => new EmbeddedOperations(folder), {
    envelopes: 1_500,
    faults: { up: 6, child: 5, both: 5 },
  }));

if (!lacksRabbitmq() && !lacksPostgres()) {
  Deno.test("chaos on RabbitMQ: retries, joins, pauses and claims, and every end is there once", async () => {
    await using servers = new AsyncDisposableStack();
    const [broker, database] = await Promise.all([RabbitmqServer.start(), PostgresServer.start()]);
    servers.defer(() => broker.stop());
    servers.defer(() => database.stop());
    await run(
      (folder) => RabbitmqOperations.make({ broker, database, folder }),
      { envelopes: 400, faults: { host: 6, child: 3, broker: 1 } },
    );
  });
}
