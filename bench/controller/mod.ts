/**
 * The controller with many actors, on a real API server and a real broker: how long they take to be ready, what it costs
 * while nothing happens, and what happens when something does. `TROUPE_BENCH_ACTORS` says how many (1,000),
 * `TROUPE_BENCH_MINUTES` for how long nothing happens (10).
 *
 * API server, broker and all the rest share the processors of this machine with the controller: the rows of seconds say who
 * used how much.
 *
 * @module
 */

import { lacksControlPlane } from "../../tests/cluster/binary.ts";
import { lacksRabbitmq } from "@troupe/tests/servers/rabbitmq";
import { meter, residentBytes } from "../cpu.ts";
import { quantile, type Row } from "../table.ts";
import { BenchCluster } from "./cluster.ts";
import { Crowd, has } from "./crowd.ts";
import { type Calls, callsOf, summary } from "./calls.ts";

const ACTORS = Number(Deno.env.get("TROUPE_BENCH_ACTORS") ?? 1_000);
const MINUTES = Number(Deno.env.get("TROUPE_BENCH_MINUTES") ?? 10);
/** Changes of one actor, one after another, while nothing else happens. */
const CHANGES = 20;
/** How often the acting replica is killed. */
const KILLS = 3;
/** For how long the broker is away, in milliseconds. */
const AWAY_MS = 60_000;

/** A table. */
export interface Table {
  readonly title: string;
  readonly rows: readonly Row[];
}

/** Measures, and gives each table as soon as it is known. */
export async function* benchController(): AsyncGenerator<Table> {
  if (await lacksControlPlane() || lacksRabbitmq()) return;
  await using cluster = await BenchCluster.start();
  await using crowd = new Crowd(cluster.client, await cluster.control.makeNamespace());
  await cluster.startController("first");
  const title = `${ACTORS} actors, in one namespace`;
  yield { title: `${title}: from their creation until all are ready`, rows: await creation(cluster, crowd) };
  yield { title: `${title}: one of them is changed`, rows: await changes(cluster, crowd) };
  yield { title: `${title}: the acting replica is killed, or ends`, rows: await successions(cluster, crowd) };
  yield { title: `${title}: nothing happens`, rows: await quiet(cluster) };
  yield { title: `${title}: what goes wrong for all of them`, rows: await troubles(cluster, crowd) };
}

async function creation(cluster: BenchCluster, crowd: Crowd): Promise<Row[]> {
  const measured = await measure(cluster, async () => {
    const created = crowd.create("a", ACTORS);
    const queued = crowd.until(ACTORS, has("QueueReady", "True")).then(() => performance.now());
    await crowd.until(ACTORS, has("Ready", "True"));
    await created;
    return { queued: await queued };
  });
  const { begun, ms, value, calls } = measured;
  return [
    {
      what: "all ready",
      value: seconds(ms),
      note: "without pods, as there is nothing to do; KEDA's part is said at once",
    },
    { what: "all queues declared and said to be", value: seconds(value.queued - begun) },
    {
      what: "all objects made",
      value: seconds(cluster.keda.last - begun),
      note: "the last ScaledObject is there",
    },
    ...costs(measured),
    { what: "calls for an actor", value: perActor(calls), note: summary(calls, ACTORS) },
  ];
}

async function changes(cluster: BenchCluster, crowd: Crowd): Promise<Row[]> {
  await cluster.caughtUp(0);
  const alone: number[] = [];
  for (let n = 0; n < CHANGES; n++) alone.push(await crowd.change("a-0", { scaling: { max: 3 + n } }));
  // A start looks at all of them, as the net of every ten minutes does.
  const busy: number[] = [];
  for (let n = 0; n < KILLS; n++) {
    await cluster.controller.stop();
    await cluster.startController(`again-${n}`);
    busy.push(await crowd.change(`a-${ACTORS - 1}`, { scaling: { max: 3 + n } }));
    await cluster.caughtUp(ACTORS);
  }
  return [
    {
      what: "until its status says so, while nothing else happens (p50 / slowest)",
      value: halfAndMost(alone),
    },
    { what: "the same, as soon as a replica acts that has to look at all of them", value: halfAndMost(busy) },
  ];
}

async function successions(cluster: BenchCluster, crowd: Crowd): Promise<Row[]> {
  await cluster.controller.stop();
  const restarted = await measure(cluster, async () => {
    await cluster.startController("restarted");
    await cluster.caughtUp(ACTORS);
  });
  const takeovers: number[] = [];
  for (let n = 0; n < KILLS; n++) {
    const next = await cluster.replica(`next-${n}`);
    await cluster.caughtUp(0);
    const begun = performance.now();
    await cluster.controller.kill9();
    cluster.take(next);
    await crowd.change(`a-${n}`, { scaling: { max: 50 + n } });
    takeovers.push(performance.now() - begun);
  }
  return [
    {
      what: "from a start until it has looked at all",
      value: seconds(restarted.ms),
      note: "its own start included",
    },
    ...costs(restarted).slice(0, 1),
    { what: "writes of that start", value: String(writesOf(restarted.calls)) },
    {
      what: "from kill -9 until the other replica has taken up a change (p50 / slowest)",
      value: halfAndMost(takeovers),
      note: "with the lease as it ships, 15 s",
    },
  ];
}

async function quiet(cluster: BenchCluster): Promise<Row[]> {
  await cluster.caughtUp(0);
  const looks = () => cluster.metric("troupe_controller_reconcile_seconds_count");
  const before = await looks();
  const measured = await measure(
    cluster,
    () => new Promise<void>((resolve) => setTimeout(resolve, MINUTES * 60_000)),
  );
  return [
    {
      what: `writes in ${MINUTES} minutes`,
      value: String(writesOf(measured.calls)),
      note: "without its lease",
    },
    {
      what: "looks at actors",
      value: String(await looks() - before),
      note: "all are looked at every ten minutes",
    },
    ...costs(measured),
    {
      what: "calls in a minute",
      value: (total(measured.calls) / MINUTES).toFixed(0),
      note: summary(measured.calls, MINUTES),
    },
  ];
}

async function troubles(cluster: BenchCluster, crowd: Crowd): Promise<Row[]> {
  await cluster.controller.stop();
  await cluster.broker.kill9();
  const failures = () => cluster.metric("troupe_controller_reconcile_seconds_count", "failure");
  const away = await measure(cluster, async () => {
    await cluster.startController("without-broker");
    await new Promise<void>((resolve) => setTimeout(resolve, AWAY_MS));
    return await failures();
  });
  const back = await measure(cluster, async () => {
    await cluster.broker.restart();
    await crowd.until(ACTORS, has("Ready", "True"));
  });
  const bad = await measure(cluster, async () => {
    await crowd.create("bad", ACTORS, { transport: "elsewhere" });
    await crowd.until(ACTORS, has("Ready", "BadSpec"));
    await cluster.caughtUp(0);
  });
  await crowd.remove("bad");
  return [
    {
      what: "the broker is away for a minute from a start on: attempts",
      value: perActor({ "": away.value }),
      note: "for an actor",
    },
    {
      what: "its writes meanwhile",
      value: perActor(writesIn(away.calls)),
      note: `for an actor; ${summary(writesIn(away.calls), ACTORS)}`,
    },
    ...costs(away).slice(0, 1),
    {
      what: "from the broker's start until all are ready again",
      value: seconds(back.ms),
      note: "the broker's start included",
    },
    ...costs(back).slice(0, 1),
    { what: "with a spec that the settings refuse: until all say so", value: seconds(bad.ms) },
    { what: "calls for each", value: perActor(bad.calls), note: summary(bad.calls, ACTORS) },
  ];
}

/** What something took, and whose processor it took. */
interface Measured<T> {
  readonly begun: number;
  readonly ms: number;
  readonly value: T;
  readonly cpu: Readonly<Record<string, number>>;
  /** Of the controller, in bytes. */
  readonly memory: { readonly now: number; readonly most: number };
  readonly calls: Calls;
}

async function measure<T>(cluster: BenchCluster, run: () => Promise<T>): Promise<Measured<T>> {
  const since = (await cluster.control.requests()).length;
  const used = meter(cluster.processes);
  const begun = performance.now();
  const value = await run();
  const ms = performance.now() - begun;
  const cpu = used();
  const memory = residentBytes(cluster.controller.pid);
  const calls = callsOf(cluster.site, (await cluster.control.requests()).slice(since));
  return { begun, ms, value, cpu, memory, calls };
}

/** Who used the processor, and how much memory the controller has. */
function costs({ cpu, memory, ms }: Measured<unknown>): Row[] {
  const { controller = 0, ...others } = cpu;
  const all = Object.values(cpu).reduce((sum, seconds) => sum + seconds, 0);
  const told = Object.entries(others).map(([who, seconds]) => `${who} ${seconds.toFixed(1)}`).join(", ");
  const cpus = navigator.hardwareConcurrency;
  return [
    {
      what: "seconds of processor of the controller",
      value: controller.toFixed(1),
      note: `${(controller / all * 100).toFixed(0)} % of ${all.toFixed(1)} in all: ${told}; ${cpus} had ${
        (ms * cpus / 1000).toFixed(0)
      }`,
    },
    { what: "its memory (now / most)", value: `${mebibytes(memory.now)} / ${mebibytes(memory.most)} MiB` },
  ];
}

function writesIn(calls: Calls): Calls {
  return Object.fromEntries(Object.entries(calls).filter(([call]) => !/^(get|list|watch) /.test(call)));
}

function writesOf(calls: Calls): number {
  return total(writesIn(calls));
}

function total(calls: Calls): number {
  return Object.values(calls).reduce((sum, count) => sum + count, 0);
}

function perActor(calls: Calls): string {
  return (total(calls) / ACTORS).toFixed(1);
}

function seconds(ms: number): string {
  return ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}

function halfAndMost(measured: readonly number[]): string {
  return `${seconds(quantile(measured, 0.5))} / ${seconds(Math.max(...measured))}`;
}
