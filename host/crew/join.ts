/**
 * `x-join`: where what was fanned out comes together again.
 *
 * @module
 */

import { JOIN } from "../actor_name.ts";
import { advanceOne } from "../advance.ts";
import { type Envelope, envelopeIn, parseEnvelope } from "../envelope.ts";
import { TroupeError } from "../errors.ts";
import { FAN_HEADER, type FanFrame, framesOf, rootOf } from "../fan.ts";
import type { Verdict } from "../hop_record.ts";
import { hopFields } from "../observe/hop_fields.ts";
import { RouteMismatchError } from "../refusals.ts";
import type { Delivery } from "../transport/transport.ts";
import { readDue, runDueClock } from "./due_clock.ts";
import { tellHop } from "./hop_teller.ts";
import { joinSettings } from "./join_header.ts";
import { fanKey, joinRules, originOf } from "./join_rules.ts";
import type { ArrivalVerdict, Joining, SliceArrival } from "./joining.ts";
import { type CrewMember, type CrewOptions, type Handled, runMember } from "./member.ts";
import { MAX_ENVELOPE_BYTES, onward, Patience } from "./onward.ts";
import { refused } from "./refused.ts";
import { MOST_SLICES, readSliceEnd, type SliceEnd } from "./slice_end.ts";
import { BadHeaderError, earliest } from "./waiting_header.ts";

/** What the join needs. */
export interface JoinOptions extends CrewOptions {
  readonly store: { readonly joining: Joining; problem(): string };
  /** How long a message is held whose queue does not exist, in milliseconds. @default 30000 */
  readonly noQueueMs?: number;
}

const NOTHING: Handled = { publish: [] };

/** Runs `x-join`: collects the slices of each fan-out, and sends on what they come to, once. */
export function runJoin({ store, noQueueMs, ...options }: JoinOptions): CrewMember {
  const { transport, logger } = options;
  const { joining } = store;
  const patience = new Patience(JOIN, { noQueueMs });
  const clock = runDueClock(JOIN, { source: joining, transport, logger });

  const sendOn = (g: string, { output }: Pick<ArrivalVerdict, "output">): Handled => {
    if (!output) return NOTHING;
    return {
      publish: output.to === "" ? [] : [{ queue: output.to, body: output.body }],
      published: () => joining.sent(g, Date.now()),
    };
  };

  const expired = async (g: string): Promise<Handled> => {
    const now = new Date();
    const verdict = await joining.expire(g, { now: now.getTime(), rules: joinRules(now) });
    if (verdict?.output) tellJoined(verdict, now.getTime());
    return verdict ? sendOn(g, verdict) : NOTHING;
  };

  const told = async (end: SliceEnd, body: Uint8Array): Promise<Handled> => {
    const now = new Date();
    const frame = end.frames.at(-1) as FanFrame;
    const { run, i, n } = frame;
    const g = fanKey(end.frames);
    const place = { g, run, i, n, kind: "end", id: end.id, body, at: now.getTime(), root: end.root } as const;
    const verdict = await joining.arrive({ ...place, origin: originOf(frame, end).id }, joinRules(now));
    if (verdict.output) tellJoined(verdict, now.getTime());
    return sendOn(g, verdict);
  };

  const came = async (envelope: Envelope, body: Uint8Array): Promise<Handled> => {
    const now = new Date();
    const startedAt = now.getTime();
    const frames = framesOf(envelope.headers);
    const frame = frames.at(-1);
    if (!frame) {
      const { route, headers = {}, payload } = envelope;
      const message = onward(advanceOne(envelope, { route, headers, payload }, { actor: JOIN, now }), {
        actor: JOIN,
        at: now,
      });
      tellHop(transport, envelope, { actor: JOIN, verdict: "forwarded", to: message.queue, startedAt });
      return { publish: [message] };
    }
    const arrival = arrivalOf(envelope, { g: fanKey(frames), frame, body, now: startedAt });
    const verdict = await joining.arrive(arrival, joinRules(now));
    if (verdict.verdict === "late" || verdict.verdict === "double") {
      logger.warn(`a ${verdict.verdict} slice came to a join, and is counted there`, {
        ...hopFields(envelope),
        fanOut: frame.g,
        slice: frame.i,
      });
    }
    const said: Verdict = verdict.verdict === "late" || verdict.verdict === "double"
      ? verdict.verdict
      : "joined";
    tellHop(transport, envelope, { actor: JOIN, verdict: said, to: JOIN, startedAt });
    if (verdict.output) tellJoined(verdict, startedAt);
    return sendOn(arrival.g, verdict);
  };

  const tellJoined = ({ output }: ArrivalVerdict, startedAt: number): void => {
    if (!output || output.to === JOIN || output.to === "") return;
    // Nothing for a dead letter.
    const envelope = envelopeIn(output.body);
    if (envelope) {
      tellHop(transport, envelope, { actor: JOIN, verdict: "forwarded", to: output.to, startedAt });
    }
  };

  const member = runMember(JOIN, {
    ...options,
    recording: () => store.problem(),
    instead: (message, outcome) => patience.instead(message, outcome),
    async handle({ body }: Delivery): Promise<Handled> {
      const due = readDue(body);
      if (due !== undefined) return await expired(due);
      const end = readSliceEnd(body);
      if (end) return await told(end, body);
      let envelope: Envelope | undefined;
      try {
        envelope = parseEnvelope(body, { maxBytes: MAX_ENVELOPE_BYTES });
        check(envelope);
      } catch (error) {
        if (!(error instanceof TroupeError)) throw error;
        logger.warn("an envelope cannot be joined and goes to x-sump", {
          ...hopFields(envelope),
          code: error.code,
          reason: error.message,
        });
        return { publish: [refused(error, { queue: JOIN, body })] };
      }
      return await came(envelope, body);
    },
  });
  return {
    ...member,
    async stop() {
      await Promise.all([clock.stop(), member.stop()]);
    },
  };
}

function check({ route, headers }: Envelope): void {
  if (route.curr !== JOIN) throw new RouteMismatchError(JOIN, route.curr);
  joinSettings(headers);
  const n = framesOf(headers).at(-1)?.n ?? 0;
  if (n > MOST_SLICES) throw new BadHeaderError(FAN_HEADER, `counts ${n} slices: no host makes so many`);
}

function arrivalOf(
  envelope: Envelope,
  { g, frame, body, now }: {
    readonly g: string;
    readonly frame: FanFrame;
    readonly body: Uint8Array;
    readonly now: number;
  },
): SliceArrival {
  const { run, i, n } = frame;
  const { timeoutMs, quorum } = joinSettings(envelope.headers);
  const deadline = Date.parse(envelope.status?.deadline_at ?? "");
  const dueAt = earliest(
    timeoutMs === undefined ? undefined : now + timeoutMs,
    Number.isNaN(deadline) ? undefined : deadline,
  );
  return {
    g,
    run,
    i,
    n,
    kind: "slice",
    id: envelope.id,
    body,
    at: now,
    origin: originOf(frame, envelope).id,
    root: rootOf(envelope),
    ...(quorum === undefined ? {} : { quorum }),
    ...(dueAt === undefined ? {} : { dueAt }),
  };
}
