/**
 * Hops on RabbitMQ, beside what its plain client does on the same broker in the same run.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { SINK, SUMP } from "@troupe/host/actor_name";
import { encodeEnvelope } from "@troupe/host/envelope";
import type { Isolation } from "@troupe/host/limits";
import { openTransport } from "@troupe/host/transport/open";
import type { Transport } from "@troupe/host/transport";
import type { RabbitmqServer } from "@troupe/tests/servers/rabbitmq";
import type { BenchActors } from "./actors.ts";
import { meter } from "./cpu.ts";
import { HostProcess } from "./host_process.ts";
import { connectRaw, moveRaw } from "./raw_loop.ts";
import { perSecond, type Row, spread } from "./table.ts";
import { fill, IN_FLIGHT, move } from "./transport.ts";

/** A host's rate is taken from when this part of the envelopes is through: it is warm then. */
const WARM = 0.25;
/** Rounds of all courses, in turn; the best of each counts, as noise only ever slows. */
const ROUNDS = 3;
/** Pause between two looks at a queue, in milliseconds. */
const LOOK_MS = 20;
/** Hops whose latency is measured, and the pause before each, in milliseconds. */
const IDLE = { hops: 300, pauseMs: 20 };
const NOOP = "noop";
const WAY = { from: NOOP, to: SINK };

/** Where the time of one measurement went. */
interface Measured {
  readonly hops: number;
  readonly ms: number;
  /** Seconds of processor, by who used them. */
  readonly cpu: Readonly<Record<string, number>>;
}

/** What a measurement has to do with. */
interface Place {
  /** Envelopes that pass through the queue of the actor. */
  readonly count: number;
  readonly server: RabbitmqServer;
  readonly transport: Transport;
  /** The name of an actor's queue on the broker. */
  readonly queueOf: (actor: string) => string;
  /** Starts a host of the actor that does nothing. */
  readonly host: (isolation: Isolation) => Promise<HostProcess>;
}

interface Course {
  readonly what: string;
  /** Envelopes of one measurement. */
  readonly count: number;
  readonly run: (place: Place) => Promise<Measured>;
}

const RAW: Course = {
  what: "raw loop: amqplib, take, publish confirmed, ack",
  count: 10_000,
  run: measureRaw,
};
const COURSES: readonly Course[] = [
  RAW,
  { what: "the transport alone", count: 10_000, run: measureTransport },
  {
    what: "one JavaScript actor, reuse",
    count: 8_000,
    run: (place) => measureHost(place, "reuse"),
  },
  {
    what: "one JavaScript actor, fresh",
    count: 1_500,
    run: (place) => measureHost(place, "fresh"),
  },
];

/** Measures hops per second of every course, and how long a hop takes when there is nothing else to do. */
export async function benchRabbitmq(
  server: RabbitmqServer,
  { actors, cacheDir }: { readonly actors: BenchActors; readonly cacheDir: string },
): Promise<{ rates: Row[]; idle: Row[] }> {
  const best = new Map<Course, Measured>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const course of COURSES) {
      const { count, run } = course;
      const measured = await inPlace(server, { actors, cacheDir, count }, async (place) => {
        await fill(place.transport, { ...WAY, count }, envelope);
        return await run(place);
      });
      const before = best.get(course);
      if (!before || rateOf(measured) > rateOf(before)) best.set(course, measured);
    }
  }
  const raw = best.get(RAW) as Measured;
  return {
    rates: [...best].map(([{ what }, measured]) => rowOf(what, measured, raw)),
    idle: [
      await inPlace(server, { actors, cacheDir, count: IDLE.hops }, measureIdleRaw),
      await inPlace(server, { actors, cacheDir, count: IDLE.hops }, measureIdleHop),
    ],
  };
}

let places = 0;

/** Runs in a mesh that nobody has used. */
async function inPlace<T>(
  server: RabbitmqServer,
  { actors, cacheDir, count }: {
    readonly actors: BenchActors;
    readonly cacheDir: string;
    readonly count: number;
  },
  run: (place: Place) => Promise<T>,
): Promise<T> {
  const namespace = `bench-${++places}`;
  const address = server.address({ namespace });
  const transport = await openTransport(address);
  try {
    await transport.declare([SINK, SUMP, NOOP]);
    return await run({
      count,
      server,
      transport,
      queueOf: (actor) => `troupe_${namespace}_${actor}`,
      async host(isolation) {
        const file = await actors.file(NOOP, isolation, { concurrency: IN_FLIGHT });
        return await HostProcess.start([file, "--cache", cacheDir], { TROUPE_TRANSPORT: address });
      },
    });
  } finally {
    await transport.close();
  }
}

function measureRaw({ server, queueOf, count }: Place): Promise<Measured> {
  const way = { from: queueOf(WAY.from), to: queueOf(WAY.to), count };
  return measureHere({ server, count }, () => moveRaw(server, way));
}

function measureTransport({ server, transport, count }: Place): Promise<Measured> {
  return measureHere({ server, count }, () => move(transport, { ...WAY, count }));
}

/** What this process and the broker use while something runs here. */
async function measureHere(
  { server, count }: Pick<Place, "server" | "count">,
  run: () => Promise<number>,
): Promise<Measured> {
  const used = meter({ client: () => [Deno.pid], broker: () => [server.pid] });
  return { hops: count, ms: await run(), cpu: used() };
}

async function measureHost(place: Place, isolation: Isolation): Promise<Measured> {
  const { server, queueOf, count } = place;
  const connection = await connectRaw(server);
  const channel = await connection.createChannel();
  const reached = async (least: number) => {
    for (;;) {
      const { messageCount } = await channel.checkQueue(queueOf(SINK));
      if (messageCount >= least) return messageCount;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  };
  const host = await place.host(isolation);
  const warm = await reached(WARM * count);
  const started = performance.now();
  const used = meter({ host: () => [host.pid], stage: () => host.stage, broker: () => [server.pid] });
  const all = await reached(count);
  const measured = { hops: all - warm, ms: performance.now() - started, cpu: used() };
  await host.end();
  await connection.close();
  return measured;
}

/** How long a message takes from a plain client over the actor's queue and that of `x-sink` to a plain client. */
async function idleLatencies({ server, queueOf }: Place): Promise<number[]> {
  const connection = await connectRaw(server);
  const channel = await connection.createChannel();
  let arrived = () => {};
  await channel.consume(queueOf(SINK), () => arrived(), { noAck: true });
  const measured: number[] = [];
  for (let hop = 0; hop < IDLE.hops; hop++) {
    await new Promise((resolve) => setTimeout(resolve, IDLE.pauseMs));
    const arrival = new Promise<void>((resolve) => arrived = resolve);
    const started = performance.now();
    channel.sendToQueue(queueOf(NOOP), Buffer.from(envelope(hop)), { persistent: true });
    await arrival;
    measured.push(performance.now() - started);
  }
  await connection.close();
  return measured;
}

async function measureIdleRaw(place: Place): Promise<Row> {
  const { server, queueOf } = place;
  const way = { from: queueOf(WAY.from), to: queueOf(WAY.to), count: IDLE.hops };
  const [measured] = await Promise.all([idleLatencies(place), moveRaw(server, way)]);
  return {
    what: "raw loop",
    value: spread(measured),
    note: "from a plain client over two queues to a plain client, as below",
  };
}

async function measureIdleHop(place: Place): Promise<Row> {
  const host = await place.host("reuse");
  const measured = await idleLatencies(place);
  await host.end();
  return { what: "one JavaScript actor, reuse", value: spread(measured) };
}

const rateOf = ({ hops, ms }: Measured) => hops / ms;

function rowOf(what: string, measured: Measured, raw: Measured): Row {
  const { hops, ms, cpu } = measured;
  const used = Object.entries(cpu).map(([who, seconds]) => `${who} ${(seconds / hops * 1000).toFixed(2)}`);
  return {
    what,
    value: perSecond(hops, ms),
    note: `${(rateOf(measured) / rateOf(raw)).toFixed(2)} of raw; CPU s per 1,000 hops: ${used.join(", ")}`,
  };
}

function envelope(n: number): Uint8Array {
  return encodeEnvelope({
    id: `bench-${n}`,
    route: { prev: [], curr: NOOP, next: [] },
    payload: JSON.stringify({ n, text: "x".repeat(900) }),
    extra: [],
  });
}
