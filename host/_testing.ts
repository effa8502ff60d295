/**
 * What the tests of the loop and of the crew share: a transport on a file that is gone afterwards, and what was logged.
 *
 * @module
 */

import { join } from "@std/path";
import { createLogger, type Logger } from "./observe/logs.ts";
import { openEmbedded } from "./transport/embedded/mod.ts";
import type { Delivery, Transport } from "./transport/transport.ts";

/** A line of a log, read back. */
export interface Line {
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** What a test works with. */
export interface Bench {
  readonly folder: string;
  readonly transport: Transport;
  readonly logger: Logger;
  /** What was logged so far. */
  readonly lines: Line[];
  /** Resolves with the next line that contains a text. */
  nextLine(text: string): Promise<Line>;
}

/** Options of {@linkcode withBench}. */
export interface BenchOptions {
  /** Queues to be declared. @default x-sink and x-sump */
  readonly queues?: readonly string[];
  /** Of the transport, in bytes. */
  readonly maxBodyBytes?: number;
}

/** Waits for something, but not for ever: what would hang fails. */
export async function unlessStuck<T>(work: Promise<T>): Promise<T> {
  const stuck = Promise.withResolvers<never>();
  const watchdog = setTimeout(() => stuck.reject(new Error("nothing has come for a minute")), 60_000);
  try {
    return await Promise.race([work, stuck.promise]);
  } finally {
    clearTimeout(watchdog);
  }
}

/** Runs a test with a transport of its own. */
export async function withBench(
  { queues = ["x-sink", "x-sump"], maxBodyBytes }: BenchOptions,
  run: (bench: Bench) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "troupe_host_" });
  const path = join(folder, "queues.db");
  const transport = await openEmbedded({ path, ...(maxBodyBytes === undefined ? {} : { maxBodyBytes }) });
  const lines: Line[] = [];
  const awaited: { text: string; resolve: (line: Line) => void }[] = [];
  const logger = createLogger({
    format: "json",
    level: "debug",
    write(text) {
      const line = JSON.parse(text) as Line;
      lines.push(line);
      for (const waiter of awaited.splice(0)) {
        if (text.includes(waiter.text)) waiter.resolve(line);
        else awaited.push(waiter);
      }
    },
  });
  const nextLine = (text: string) => new Promise<Line>((resolve) => awaited.push({ text, resolve }));
  try {
    await transport.declare(queues);
    await unlessStuck(run({ folder, transport, logger, lines, nextLine }));
  } finally {
    await transport.close();
    await Deno.remove(folder, { recursive: true });
  }
}

/** The same transport, but its deliveries come changed: for faults of a broker. */
export function changeDeliveries(transport: Transport, change: (delivery: Delivery) => Delivery): Transport {
  return {
    name: transport.name,
    maxBodyBytes: transport.maxBodyBytes,
    declare: (queues) => transport.declare(queues),
    queues: () => transport.queues(),
    publish: (messages) => transport.publish(messages),
    depths: () => transport.depths(),
    depth: (queue) => transport.depth(queue),
    broadcast: (topic, bytes) => transport.broadcast(topic, bytes),
    subscribe: (topic, listener) => transport.subscribe(topic, listener),
    health: () => transport.health(),
    close: () => transport.close(),
    consume(queue, options) {
      const consumer = transport.consume(queue, options);
      return {
        stop: () => consumer.stop(),
        async *[Symbol.asyncIterator]() {
          for await (const delivery of consumer) yield change(delivery);
        },
      };
    },
  };
}

/** A promise, and what resolves it. */
export interface Gate<T = void> {
  readonly opened: Promise<T>;
  readonly open: (value: T) => void;
}

/** Makes a gate. */
export function gate<T = void>(): Gate<T> {
  const { promise, resolve } = Promise.withResolvers<T>();
  return { opened: promise, open: resolve };
}

/** The bytes of a text. */
export const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** Takes a number of messages out of a queue, waiting for those that are not there yet. */
export async function take(transport: Transport, queue: string, count: number): Promise<Delivery[]> {
  const taken: Delivery[] = [];
  if (count === 0) return taken;
  const consumer = transport.consume(queue, { inFlight: count });
  for await (const delivery of consumer) {
    taken.push(delivery);
    await delivery.settle([]);
    if (taken.length === count) break;
  }
  return taken;
}
