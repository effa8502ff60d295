/**
 * Hops per second through the whole of a mesh: queue, host, stage, queue.
 *
 * @module
 */

import { encodeEnvelope } from "@troupe/host/envelope";
import { SINK, SUMP } from "@troupe/host/actor_name";
import type { Isolation } from "@troupe/host/limits";
import { createLogger } from "@troupe/host/observe/logs";
import { NO_METRICS } from "@troupe/host/observe/metrics";
import { startReplica } from "@troupe/host/replica";
import { openTransport } from "@troupe/host/transport/open";
import { join } from "@std/path";
import type { BenchActors } from "./actors.ts";
import { perSecond, type Row } from "./table.ts";

/** Envelopes of one measurement. */
const ENVELOPES = 3_000;
/** Rounds of all measurements, in turn; the best of each counts, as noise only ever slows. */
const ROUNDS = 2;

interface Course {
  readonly what: string;
  readonly isolation: Isolation;
  /** Whether instances are restored. @default true */
  readonly restore?: boolean;
  readonly chain: readonly string[];
}

const COURSES: readonly Course[] = [
  { what: "one JavaScript actor, fresh", isolation: "fresh", chain: ["one"] },
  { what: "one JavaScript actor, fresh, --no-restore", isolation: "fresh", restore: false, chain: ["one"] },
  { what: "one JavaScript actor, reuse", isolation: "reuse", chain: ["one"] },
  { what: "a chain of three, fresh", isolation: "fresh", chain: ["one", "two", "three"] },
  { what: "a chain of three, reuse", isolation: "reuse", chain: ["one", "two", "three"] },
];

/** Measures every course. */
export async function benchHops(
  actors: BenchActors,
  where: { readonly cacheDir: string; readonly folder: string },
): Promise<Row[]> {
  const best = new Map<Course, number>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const course of COURSES) {
      const took = await run(course, actors, where);
      best.set(course, Math.min(best.get(course) ?? Infinity, took));
    }
  }
  return COURSES.map((course) => ({
    what: course.what,
    value: perSecond(ENVELOPES * course.chain.length, best.get(course) ?? NaN),
    ...(course.chain.length > 1 ? { note: "hops of all three; one host process, a sandbox each" } : {}),
  }));
}

async function run(
  { isolation, restore = true, chain }: Course,
  actors: BenchActors,
  { cacheDir, folder }: { cacheDir: string; folder: string },
): Promise<number> {
  const transport = await openTransport(`embedded:${join(folder, `hops-${crypto.randomUUID()}.db`)}`);
  const logger = createLogger({ format: "json", level: "warn" });
  await transport.declare([SINK, SUMP, ...chain]);
  const [curr = "", ...next] = chain;
  for (let sent = 0; sent < ENVELOPES; sent += 500) {
    await transport.publish(Array.from({ length: 500 }, (_, i) => ({
      queue: curr,
      body: encodeEnvelope({
        id: `bench-${sent + i}`,
        route: { prev: [], curr, next },
        payload: JSON.stringify({ n: sent + i, text: "x".repeat(900) }),
        extra: [],
      }),
    })));
  }
  const hosts = await Promise.all(
    chain.map((name) =>
      startReplica(actors.spec(name, isolation), {
        transport,
        logger,
        metrics: NO_METRICS,
        cacheDir,
        restore,
      })
    ),
  );
  const started = performance.now();
  const running = hosts.map((host) => host.run());
  const sink = transport.consume(SINK, { inFlight: 200 });
  let ended = 0;
  const settling: Promise<unknown>[] = [];
  for await (const delivery of sink) {
    settling.push(delivery.settle([]));
    if (++ended === ENVELOPES) await sink.stop();
  }
  await Promise.all(settling);
  const took = performance.now() - started;
  await Promise.all(hosts.map((host) => host.drain()));
  await Promise.all(running);
  await transport.close();
  return took;
}
