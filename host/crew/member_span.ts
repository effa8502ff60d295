/**
 * The span of what a member of the crew does with a delivery: a leaf of the trace. What the member sends on keeps the
 * trace context that it came with.
 *
 * @module
 */

import { type Envelope, envelopeIn } from "../envelope.ts";
import type { HopSpan, Tracing } from "../observe/tracing.ts";
import { TRACEPARENT } from "../trace_context.ts";
import type { Delivery } from "../transport/transport.ts";
import { unwrapDead } from "./dead_letter.ts";
import { replayOf } from "./records.ts";

/** Which member it is, and where it traces. */
export interface MemberSpanOptions {
  readonly member: string;
  /** The transport's name. */
  readonly transport: string;
  readonly tracing: Tracing;
}

/** Begins it; undefined for bytes in which there is no envelope. */
export async function startMemberSpan(
  { body }: Pick<Delivery, "body">,
  { member, transport, tracing }: MemberSpanOptions,
): Promise<HopSpan | undefined> {
  const startedAt = Date.now();
  const envelope = envelopeToSpan(body);
  if (!envelope) return undefined;
  return await tracing.hop(envelope, { actor: member, transport, startedAt, replay: replayOf(envelope) });
}

/** The envelope in a body, or in the dead letter that it is; as one that came of the hop which gave it up. */
function envelopeToSpan(body: Uint8Array): Envelope | undefined {
  const letter = unwrapDead(body);
  const envelope = envelopeIn(letter?.body ?? body);
  if (!envelope || letter?.traceparent === undefined) return envelope;
  return { ...envelope, headers: { ...envelope.headers, [TRACEPARENT]: letter.traceparent } };
}
