/**
 * What it costs to record results: as x-sink does, one by one with many in hand, and in batches; each commit is synced to
 * disk.
 *
 * @module
 */

import { openStore } from "@troupe/host/crew/open_store";
import type { CrewStore, ResultRecord } from "@troupe/host/crew/store";
import { lacksPostgres, PostgresServer } from "@troupe/tests/servers/postgres";
import { join } from "@std/path";
import { perSecond, type Row } from "./table.ts";

/** Results to be recorded in one measurement. */
const RESULTS = 20_000;
/** Results in one call, where they come in batches. */
const BATCH = 1_000;
/** Deliveries that x-sink has in hand. */
const IN_HAND = 256;

/** Measures each store that this machine has. */
export async function benchStores(folder: string): Promise<Row[]> {
  const rows = await benchStore(join(folder, "bench_results.db"), "SQLite");
  if (lacksPostgres()) return rows;
  const server = await PostgresServer.start();
  try {
    return [...rows, ...await benchStore(server.address(), "Postgres, on this machine")];
  } finally {
    await server.stop();
  }
}

async function benchStore(address: string, name: string): Promise<Row[]> {
  const store = await openStore(address);
  try {
    const singly = await timed(() => recordSingly(store));
    const batched = await timed(() => recordBatches(store));
    return [
      { what: `${name}, one by one, ${IN_HAND} in hand`, value: perSecond(RESULTS, singly) },
      { what: `${name}, ${BATCH.toLocaleString("en")} a call`, value: perSecond(RESULTS, batched) },
    ];
  } finally {
    await store.close();
  }
}

async function recordSingly(store: CrewStore): Promise<void> {
  let next = 0;
  const hand = async () => {
    while (next < RESULTS) await store.recordResults([result(`one-${next++}`)]);
  };
  await Promise.all(Array.from({ length: IN_HAND }, hand));
}

async function recordBatches(store: CrewStore): Promise<void> {
  for (let n = 0; n < RESULTS; n += BATCH) {
    await store.recordResults(Array.from({ length: BATCH }, (_, i) => result(`batch-${n + i}`)));
  }
}

async function timed(run: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await run();
  return performance.now() - started;
}

function result(id: string): ResultRecord {
  return {
    id,
    root: id,
    phase: "succeeded",
    reason: "",
    actor: "a",
    route: '{"prev":["a"],"curr":"","next":[]}',
    headers: "{}",
    status: '{"phase":"succeeded","actor":"a","attempt":1}',
    payload: JSON.stringify({ text: "x".repeat(1000) }),
    error: "",
    replay: 0,
    arrivedAt: Date.now(),
  };
}
