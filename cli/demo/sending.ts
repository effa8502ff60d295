/**
 * Sends envelopes that a later run of the demo can account for.
 *
 * An id is made from what is sent, and it is noted as soon as it is safe in its queue. So what was noted need not be sent
 * again, and what was sent and not yet noted when the process was killed is sent again under the same id, by which it is
 * recognised. A document that was changed since is another envelope.
 *
 * @module
 */

import type { Headers } from "@troupe/host/envelope";
import { deriveId } from "@troupe/host/lineage";
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
  /** @default none */
  readonly headers?: Headers;
}

/** What to send with. */
export interface SendingOptions {
  readonly state: DemoState;
  readonly transport: Transport;
}

/**
 * Sends what was not sent before.
 *
 * @returns The ids, in the order of the parcels.
 * @throws {EnvelopeLimitError} when a payload is too large for an envelope; nothing is sent then.
 */
export async function sendParcels(
  parcels: readonly Parcel[],
  { state, transport }: SendingOptions,
): Promise<string[]> {
  const ids: string[] = [];
  const batch: Submission[] = [];
  const names = new Map<string, string>();
  for (const { name, route, payload, headers = {} } of parcels) {
    const text = JSON.stringify(payload);
    const id = await deriveId(["demo", name, text]);
    ids.push(id);
    if (state.sent.has(id)) continue;
    batch.push(submissionOf(text, id, { route, headers, deadline: undefined }));
    names.set(id, name);
  }
  await publishBatch(transport, batch, { onSafe: () => Promise.resolve() });
  await state.noteSent(names);
  return ids;
}
