/**
 * Sends envelopes that a later run of the demo can account for: what is about to be sent is noted before it is.
 *
 * @module
 */

import type { Store } from "@troupe/host/crew/store";
import type { Transport } from "@troupe/host/transport";
import { publishBatch } from "../commands/send/publish.ts";
import { type Submission, submissionOf } from "../commands/send/submission.ts";
import type { DemoState } from "./state.ts";

/** One envelope to be sent: under which name it is noted, along which route, with which payload. */
export interface Parcel {
  /** Unique in a run. */
  readonly name: string;
  readonly route: readonly string[];
  readonly payload: unknown;
}

/** What to send with. */
export interface SendingOptions {
  readonly state: DemoState;
  readonly store: Store;
  readonly transport: Transport;
}

/**
 * Sends what the run before did not send, or may not have sent. An envelope that was noted then keeps its id, so that
 * one which is sent twice is still one.
 *
 * @returns The ids, in the order of the parcels.
 * @throws {EnvelopeLimitError} when a payload is too large for an envelope; nothing is sent then.
 */
export async function sendParcels(
  parcels: readonly Parcel[],
  { state, store, transport }: SendingOptions,
): Promise<string[]> {
  const noted = new Map([...state.sent].map(([id, name]) => [name, id]));
  const ids: string[] = [];
  const batch: Submission[] = [];
  const notes = new Map<string, string>();
  for (const { name, route, payload } of parcels) {
    const before = noted.get(name);
    const id = before ?? crypto.randomUUID();
    ids.push(id);
    // Whatever an actor has seen of it was sent.
    if (before !== undefined && await store.rootOf(before) !== undefined) continue;
    batch.push(submissionOf(JSON.stringify(payload), id, { route, headers: {}, deadline: undefined }));
    notes.set(id, name);
  }
  await state.sending(notes);
  await publishBatch(transport, batch, { onSafe: () => Promise.resolve() });
  return ids;
}
