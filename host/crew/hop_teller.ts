/**
 * Tells whoever listens what a member of the crew did with an envelope: for `trace`, like the records of hosts.
 *
 * @module
 */

import type { Envelope } from "../envelope.ts";
import { rootOf } from "../fan.ts";
import { HOP_TOPIC, type HopRecord, type Verdict } from "../hop_record.ts";
import type { Transport } from "../transport/transport.ts";

/** What was done. */
export interface CrewHop {
  readonly actor: string;
  readonly verdict: Verdict;
  /** The queue in which the envelope is now. */
  readonly to: string;
  /** When it was taken, in milliseconds since the epoch. */
  readonly startedAt: number;
  readonly error?: { readonly type: string; readonly message: string };
}

/** Broadcasts the record of what was done with an envelope, which is given as it arrived. */
export function tellHop(
  transport: Pick<Transport, "broadcast">,
  envelope: Envelope,
  { actor, verdict, to, startedAt, error }: CrewHop,
): void {
  const record: HopRecord = {
    id: envelope.id,
    ...(envelope.parentId === undefined ? {} : { parentId: envelope.parentId }),
    root: rootOf(envelope),
    actor,
    hop: envelope.route.prev.length,
    attempt: 1,
    startedAt,
    finishedAt: Date.now(),
    verdict,
    ...(error ? { error } : {}),
    children: [{ id: envelope.id, to }],
    host: `${Deno.hostname()}:${Deno.pid}`,
  };
  transport.broadcast(HOP_TOPIC, new TextEncoder().encode(JSON.stringify(record)));
}
