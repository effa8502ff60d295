/**
 * The transport alone: messages that are taken from one queue and settled with one message to the next, fsync on.
 *
 * @module
 */

import type { Transport } from "@troupe/host/transport";
import { perSecond, type Row } from "./table.ts";

/** Hops to be made in one measurement. */
const HOPS = 20_000;
/** Deliveries in hand. */
export const IN_FLIGHT = 100;
/** Size of a message in bytes. */
const BODY = 1024;

/** From where to where messages go, and how many. */
export interface Way {
  readonly from: string;
  readonly to: string;
  readonly count: number;
}

/** Measures hops per second through a chain of two queues. */
export async function benchTransport(transport: Transport): Promise<Row> {
  const way = { from: "bench-a", to: "bench-b", count: HOPS };
  await transport.declare([way.from, way.to]);
  const body = crypto.getRandomValues(new Uint8Array(BODY));
  await fill(transport, way, () => body);
  const took = await move(transport, way);
  return {
    what: `${transport.name}, no actor, ${IN_FLIGHT} in flight, ${BODY} B`,
    value: perSecond(HOPS, took),
    note: "take, publish one, acknowledge; each commit is synced to disk",
  };
}

/** Puts what is to be moved into the first queue. */
export async function fill(
  transport: Transport,
  { from, count }: Way,
  body: (n: number) => Uint8Array,
): Promise<void> {
  for (let sent = 0; sent < count; sent += 500) {
    const batch = Array.from({ length: Math.min(500, count - sent) }, (_, i) => ({
      queue: from,
      body: body(sent + i),
    }));
    for (const outcome of await transport.publish(batch)) {
      if (outcome.kind !== "ok") throw new Error(`a message was not published: ${outcome.detail}`);
    }
  }
}

/** Moves them, and gives how long it took, in milliseconds. */
export async function move(transport: Transport, { from, to, count }: Way): Promise<number> {
  const started = performance.now();
  const consumer = transport.consume(from, { inFlight: IN_FLIGHT });
  const settling: Promise<unknown>[] = [];
  for await (const delivery of consumer) {
    settling.push(delivery.settle([{ queue: to, body: delivery.body }]));
    if (settling.length === count) await consumer.stop();
  }
  await Promise.all(settling);
  return performance.now() - started;
}
