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
import { field, type Rule, withRules } from "./_schema.ts";
import { actorName, count, duration, list, map, matching, object, wants, word } from "./_fields.ts";
import { timeText } from "./units.ts";

const DAY_MS = 24 * 3_600_000;
/** The policy that every actor has: what falls under it is not tried again. */
const NEVER = "never";

/** One policy. */
export const policy = withRules(
  object({
    maxAttempts: field(
      count({ least: 1, most: 1000 }).default(DEFAULT_POLICY.maxAttempts),
      "Attempts in all, the first one included.",
    ),
    backoff: field(
      word(["constant", "linear", "exponential"]).default(DEFAULT_POLICY.backoff),
      "How pauses grow.",
    ),
    initialDelay: field(
      duration({ least: 0, most: DAY_MS }).prefault(timeText(DEFAULT_POLICY.initialDelayMs)),
      "The pause before the second attempt.",
    ),
    maxDelay: field(
      duration({ least: 0, most: DAY_MS }).prefault(timeText(DEFAULT_POLICY.maxDelayMs)),
      "The longest pause.",
    ),
    maxDuration: field(
      duration({ least: 1, most: 30 * DAY_MS }).optional(),
      "No attempt begins later than this after the first one. Without it, no such bound.",
    ),
    jitter: field(
      z.number(wants("a number from 0 to 1")).min(0, { error: "has to be a number from 0 to 1" }).max(1, {
        error: "has to be a number from 0 to 1",
      }).default(DEFAULT_POLICY.jitter),
      "The part of a pause that is left to chance.",
    ),
    onExhausted: field(
      list(actorName, { what: "a list of actors' names", most: 256 }).default([]),
      "Route of an envelope whose attempts are used up.",
    ),
  }, "an object, such as { maxAttempts: 5, initialDelay: 1s }"),
  [{
    cel: "duration(self.initialDelay) <= duration(self.maxDelay)",
    holds: ({ initialDelay, maxDelay }) => initialDelay <= maxDelay,
    message: "has to be at most maxDelay: raise that, or lower this",
    field: "initialDelay",
  }],
);

const pattern = withRules(
  matching("^([*]|[^\\s*]{1,256})$", {
    what: 'the type of a failure, such as TimeoutError or openai.RateLimitError, or "*" for all of them',
    most: 256,
  }),
  [{
    cel: `!(self in [${[...WITHOUT_RULES].map((name) => `'${name}'`).join(", ")}])`,
    holds: (name) => !WITHOUT_RULES.has(name),
    message: "is dealt with in one way always, and no rule is asked: remove it",
  }],
);

/** One rule. */
export const rule = object({
  match: field(
    list(pattern, { what: "a list of types of failures", most: 64 }).min(1, {
      error: 'has to name a type of failure at least, or "*"',
    }),
    'Types of failures; "*" is all of them.',
  ),
  policy: field(
    matching("^[A-Za-z][A-Za-z0-9_-]{0,62}$", { what: `the name of a policy, or ${NEVER}`, most: 63 }),
    `Name of the policy for them; ${NEVER}: they are not tried again.`,
  ),
}, "an object with match and policy");

const shape = object({
  policies: field(
    map(z.string(), policy, { what: "an object of policies by their names", most: 32 }).prefault({}),
    "How often, and after which pauses, something is tried again, by names that rules use.",
  ),
  rules: field(
    list(rule, { what: "a list of rules", most: 64 }).default([]),
    "Which failures are tried again. The first rule counts that names the failure, or what it is a kind of.",
  ),
}, "an object with policies and rules");

/** The field. What its rules say here with the place where it is, an API server says of all of them. */
export const resiliency = withRules(shape, [
  {
    cel: `!has(self.policies) || !('${NEVER}' in self.policies)`,
    message: `has a policy called ${NEVER}, which is there already and cannot be changed: take another name`,
    field: "policies",
  },
  {
    cel: `!has(self.rules) || !has(self.policies) || ` +
      `self.rules.all(rule, rule.policy == '${NEVER}' || rule.policy in self.policies)`,
    message: `has a rule whose policy is neither in policies nor ${NEVER}`,
    field: "rules",
  },
  {
    cel: `!has(self.rules) || !self.rules.exists(rule, '${ANY_FAILURE}' in rule.match) || ` +
      `(self.rules.filter(rule, '${ANY_FAILURE}' in rule.match).size() == 1 && ` +
      `'${ANY_FAILURE}' in self.rules[self.rules.size() - 1].match)`,
    message:
      `has rules behind one that matches "${ANY_FAILURE}", which are never reached: move it to the end`,
    field: "rules",
  },
]).superRefine(({ policies, rules }, context) => {
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

/** The same, for an API server. */
export const OTHER_ACTORS: Rule<unknown> = {
  cel: "self.spec.resiliency.policies.all(name, " +
    "self.spec.resiliency.policies[name].onExhausted.size() == 0 || " +
    "self.spec.resiliency.policies[name].onExhausted[0] != self.metadata.name)",
  message:
    "has a policy in spec.resiliency whose onExhausted begins with this actor itself, which would begin anew " +
    "without end: raise maxAttempts instead",
};

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
