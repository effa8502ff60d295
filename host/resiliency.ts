/**
 * What is done about a hop that failed.
 *
 * @module
 */

import { z } from "zod";
import type { Status } from "./envelope.ts";
import type { Failure } from "./hop.ts";
import { backoffMs, DEFAULT_POLICY, type RetryPolicy } from "./retry_policy.ts";

export { type Backoff, backoffMs, DEFAULT_POLICY, type RetryPolicy } from "./retry_policy.ts";

/** An actor says with this type that trying again is of no use. */
export const FATAL = "troupe.Fatal";
/** An actor says with this type that it wants to be tried again later. */
export const RETRY_AFTER = "troupe.RetryAfter";
/** The sandbox let something pass that the host refuses. */
export const STAGE_VIOLATION = "troupe.StageViolation";
/** The envelope's deadline has passed, or will have before it can be tried again. */
export const DEADLINE_EXCEEDED = "troupe.DeadlineExceeded";

/** Failures that no rule is asked about: what becomes of them is always the same. */
export const WITHOUT_RULES: ReadonlySet<string> = new Set([
  FATAL,
  STAGE_VIOLATION,
  DEADLINE_EXCEEDED,
  "troupe.Poison",
  "troupe.BrokerDeadLettered",
  "troupe.MalformedEnvelope",
  "troupe.RouteMismatch",
  "troupe.NoSuchActor",
  "troupe.TooLarge",
  "troupe.TooManyHops",
]);

/** The pattern that matches every failure. */
export const ANY_FAILURE = "*";

/** Which failures a policy is for. */
export interface Rule {
  /** Matched against a failure's type and lineage: a name with a dot exactly, one without against the last part. */
  readonly match: readonly string[];
  readonly policy: RetryPolicy;
}

/** What an actor's spec says about failures. */
export interface Resiliency {
  /** The first that matches counts. @default [] */
  readonly rules: readonly Rule[];
}

/** What becomes of an envelope whose hop failed. */
export type Decision =
  /** It is over, failed; for the reason given, which need not be the hop's own. */
  | { readonly kind: "sink"; readonly failure: Failure }
  /** It cannot be processed. */
  | { readonly kind: "sump" }
  /** Once more. */
  | { readonly kind: "retry"; readonly delayMs: number; readonly maxAttempts?: number }
  /** Its attempts are used up: others take it. At least one. */
  | { readonly kind: "reroute"; readonly route: readonly string[] };

/** Circumstances of a decision. */
export interface DecisionContext {
  /** The envelope's, as it arrived. */
  readonly status: Status | undefined;
  readonly resiliency: Resiliency;
  /** When this attempt began. */
  readonly startedAt: Date;
  readonly now: Date;
  /** From 0 to less than 1. */
  readonly random: number;
}

/**
 * What becomes of an envelope whose hop failed (envelope.md, "Failure of a hop"; docs/resiliency.md).
 *
 * @example
 * ```ts
 * import { decide, DEFAULT_POLICY } from "@troupe/host/resiliency";
 * import { assertEquals } from "@std/assert";
 *
 * const now = new Date();
 * const resiliency = { rules: [{ match: ["OSError"], policy: DEFAULT_POLICY }] };
 * const failure = { type: "TimeoutError", mro: ["OSError", "Exception"], message: "no answer" };
 * const decision = decide(failure, { status: { attempt: 2 }, resiliency, startedAt: now, now, random: 0 });
 * assertEquals(decision, { kind: "retry", delayMs: 2000, maxAttempts: 3 });
 * ```
 */
export function decide(failure: Failure, context: DecisionContext): Decision {
  const { status, resiliency } = context;
  if (isA(failure, FATAL)) return { kind: "sump" };
  switch (failure.type) {
    case DEADLINE_EXCEEDED:
      return { kind: "sink", failure };
    case STAGE_VIOLATION:
      // It is one chance, not one for each of the attempts that a policy gives for other reasons.
      return status?.error?.type === STAGE_VIOLATION
        ? { kind: "sump" }
        : inTime(failure, { kind: "retry", delayMs: 0 }, context);
  }
  const policy = ruleFor(failure, resiliency)?.policy ??
    (isA(failure, RETRY_AFTER) ? DEFAULT_POLICY : undefined);
  return policy ? byPolicy(failure, policy, context) : { kind: "sink", failure };
}

/** The rule that a failure falls under, if there is one. */
export function ruleFor(
  { type, mro }: Pick<Failure, "type" | "mro">,
  { rules }: Resiliency,
): Rule | undefined {
  const names = [type, ...mro];
  return rules.find(({ match }) => match.some((pattern) => names.some((name) => matches(pattern, name))));
}

function isA({ type, mro }: Failure, name: string): boolean {
  return type === name || mro.includes(name);
}

function matches(pattern: string, name: string): boolean {
  if (pattern === ANY_FAILURE) return true;
  return pattern === (pattern.includes(".") ? name : name.slice(name.lastIndexOf(".") + 1));
}

/** The attempt that an envelope is at: 1 for the first, before which its status says 0, 1 or nothing. */
export function attemptOf(status: Status | undefined): number {
  return Math.max(1, status?.attempt ?? 1);
}

/** When its first attempt at the present actor began. */
export function firstAttemptAt(status: Status | undefined, startedAt: Date): Date {
  const told = Date.parse(status?.first_attempt_at ?? "");
  return Number.isNaN(told) ? startedAt : new Date(told);
}

function byPolicy(failure: Failure, policy: RetryPolicy, context: DecisionContext): Decision {
  const { status, startedAt, now, random } = context;
  const { maxAttempts, maxDelayMs, maxDurationMs = Infinity, onExhausted } = policy;
  const attempt = attemptOf(status);
  const asked = isA(failure, RETRY_AFTER) ? askedMs(failure) : undefined;
  const delayMs = asked === undefined ? backoffMs(policy, { attempt, random }) : Math.min(asked, maxDelayMs);
  const spentMs = now.getTime() + delayMs - firstAttemptAt(status, startedAt).getTime();
  if (attempt >= maxAttempts || spentMs > maxDurationMs) {
    return onExhausted.length > 0 ? { kind: "reroute", route: onExhausted } : { kind: "sink", failure };
  }
  return inTime(failure, { kind: "retry", delayMs, maxAttempts }, context);
}

/** A retry, unless it would come after the envelope's deadline. */
function inTime(
  failure: Failure,
  retry: Decision & { readonly kind: "retry" },
  { status, now }: DecisionContext,
): Decision {
  const deadline = status?.deadline_at;
  const due = now.getTime() + retry.delayMs;
  if (deadline === undefined || !(due > Date.parse(deadline))) return retry;
  const message = `The envelope's deadline (${deadline}) is before its next attempt (${
    new Date(due).toISOString()
  }); the last one failed with ${failure.type}: ${failure.message}`;
  const { details: _details, ...rest } = failure;
  return { kind: "sink", failure: { ...rest, type: DEADLINE_EXCEEDED, mro: [], message } };
}

const RetryAfterDetails = z.object({ seconds: z.number().nonnegative() });

/** The pause that an actor asked for, in milliseconds; undefined when it did not say one. */
function askedMs({ details = "" }: Failure): number | undefined {
  let value: unknown;
  try {
    value = JSON.parse(details);
  } catch {
    // What an actor says is not trusted to be JSON; the policy's own pause holds then.
    return undefined;
  }
  const asked = RetryAfterDetails.safeParse(value);
  return asked.success ? Math.ceil(asked.data.seconds * 1000) : undefined;
}

/** A failure as a guest tells it. */
export interface GuestFailure {
  readonly kind: string;
  readonly lineage: readonly string[];
  readonly message: string;
  readonly traceback?: string;
  readonly details?: string;
}

/**
 * A guest's failure, with names that cannot pose as the platform's: `troupe.Timeout` becomes `guest.troupe.Timeout`. The
 * two that are meant for guests stay.
 */
export function guestFailure({ kind, lineage, message, traceback, details }: GuestFailure): Failure {
  return {
    type: guestName(kind),
    mro: lineage.map(guestName),
    message,
    ...(traceback === undefined ? {} : { traceback }),
    ...(details === undefined ? {} : { details }),
  };
}

function guestName(name: string): string {
  return name.startsWith("troupe.") && name !== FATAL && name !== RETRY_AFTER ? `guest.${name}` : name;
}
