import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Status } from "./envelope.ts";
import type { Failure } from "./hop.ts";
import {
  attemptOf,
  decide,
  type Decision,
  DEFAULT_POLICY,
  guestFailure,
  type Resiliency,
  type RetryPolicy,
  ruleFor,
} from "./resiliency.ts";

const NOW = new Date("2026-05-01T12:00:00.000Z");
const STARTED = new Date("2026-05-01T11:59:59.000Z");
const after = (ms: number) => new Date(NOW.getTime() + ms).toISOString();
const failureOf = (type: string, more: Partial<Failure> = {}): Failure => ({
  type,
  mro: [],
  message: "m",
  ...more,
});
const rulesOf = (policy: Partial<RetryPolicy>, ...match: string[]): Resiliency => ({
  rules: [{
    match: match.length > 0 ? match : ["*"],
    policy: { ...DEFAULT_POLICY, jitter: 0, initialDelayMs: 100, ...policy },
  }],
});
const NO_RULES: Resiliency = { rules: [] };
const decided = (failure: Failure, status: Status | undefined, resiliency: Resiliency): Decision =>
  decide(failure, { status, resiliency, startedAt: STARTED, now: NOW, random: 0.5 });

Deno.test("a rule matches a type or a base: with a dot exactly, without one the last part", () => {
  const cases: [pattern: string, names: string[], matches: boolean][] = [
    ["openai.RateLimitError", ["openai.RateLimitError"], true],
    ["openai.RateLimitError", ["RateLimitError"], false],
    ["openai.RateLimitError", ["x.openai.RateLimitError"], false],
    ["RateLimitError", ["openai.RateLimitError"], true],
    ["RateLimitError", ["RateLimitError"], true],
    ["RateLimitError", ["openai.MyRateLimitError"], false],
    ["OSError", ["TimeoutError", "builtins.OSError", "Exception"], true],
    ["Timeout", ["troupe.Timeout"], true],
    ["Timeout", ["guest.troupe.Timeout"], true],
    ["troupe.Timeout", ["guest.troupe.Timeout"], false],
    ["troupe.Trap", ["troupe.Trap"], true],
    ["openai", ["openai.RateLimitError"], false],
    ["*", ["anything at all"], true],
  ];
  for (const [pattern, [type = "", ...mro], matches] of cases) {
    const resiliency = rulesOf({}, "Other", pattern);
    assertEquals(ruleFor({ type, mro }, resiliency) !== undefined, matches, `${pattern} on ${type} ${mro}`);
  }
});

Deno.test("the first rule that matches counts, be it by a base", () => {
  const rules = ["Exception", "ValueError", "*"].flatMap((name, i) =>
    rulesOf({ maxAttempts: i + 2 }, name).rules
  );
  const most = (failure: Failure) => {
    const decision = decided(failure, undefined, { rules });
    return decision.kind === "retry" ? decision.maxAttempts : decision.kind;
  };
  assertEquals(most(failureOf("ValueError", { mro: ["Exception"] })), 2);
  assertEquals(most(failureOf("ValueError")), 3);
  assertEquals(most(failureOf("KeyError")), 4);
});

const SINK = (type: string): Decision => ({ kind: "sink", failure: failureOf(type) });
const again = (delayMs: number, maxAttempts = 3): Decision => ({ kind: "retry", delayMs, maxAttempts });
const asks = (details: string) => failureOf("troupe.RetryAfter", { details });

const TABLE: Record<string, [Failure, Status | undefined, Resiliency, Decision]> = {
  "no rule": [failureOf("ValueError"), undefined, NO_RULES, SINK("ValueError")],
  "no rule that matches": [failureOf("ValueError"), undefined, rulesOf({}, "KeyError"), SINK("ValueError")],
  "a first attempt": [failureOf("ValueError"), { attempt: 1 }, rulesOf({}), again(100)],
  "a first attempt after a reroute": [failureOf("ValueError"), { attempt: 0 }, rulesOf({}), again(100)],
  "a second attempt": [failureOf("ValueError"), { attempt: 2 }, rulesOf({}), again(200)],
  "the last attempt": [failureOf("ValueError"), { attempt: 3 }, rulesOf({}), SINK("ValueError")],
  "one attempt and no more": [
    failureOf("ValueError"),
    undefined,
    rulesOf({ maxAttempts: 1 }),
    SINK("ValueError"),
  ],
  "the last attempt, with others to take over": [
    failureOf("ValueError"),
    { attempt: 3 },
    rulesOf({ onExhausted: ["triage", "store"] }),
    { kind: "reroute", route: ["triage", "store"] },
  ],
  "a platform's failure": [failureOf("troupe.Timeout"), undefined, rulesOf({}, "troupe.Timeout"), again(100)],
  "a duration that lasts": [
    failureOf("ValueError"),
    { attempt: 2, first_attempt_at: after(-800) },
    rulesOf({ maxDurationMs: 1000 }),
    again(200),
  ],
  "a duration that is over before the retry is due": [
    failureOf("ValueError"),
    { attempt: 2, first_attempt_at: after(-801) },
    rulesOf({ maxDurationMs: 1000, onExhausted: ["triage"] }),
    { kind: "reroute", route: ["triage"] },
  ],
  "a duration that the first attempt used up": [
    failureOf("ValueError"),
    undefined,
    rulesOf({ maxDurationMs: 1000 }),
    SINK("ValueError"),
  ],
  "a first attempt in the future, as another clock has it": [
    failureOf("ValueError"),
    { attempt: 2, first_attempt_at: after(300_000) },
    rulesOf({ maxDurationMs: 1000 }),
    again(200),
  ],
  "a first attempt at no time": [
    failureOf("ValueError"),
    { first_attempt_at: "yesterday" },
    rulesOf({ maxDurationMs: 2000 }),
    again(100),
  ],
  "a retry that is due at the deadline": [
    failureOf("ValueError"),
    { deadline_at: after(100) },
    rulesOf({}),
    again(100),
  ],
  "a retry that is due after the deadline": [
    failureOf("ValueError", { mro: ["Exception"], traceback: "t", details: "{}" }),
    { deadline_at: after(99) },
    rulesOf({ onExhausted: ["triage"] }),
    {
      kind: "sink",
      failure: {
        type: "troupe.DeadlineExceeded",
        mro: [],
        traceback: "t",
        message: "The envelope's deadline (2026-05-01T12:00:00.099Z) is before its next attempt " +
          "(2026-05-01T12:00:00.100Z); the last one failed with ValueError: m",
      },
    },
  ],
  "a deadline that is no time": [failureOf("ValueError"), { deadline_at: "soon" }, rulesOf({}), again(100)],
  "a deadline that passed": [
    failureOf("troupe.DeadlineExceeded"),
    undefined,
    rulesOf({}),
    SINK("troupe.DeadlineExceeded"),
  ],
  "troupe.Fatal": [failureOf("troupe.Fatal"), undefined, rulesOf({}), { kind: "sump" }],
  "troupe.Fatal as a base": [
    failureOf("ModelGone", { mro: ["troupe.Fatal"] }),
    undefined,
    rulesOf({}),
    { kind: "sump" },
  ],
  "a guest that poses as the platform's fatal": [
    failureOf("guest.troupe.StageViolation"),
    undefined,
    NO_RULES,
    SINK("guest.troupe.StageViolation"),
  ],
  "troupe.RetryAfter": [asks('{"seconds":2.5}'), undefined, NO_RULES, again(2500)],
  "troupe.RetryAfter as a base": [
    failureOf("Busy", { mro: ["troupe.RetryAfter"], details: '{"seconds":2}' }),
    undefined,
    NO_RULES,
    again(2000),
  ],
  "troupe.RetryAfter at once": [asks('{"seconds":0}'), undefined, NO_RULES, again(0)],
  "troupe.RetryAfter that asks for too much": [
    asks('{"seconds":1e300}'),
    undefined,
    NO_RULES,
    again(300_000),
  ],
  "troupe.RetryAfter with a rule": [
    asks('{"seconds":9}'),
    undefined,
    rulesOf({ maxDelayMs: 500 }),
    again(500),
  ],
  "troupe.RetryAfter that has asked often enough": [
    failureOf("troupe.RetryAfter"),
    { attempt: 3 },
    NO_RULES,
    SINK("troupe.RetryAfter"),
  ],
  ...Object.fromEntries(
    ["", "no JSON", "null", "{}", '{"seconds":-1}', '{"seconds":"1"}', '{"seconds":1e999}'].map((details) => [
      `troupe.RetryAfter with the details ${details || "left out"}`,
      [asks(details), undefined, rulesOf({}), again(100)],
    ]),
  ),
  "troupe.StageViolation": [
    failureOf("troupe.StageViolation"),
    { attempt: 5, error: { type: "ValueError", message: "" } },
    rulesOf({ maxAttempts: 1 }),
    { kind: "retry", delayMs: 0 },
  ],
  "troupe.StageViolation once more": [
    failureOf("troupe.StageViolation"),
    { attempt: 2, error: { type: "troupe.StageViolation", message: "" } },
    rulesOf({}),
    { kind: "sump" },
  ],
};

for (const [name, [failure, status, resiliency, expected]] of Object.entries(TABLE)) {
  Deno.test(`decide() on ${name}`, () => assertEquals(decided(failure, status, resiliency), expected));
}

const arbitraryPolicy = fc.record({
  maxAttempts: fc.integer({ min: 1, max: 12 }),
  backoff: fc.constantFrom("constant" as const, "linear" as const, "exponential" as const),
  initialDelayMs: fc.nat(1000),
  maxDelayMs: fc.nat(1000),
  jitter: fc.double({ min: 0, max: 1, noNaN: true }),
  maxDurationMs: fc.integer({ min: 1, max: 20_000 }),
});
const arbitraryTypes = fc.array(
  fc.constantFrom("ValueError", "troupe.Trap", "troupe.RetryAfter", "troupe.StageViolation"),
  { minLength: 30, maxLength: 30 },
);

Deno.test("whatever a policy says and clocks show, retries end, in attempts and in time", () => {
  const skews = fc.array(fc.integer({ min: -300_000, max: 300_000 }), { minLength: 30, maxLength: 30 });
  fc.assert(fc.property(arbitraryPolicy, arbitraryTypes, skews, (policy, types, skews) => {
    const resiliency = rulesOf(policy);
    let status: Status | undefined;
    let now = NOW.getTime();
    let others = 0;
    for (const [i, type] of types.entries()) {
      const seen = new Date(now + (skews[i] ?? 0));
      const decision = decide(failureOf(type, { details: '{"seconds":1}' }), {
        status,
        resiliency,
        startedAt: seen,
        now: seen,
        random: 0.5,
      });
      if (decision.kind !== "retry") return;
      if (type !== "troupe.StageViolation") {
        others++;
        assert(decision.delayMs <= policy.maxDelayMs);
      }
      now += decision.delayMs;
      status = {
        attempt: attemptOf(status) + 1,
        first_attempt_at: status?.first_attempt_at ?? seen.toISOString(),
        error: { type, message: "" },
      };
    }
    throw new Error(`${others} retries of a policy of ${policy.maxAttempts} attempts`);
  }));
});

Deno.test("a guest cannot pose as the platform", () => {
  const names: [string, string][] = [
    ["ValueError", "ValueError"],
    ["troupe.Timeout", "guest.troupe.Timeout"],
    ["troupe.", "guest.troupe."],
    ["troupe.Fatal", "troupe.Fatal"],
    ["troupe.RetryAfter", "troupe.RetryAfter"],
    ["Troupe.Timeout", "Troupe.Timeout"],
  ];
  for (const [kind, type] of names) {
    const failure = guestFailure({ kind, lineage: [kind], message: "m" });
    assertEquals(failure, { type, mro: [type], message: "m" });
  }
});
