/**
 * From what an actor emitted to the envelopes that are sent on.
 *
 * @module
 */

import { JOIN, SINK } from "./actor_name.ts";
import type { Envelope, EnvelopeError, Status } from "./envelope.ts";
import { areParts, fanGroup, pushFrame, rootOf, withoutParts } from "./fan.ts";
import type { Emit, Failure } from "./hop.ts";
import { childId } from "./lineage.ts";
import { attemptOf, firstAttemptAt } from "./resiliency.ts";
import { advanceRoute } from "./route.ts";

/** Circumstances of a hop. */
export interface AdvanceContext {
  /** Name of the actor. */
  readonly actor: string;
  /** Distinguishes this execution from others of the same hop. */
  readonly run: string;
  readonly now: Date;
  /** SHA-256 of the actor's component, in hex: a failure names it. @default not known */
  readonly component?: string;
}

/**
 * The envelopes that a hop sends on, one for each emit, in order.
 *
 * The first keeps the id; the others have ids derived from it and this one as their parent. When there are two or more,
 * each carries which slice of how many it is; also when there is one, where the actor calls its emits parts. Unknown members go along with every one.
 *
 * @param envelope As it arrived.
 * @param emits At least one.
 */
export async function advance(
  envelope: Envelope,
  emits: readonly Emit[],
  context: AdvanceContext,
): Promise<Envelope[]> {
  const hop = envelope.route.prev.length;
  const { actor, run } = context;
  const [first] = emits;
  if (first && emits.length === 1 && !areParts(first.headers)) return [advanceOne(envelope, first, context)];
  const fan = {
    g: await fanGroup(envelope.id, { actor, hop }),
    run,
    n: emits.length,
    id: envelope.id,
    ...(envelope.parentId === undefined ? {} : { parent_id: envelope.parentId }),
    ...(emits.some(({ route }) => route.next.includes(JOIN)) ? { join: true as const } : {}),
  };
  const root = rootOf(envelope);
  return await Promise.all(emits.map(async (emit, i) => {
    const headers = pushFrame(withoutParts(emit.headers), { ...fan, i }, root);
    const child = advanceOne(envelope, { ...emit, headers }, context);
    if (i === 0) return child;
    const id = await childId(envelope.id, { actor, hop, index: i });
    return { ...child, id, parentId: envelope.id };
  }));
}

/** The envelope that a hop sends on which makes one of one: it keeps the id. Unknown members go along. */
export function advanceOne(
  envelope: Envelope,
  emit: Emit,
  context: Pick<AdvanceContext, "actor" | "now">,
): Envelope {
  const { id, parentId, headers, status, extra } = envelope;
  const route = advanceRoute(emit.route);
  return {
    id,
    ...(parentId === undefined ? {} : { parentId }),
    route,
    ...(headers || Object.keys(emit.headers).length > 0 ? { headers: emit.headers } : {}),
    status: route.curr === ""
      ? stamp(status, context, { phase: "succeeded", actor: context.actor })
      : stamp(unattempted(status), context, { phase: "pending", actor: route.curr, attempt: 1 }),
    payload: emit.payload,
    extra,
  };
}

/** The envelope of a hop that emitted nothing, for `x-sink`: as it came, succeeded, with the reason `Aborted`. */
export function aborted(envelope: Envelope, context: AdvanceContext): Envelope {
  const status = stamp(envelope.status, context, {
    phase: "succeeded",
    reason: "Aborted",
    actor: context.actor,
  });
  return { ...envelope, status };
}

/** The envelope of a hop that failed for good, for `x-sink`: as it came, failed, with the error. */
export function failed(
  envelope: Envelope,
  failure: Failure,
  context: Pick<AdvanceContext, "actor" | "now" | "component">,
): Envelope {
  const status = stamp(envelope.status, context, { phase: "failed", actor: context.actor });
  return { ...envelope, status: { ...status, error: errorOf(failure, context) } };
}

/** The envelope while it waits for an answer: as it came, paused. */
export function paused(envelope: Envelope, context: Pick<AdvanceContext, "actor" | "now">): Envelope {
  return { ...envelope, status: stamp(envelope.status, context, { phase: "paused", actor: context.actor }) };
}

/** The envelope that somebody has called off, for `x-sink`: as it came, canceled. */
export function canceled(
  envelope: Envelope,
  reason: string,
  context: Pick<AdvanceContext, "actor" | "now">,
): Envelope {
  const status = stamp(envelope.status, context, { phase: "canceled", reason, actor: context.actor });
  return { ...envelope, status };
}

/** Circumstances of another attempt. */
export interface RetryContext extends AdvanceContext {
  /** When the attempt that failed began. */
  readonly startedAt: Date;
  /** How many attempts there are in all. @default not bounded by a policy */
  readonly maxAttempts?: number;
}

/** The envelope of a hop that is to be run again: as it came, with one attempt more. */
export function retried(envelope: Envelope, failure: Failure, context: RetryContext): Envelope {
  const status = stamp(envelope.status, context, {
    phase: "retrying",
    actor: context.actor,
    attempt: attemptOf(envelope.status) + 1,
    ...(context.maxAttempts === undefined ? {} : { max_attempts: context.maxAttempts }),
    first_attempt_at: firstAttemptAt(envelope.status, context.startedAt).toISOString(),
  });
  return { ...envelope, status: { ...status, error: errorOf(failure, context) } };
}

/** Circumstances of an envelope's going to others than its route says. */
export interface RerouteContext extends AdvanceContext {
  /** The new route. At least one. */
  readonly route: readonly string[];
}

/**
 * The envelope of a hop that failed, for the actors that take what fails here: as it came, on another route, with the
 * error and in it what remained of the old one.
 */
export function rerouted(envelope: Envelope, failure: Failure, context: RerouteContext): Envelope {
  const { prev, curr, next } = envelope.route;
  const [actor = "", ...rest] = context.route;
  const status = stamp(unattempted(envelope.status), context, { phase: "pending", actor, attempt: 0 });
  return {
    ...envelope,
    route: { prev: [...prev, curr], curr: actor, next: rest },
    status: { ...status, error: { ...errorOf(failure, context), route: [...next] } },
  };
}

/** The queue that an envelope goes to next. */
export function destination({ route }: Pick<Envelope, "route">): string {
  return route.curr === "" ? SINK : route.curr;
}

/** What failed, with what the actor said of it (`details`, a JSON text) and the component that it was. */
function errorOf(
  { type, mro, message, traceback, details }: Failure,
  { component }: Pick<AdvanceContext, "component">,
): EnvelopeError {
  return {
    type,
    mro: [...mro],
    message,
    ...(traceback === undefined ? {} : { traceback }),
    ...(details === undefined ? {} : { details }),
    ...(component === undefined ? {} : { component }),
  };
}

/** The status without what it says of attempts: they are counted for each actor. */
function unattempted(status: Status | undefined): Status {
  const { attempt: _attempt, max_attempts: _most, first_attempt_at: _first, ...kept } = status ?? {};
  return kept;
}

/** The status after a change of phase: what says when it was made and when it has to be done is kept, the rest is new. */
function stamp(before: Status | undefined, { now }: Pick<AdvanceContext, "now">, change: Status): Status {
  const { reason: _reason, error: _error, ...kept } = before ?? {};
  const at = now.toISOString();
  return { ...kept, ...change, created_at: before?.created_at ?? at, updated_at: at };
}
