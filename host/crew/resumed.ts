/**
 * From an envelope that waited, and how its pause ended, to what is sent on. Pure: the same makes the same bytes, so that
 * what is sent twice because a process was lost is recognised.
 *
 * @module
 */

import { PAUSE, SINK } from "../actor_name.ts";
import { advanceOne, canceled, failed } from "../advance.ts";
import { encodeEnvelope, type Envelope, NO_ENVELOPE_LIMITS, parseEnvelope } from "../envelope.ts";
import { EnvelopeTooLargeError } from "../refusals.ts";
import type { Outgoing } from "../transport/transport.ts";
import { mergeAnswer } from "./answer.ts";
import { MAX_ENVELOPE_BYTES, onward } from "./onward.ts";
import type { Ending, ParkedBody } from "./parked.ts";
import { withoutQuestion } from "./question.ts";

/**
 * The message in which an envelope goes on when its pause is over: to the next actor with the answer in its payload, or to
 * `x-sink`, canceled or failed.
 *
 * @param body The envelope, as it waited.
 */
export function resumed(body: Uint8Array, ending: Ending): Outgoing {
  const envelope = resumedEnvelope(body, ending);
  if (ending.kind === "answer") return onward(envelope, { actor: PAUSE, at: new Date(ending.at) });
  return { queue: SINK, body: encodeEnvelope(envelope) };
}

/** The same, as an envelope. */
export function resumedEnvelope(body: Uint8Array, ending: Ending): Envelope {
  const envelope = parseEnvelope(body, NO_ENVELOPE_LIMITS);
  const now = new Date(ending.at);
  const context = { actor: PAUSE, now };
  switch (ending.kind) {
    case "answer": {
      const { route, headers, payload } = envelope;
      const emit = { route, headers: withoutQuestion(headers), payload: mergeAnswer(payload, ending.answer) };
      return advanceOne(envelope, emit, context);
    }
    case "cancel":
      return canceled(envelope, ending.reason || "Canceled", context);
    case "timeout":
      return failed(envelope, timeoutOf(envelope, now), context);
  }
}

/** @throws {EnvelopeTooLargeError} when what waits could not be sent on with an answer. */
export function checkAnswerSize(bodies: readonly ParkedBody[], ending: Ending): void {
  for (const { body } of bodies) {
    const { length } = encodeEnvelope(resumedEnvelope(body, ending));
    if (length > MAX_ENVELOPE_BYTES) throw new EnvelopeTooLargeError(length, MAX_ENVELOPE_BYTES);
  }
}

function timeoutOf({ status }: Envelope, now: Date) {
  const deadline = status?.deadline_at ?? "";
  const isOver = Date.parse(deadline) <= now.getTime();
  return {
    type: isOver ? "troupe.DeadlineExceeded" : "troupe.PauseTimeout",
    mro: [],
    message: isOver
      ? `The envelope's deadline (${deadline}) passed while it waited for an answer in ${PAUSE}`
      : `Nobody answered while the envelope waited in ${PAUSE}; replayed, it asks again`,
  };
}
