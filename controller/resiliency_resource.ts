/**
 * `spec.resiliency` of an `actor.yaml`: what is done about failures.
 *
 * @module
 */

import {
  ANY_FAILURE,
  DEFAULT_POLICY,
  type Resiliency,
  type RetryPolicy,
  WITHOUT_RULES,
} from "@troupe/host/resiliency";
import { z } from "zod";
import { actorName, count, duration, object, wants } from "./_fields.ts";

const DAY_MS = 24 * 3_600_000;
/** The policy that every actor has: what falls under it is not tried again. */
const NEVER = "never";

/** One policy. */
export const policy = object({
  /** Attempts in all, the first one included. */
  maxAttempts: count({ least: 1, most: 1000 }).default(DEFAULT_POLICY.maxAttempts),
  backoff: z.enum(["constant", "linear", "exponential"], wants("constant, linear or exponential"))
    .default(DEFAULT_POLICY.backoff),
  /** Pause before the second attempt. */
  initialDelay: duration({ least: 0, most: DAY_MS }).default(DEFAULT_POLICY.initialDelayMs),
  /** Longest pause. */
  maxDelay: duration({ least: 0, most: DAY_MS }).default(DEFAULT_POLICY.maxDelayMs),
  /** No attempt begins later than this after the first one. */
  maxDuration: duration({ least: 1, most: 30 * DAY_MS }).optional(),
  /** The part of a pause that is left to chance. */
  jitter: z.number(wants("a number from 0 to 1")).refine((part) => part >= 0 && part <= 1, {
    error: "has to be a number from 0 to 1",
  }).default(DEFAULT_POLICY.jitter),
  /** Route of an envelope whose attempts are used up. */
  onExhausted: z.array(actorName, wants("a list of actors' names")).max(256, {
    error: "has to have 256 actors at most",
  }).default([]),
}, "an object, such as { maxAttempts: 5, initialDelay: 1s }").superRefine(
  ({ initialDelay, maxDelay }, context) => {
    if (initialDelay <= maxDelay) return;
    const message = `has to be at most maxDelay, which is ${maxDelay}ms: raise that, or lower this`;
    context.addIssue({ code: "custom", path: ["initialDelay"], message });
  },
);

const pattern = z.string(wants('the type of a failure, or "*"')).superRefine((name, context) => {
  const problem = name !== ANY_FAILURE && !/^[^\s*]{1,256}$/.test(name)
    ? 'has to be the type of a failure, such as TimeoutError or openai.RateLimitError, or "*" for all of them'
    : WITHOUT_RULES.has(name)
    ? "is dealt with in one way always, and no rule is asked: remove it"
    : undefined;
  if (problem) context.addIssue({ code: "custom", message: problem });
});

/** One rule. */
export const rule = object({
  /** Types of failures. */
  match: z.array(pattern, wants("a list of types of failures")).min(1, {
    error: 'has to name a type of failure at least, or "*"',
  }),
  /** Name of the policy for them. */
  policy: z.string(wants(`the name of a policy, or ${NEVER}`)),
}, "an object with match and policy");

/** The field. */
export const resiliency = object({
  policies: z.record(z.string(), policy, wants("an object of policies by their names")).default({}),
  rules: z.array(rule, wants("a list of rules")).default([]),
}, "an object with policies and rules").superRefine(({ policies, rules }, context) => {
  const add = (path: (string | number)[], message: string) =>
    context.addIssue({ code: "custom", path, message });
  for (const name of Object.keys(policies)) {
    if (name === NEVER) add(["policies", name], "is there already and cannot be changed: take another name");
    else if (!/^[A-Za-z][A-Za-z0-9_-]{0,62}$/.test(name)) {
      add(["policies", name], "has to have a name of up to 63 letters, digits, hyphens and underscores");
    }
  }
  const seen = new Set<string>();
  for (const [i, { match, policy }] of rules.entries()) {
    if (policy !== NEVER && !Object.hasOwn(policies, policy)) {
      const known = [...Object.keys(policies), NEVER].join(", ");
      add(
        ["rules", i, "policy"],
        `names ${JSON.stringify(policy)}, which is no policy here: there is ${known}`,
      );
    }
    if (match.length > 0 && (seen.has(ANY_FAILURE) || match.every((name) => seen.has(name)))) {
      add(["rules", i], "is never reached, as rules before it match the same: move it up, or remove it");
    }
    for (const name of match) seen.add(name);
  }
});

/** The field, parsed. */
export type ResiliencyResource = z.infer<typeof resiliency>;

/** A check of the whole resource: what an actor gives up does not go to the same one again. */
export function wantsOtherActors(
  { metadata, spec }: {
    readonly metadata: { readonly name: string };
    readonly spec: { readonly resiliency: ResiliencyResource };
  },
  context: z.RefinementCtx,
): void {
  for (const [name, { onExhausted }] of Object.entries(spec.resiliency.policies)) {
    if (onExhausted[0] !== metadata.name) continue;
    context.addIssue({
      code: "custom",
      path: ["spec", "resiliency", "policies", name, "onExhausted", 0],
      message: "is this actor itself, which would begin anew without end: raise maxAttempts instead",
    });
  }
}

/** What a host needs of it: each rule with its policy. */
export function resiliencyOf({ policies, rules }: ResiliencyResource): Resiliency {
  return { rules: rules.map(({ match, policy }) => ({ match, policy: policyOf(policies[policy]) })) };
}

function policyOf(policy: ResiliencyResource["policies"][string] | undefined): RetryPolicy {
  // The schema lets no other name through that is not there.
  if (!policy) return { ...DEFAULT_POLICY, maxAttempts: 1 };
  const { maxAttempts, backoff, initialDelay, maxDelay, maxDuration, jitter, onExhausted } = policy;
  return {
    maxAttempts,
    backoff,
    initialDelayMs: initialDelay,
    maxDelayMs: maxDelay,
    ...(maxDuration === undefined ? {} : { maxDurationMs: maxDuration }),
    jitter,
    onExhausted,
  };
}
