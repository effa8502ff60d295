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
const IN_FLIGHT = 100;
/** Size of a message in bytes. */
const BODY = 1024;

/** Measures hops per second through a chain of two queues. */
export async function benchTransport(transport: Transport): Promise<Row> {
  await transport.declare(["bench-a", "bench-b"]);
  const body = crypto.getRandomValues(new Uint8Array(BODY));
  for (let sent = 0; sent < HOPS; sent += 1000) {
    await transport.publish(Array.from({ length: 1000 }, () => ({ queue: "bench-a", body })));
  }
  const started = performance.now();
  const consumer = transport.consume("bench-a", { inFlight: IN_FLIGHT });
  const settling: Promise<unknown>[] = [];
  for await (const delivery of consumer) {
    settling.push(delivery.settle([{ queue: "bench-b", body: delivery.body }]));
    if (settling.length === HOPS) await consumer.stop();
  }
  await Promise.all(settling);
  const took = performance.now() - started;
  return {
    what: `${transport.name}, no actor, ${IN_FLIGHT} in flight, ${BODY} B`,
    value: perSecond(HOPS, took),
    note: "take, publish one, acknowledge; each commit is synced to disk",
  };
}
