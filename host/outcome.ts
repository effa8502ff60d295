/**
 * What a hop causes, frozen: the bytes to be published before its delivery may be acknowledged.
 *
 * @module
 */

import { SINK, SUMP } from "./actor_name.ts";
import { aborted, advance, canceled, destination, failed, rerouted, retried } from "./advance.ts";
import { wrapDead } from "./crew/dead_letter.ts";
import { encodeEnvelope, type Envelope } from "./envelope.ts";
import { TroupeError } from "./errors.ts";
import type { Failure, HopResult } from "./hop.ts";
import type { Verdict } from "./hop_record.ts";
import { EnvelopeTooLargeError } from "./refusals.ts";
import { decide, type Resiliency } from "./resiliency.ts";

export { EnvelopeTooLargeError, NoSuchActorError, RouteMismatchError } from "./refusals.ts";

/** One message that a hop causes. */
export interface Outbound {
  /** Id of the envelope in it; empty for bytes that are none. */
  readonly id: string;
  /** The queue that it goes to. */
  readonly to: string;
  readonly body: Uint8Array;
  /** Not to be delivered before this many milliseconds have passed. @default 0 */
  readonly delayMs?: number;
}

/** Everything that a hop causes. It does not change any more, however often it has to be published. */
export interface Outcome {
  readonly verdict: Verdict;
  /** Why, where the verdict is not a good one. */
  readonly error?: { readonly type: string; readonly message: string };
  readonly messages: readonly Outbound[];
}

/** Circumstances of a hop. */
export interface HopContext {
  /** Name of the actor. */
  readonly actor: string;
  /** The queue that the envelope was taken from. */
  readonly queue: string;
  /** The envelope's bytes, as they were in the queue. */
  readonly body: Uint8Array;
  /** Distinguishes this execution from others of the same hop. */
  readonly run: string;
  readonly now: Date;
  /** When the hop began. @default now */
  readonly startedAt?: Date;
  /** What the actor's spec says about failures. @default no rules */
  readonly resiliency?: Resiliency;
  /** A number from 0 to less than 1, for the jitter of pauses. @default a random one */
  readonly random?: number;
  /** The hop's span, for what is dead: a letter's bytes stay as they came. @default nothing is traced */
  readonly traceparent?: string;
  /** SHA-256 of the actor's component, in hex. @default not known */
  readonly component?: string;
  /** The largest envelope that may be sent on, in bytes. */
  readonly maxEnvelopeBytes: number;
}

/** Of a failure's message where it has to be short. */
const BRIEF_CHARACTERS = 200;

/** The outcome of bytes that no hop can be made of: they go to `x-sump` as they came. */
export function undeliverable(
  error: TroupeError,
  envelope: Envelope | undefined,
  context: HopContext,
): Outcome {
  return {
    verdict: "dead",
    error: { type: error.code, message: error.message },
    messages: [deadMessage(envelope?.id ?? "", error, context)],
  };
}

/** The outcome of what the stage said of a hop. */
export async function outcomeOf(
  result: HopResult,
  envelope: Envelope,
  context: HopContext,
): Promise<Outcome> {
  if (!result.ok) return failureOutcome(result.failure, envelope, context);
  if (result.emits.length === 0) {
    return { verdict: "aborted", messages: [toSink(aborted(envelope, context))] };
  }
  const children = await advance(envelope, result.emits, context);
  const messages = children.map((child): Outbound => {
    const body = encodeEnvelope(child);
    const to = destination(child);
    if (body.length > context.maxEnvelopeBytes) {
      const error = new EnvelopeTooLargeError(body.length, context.maxEnvelopeBytes);
      return deadMessage(child.id, error, { ...context, queue: to, body });
    }
    return { id: child.id, to, body };
  });
  return { verdict: messages.every((message) => message.to === SINK) ? "finished" : "forwarded", messages };
}

/** The outcome of a hop that failed. */
export function failureOutcome(failure: Failure, envelope: Envelope, context: HopContext): Outcome {
  const { now, startedAt = now, resiliency = { rules: [] }, random = Math.random() } = context;
  const { status } = envelope;
  const decision = decide(failure, { status, resiliency, startedAt, now, random });
  const error = { type: failure.type, message: failure.message };
  switch (decision.kind) {
    case "sink": {
      const { type, message } = decision.failure;
      const body = failed(envelope, decision.failure, context);
      return { verdict: "failed", error: { type, message }, messages: [toSink(body)] };
    }
    case "retry": {
      const { delayMs, maxAttempts } = decision;
      const change = { ...context, startedAt, ...(maxAttempts === undefined ? {} : { maxAttempts }) };
      const again = sendFailed(failure, context, (told) => retried(envelope, told, change));
      if (again.to === SUMP) return { verdict: "dead", error, messages: [again] };
      // To the queue that it came from, which need not be the actor's first one.
      const message = { ...again, to: context.queue, ...(delayMs > 0 ? { delayMs } : {}) };
      return { verdict: "retried", error, messages: [message] };
    }
    case "reroute": {
      const { route } = decision;
      const message = sendFailed(failure, context, (told) => rerouted(envelope, told, { ...context, route }));
      return { verdict: message.to === SUMP ? "dead" : "rerouted", error, messages: [message] };
    }
    case "sump": {
      const dead = new HopFailedError(failure);
      return { verdict: "dead", error, messages: [deadMessage(envelope.id, dead, context, failure)] };
    }
  }
}

/**
 * An envelope that goes on with its failure in it. What the failure says must not make it too large to be taken: it is
 * told shorter then. Where that does not help either, what came goes to `x-sump`.
 */
function sendFailed(
  failure: Failure,
  context: HopContext,
  change: (failure: Failure) => Envelope,
): Outbound {
  const { type, message } = failure;
  const brief = { type, mro: [], message: message.slice(0, BRIEF_CHARACTERS).toWellFormed() };
  const made = change(failure);
  let body = encodeEnvelope(made);
  if (body.length > context.maxEnvelopeBytes) body = encodeEnvelope(change(brief));
  if (body.length <= context.maxEnvelopeBytes) return { id: made.id, to: destination(made), body };
  const error = new EnvelopeTooLargeError(body.length, context.maxEnvelopeBytes);
  return deadMessage(made.id, error, context, failure);
}

/** The outcome of an envelope that was called off: it goes to `x-sink` as it came, and the actor is not run. */
export function canceledOutcome(envelope: Envelope, context: HopContext): Outcome {
  return { verdict: "canceled", messages: [toSink(canceled(envelope, "Canceled", context))] };
}

/** The same message, addressed to `x-sump` because nothing can be delivered where it was to go. */
export function undelivered(message: Outbound, error: TroupeError, context: HopContext): Outbound {
  return deadMessage(message.id, error, { ...context, queue: message.to, body: message.body });
}

function toSink(envelope: Envelope): Outbound {
  return { id: envelope.id, to: SINK, body: encodeEnvelope(envelope) };
}

function deadMessage(id: string, error: TroupeError, context: HopContext, failure?: Failure): Outbound {
  const body = wrapDead({
    reason: error.code,
    message: error.message,
    queue: context.queue,
    actor: context.actor,
    at: context.now,
    ...(failure ? { error: failure } : {}),
    ...(context.component === undefined ? {} : { component: context.component }),
    ...(context.traceparent === undefined ? {} : { traceparent: context.traceparent }),
    body: context.body,
  });
  return { id, to: SUMP, body };
}

/** Hosts were lost again and again while they had an envelope in hand. */
export class PoisonError extends TroupeError {
  constructor(actor: string, losses: number) {
    super(
      "troupe.Poison",
      "user",
      `${losses} hosts of ${actor} were lost, one after another, while they had this envelope in hand and no other like ` +
        `it: look for their last words in the log`,
    );
  }
}

class HopFailedError extends TroupeError {
  constructor(failure: Failure) {
    super(failure.type, "user", failure.message);
  }
}
