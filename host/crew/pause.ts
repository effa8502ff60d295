/**
 * `x-pause`: where an envelope waits for an answer.
 *
 * @module
 */

import { PAUSE, RESUME, SINK } from "../actor_name.ts";
import { canceled, paused } from "../advance.ts";
import { callsOff, Controls } from "../controls.ts";
import { encodeEnvelope, type Envelope, parseEnvelope } from "../envelope.ts";
import { TroupeError } from "../errors.ts";
import { framesOf, rootOf } from "../fan.ts";
import { hopFields } from "../observe/hop_fields.ts";
import { RouteMismatchError } from "../refusals.ts";
import type { Delivery, Outgoing } from "../transport/transport.ts";
import { writeCancellation } from "./answer.ts";
import type { ControlBook } from "./control_book.ts";
import { tellHop } from "./hop_teller.ts";
import { type CrewMember, type CrewOptions, type Handled, runMember } from "./member.ts";
import { MAX_ENVELOPE_BYTES, Patience } from "./onward.ts";
import type { Parking, ParkRequest } from "./parked.ts";
import { questionOf } from "./question.ts";
import { replayOf } from "./records.ts";
import { refused } from "./refused.ts";
import { resumed } from "./resumed.ts";
import { earliest } from "./waiting_header.ts";

/** What the pause needs. */
export interface PauseOptions extends CrewOptions {
  readonly store: { readonly parking: Parking; readonly controls: ControlBook; problem(): string };
  /** What operators ask, as far as it is heard: what is called off does not wait. @default nothing */
  readonly controls?: Controls;
  /** How long a message is held whose queue does not exist, in milliseconds. @default 30000 */
  readonly noQueueMs?: number;
}

/**
 * Runs `x-pause`: parks each envelope with its route, headers and payload, once by id, hop and replay. Nothing follows
 * from that until `x-resume` is given an answer.
 */
export function runPause(
  { store, noQueueMs, controls = new Controls(), ...options }: PauseOptions,
): CrewMember {
  const { transport, logger } = options;
  const patience = new Patience(PAUSE, { noQueueMs });

  /**
   * What was called off since it was last heard: whoever does so looks for what waits afterwards, and may have looked just
   * before this was parked. One of the two sees the other.
   */
  const calledOff = async (envelope: Envelope, key: string): Promise<Outgoing[]> => {
    const [by] = (await store.controls.cancellations(callsOff(envelope)))
      .filter(({ id, only }) => id === envelope.id || only === false);
    return by ? [{ queue: RESUME, body: writeCancellation(key, { by: by.id }) }] : [];
  };

  return runMember(PAUSE, {
    ...options,
    recording: () => store.problem(),
    instead: (message, outcome) => patience.instead(message, outcome),
    async handle({ body }: Delivery): Promise<Handled> {
      const startedAt = Date.now();
      let envelope: Envelope | undefined;
      let request: ParkRequest;
      try {
        envelope = parseEnvelope(body, { maxBytes: MAX_ENVELOPE_BYTES });
        request = requestOf(envelope, startedAt);
      } catch (error) {
        if (!(error instanceof TroupeError)) throw error;
        logger.warn("an envelope cannot be paused and goes to x-sump", {
          ...hopFields(envelope),
          code: error.code,
          reason: error.message,
        });
        return { publish: [refused(error, { queue: PAUSE, body })] };
      }
      if (controls.isCanceled(envelope)) {
        const end = canceled(envelope, "Canceled", { actor: PAUSE, now: new Date(startedAt) });
        tellHop(transport, envelope, { actor: PAUSE, verdict: "canceled", to: SINK, startedAt });
        return { publish: [{ queue: SINK, body: encodeEnvelope(end) }] };
      }
      const { verdict, ending, unsent } = await store.parking.park(request);
      if (verdict === "parked") {
        tellHop(transport, envelope, { actor: PAUSE, verdict: "paused", to: PAUSE, startedAt });
      }
      if (!ending) return { publish: await calledOff(envelope, request.key) };
      if (!unsent) return { publish: [] };
      // Another execution of it was answered before this one came: what was answered holds for it as well.
      const { key, run } = request;
      return {
        publish: [resumed(request.body, ending)],
        published: () => store.parking.sent(key, { runs: [run], now: Date.now() }),
      };
    },
  });
}

/** The key of an envelope's pause. */
export function pauseKey(envelope: Pick<Envelope, "id" | "route" | "headers">): string {
  return `${envelope.id}/${envelope.route.prev.length}/${replayOf(envelope)}`;
}

function requestOf(envelope: Envelope, now: number): ParkRequest {
  const { id, route, headers, status } = envelope;
  if (route.curr !== PAUSE) throw new RouteMismatchError(PAUSE, route.curr);
  const { text, timeoutMs } = questionOf(headers);
  const deadline = Date.parse(status?.deadline_at ?? "");
  const dueAt = earliest(
    timeoutMs === undefined ? undefined : now + timeoutMs,
    Number.isNaN(deadline) ? undefined : deadline,
  );
  return {
    key: pauseKey(envelope),
    id,
    root: rootOf(envelope),
    actor: route.prev.at(-1) ?? "",
    question: text,
    run: framesOf(headers).map(({ run }) => run).join(" "),
    body: encodeEnvelope(paused(envelope, { actor: PAUSE, now: new Date(now) })),
    at: now,
    ...(dueAt === undefined ? {} : { dueAt }),
  };
}
