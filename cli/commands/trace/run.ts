/**
 * `troupe trace`: the way of one envelope.
 *
 * @module
 */

import { TroupeError } from "@troupe/host/errors";
import type { Transport } from "@troupe/host/transport";
import { Output } from "../../view/output.ts";
import { countOf } from "../../view/quantity.ts";
import { stylesFor } from "../../view/styles.ts";
import { type MeshFolder, NoMeshError } from "../../mesh/folder.ts";
import { findMesh } from "../data_folder.ts";
import { EXIT } from "../exit_code.ts";
import { allDead, allResults } from "../store_pages.ts";
import { traceJson, traceLines } from "./print.ts";
import { traceTree } from "./tree.ts";

/** Options of `troupe trace`. */
export interface TraceOptions {
  readonly id: string;
  readonly payload: boolean;
  readonly json: boolean;
  readonly data?: string;
  readonly store?: string;
  /** Address of the queues. @default the one that the mesh was started with */
  readonly transport?: string;
}

/** Nothing is known of an envelope. */
export class UnknownEnvelopeError extends TroupeError {
  constructor(id: string, waiting: string) {
    super(
      "troupe.UnknownEnvelope",
      "user",
      `Nothing is known of ${JSON.stringify(id)}: no actor has taken it, and it has not ended. ${waiting}`,
    );
  }
}

/**
 * Shows it.
 *
 * @returns The exit code.
 * @throws {UnknownEnvelopeError} when no record speaks of it.
 */
export async function trace(options: TraceOptions): Promise<number> {
  const folder = await findMesh(options);
  const store = await folder.openStore();
  try {
    const root = await store.rootOf(options.id) ?? options.id;
    const node = traceTree(options.id, {
      hops: await store.hops(root),
      results: await Array.fromAsync(allResults(store, { root })),
      dead: await Array.fromAsync(allDead(store, { root })),
      joins: await store.joining.groups(root),
    });
    if (!node) throw new UnknownEnvelopeError(options.id, await waitingText(folder));
    const out = new Output();
    const lines = options.json
      ? [traceJson(node, options)]
      : traceLines(node, { payload: options.payload, styles: stylesFor(Deno.stdout) });
    for (const line of lines) await out.line(line);
    await out.flush();
    if (root !== options.id) {
      console.error(`It came of ${root}, whose whole tree "troupe trace ${root}" shows.`);
    }
    return EXIT.ok;
  } finally {
    await store.close();
  }
}

/** What could be said of an envelope that was sent and not taken yet: how many wait where. */
async function waitingText(folder: MeshFolder): Promise<string> {
  let depths: Awaited<ReturnType<Transport["depths"]>>;
  try {
    const transport = await folder.openTransport();
    try {
      depths = await transport.depths();
    } finally {
      await transport.close();
    }
  } catch (error) {
    if (!(error instanceof NoMeshError)) throw error;
    return "It may still wait: with --transport, the queues are looked at too.";
  }
  const waiting = [...depths]
    .map(([queue, { ready, delayed, leased }]) => ({ queue, count: ready + delayed + leased }))
    .filter(({ count }) => count > 0);
  if (waiting.length === 0) return "Nothing waits in any queue either: was it sent to this mesh?";
  const places = waiting.map(({ queue, count }) => `${count} for ${queue}`).join(", ");
  const total = waiting.reduce((sum, { count }) => sum + count, 0);
  return `It may be among the ${countOf(total, "envelope")} that wait: ${places}.`;
}
