/**
 * The rows of "Failure of a hop", the kinds of rules, and what each pair of them comes to.
 *
 * @module
 */

import type { Failure } from "@troupe/host/hop";
import { DEFAULT_POLICY, type Resiliency, type RetryPolicy } from "@troupe/host/resiliency";

/** A way to fail. */
export interface Row {
  /** What the stage says, each time; none where it is not asked. */
  readonly failure: Failure;
  /** `ruled`: rules say what follows. The others always come to the same. */
  readonly kind: "ruled" | "asks" | "asks too late" | "fatal" | "violation" | "late" | "too slow" | "poison";
}

const failureOf = (type: string, ...mro: string[]): Failure => ({ type, mro, message: `this is ${type}` });
const asking = (seconds: number): Failure => ({
  ...failureOf("troupe.RetryAfter", "Error"),
  details: JSON.stringify({ seconds }),
});

/** How long the actor asks to be left alone in the row `RetryAfter`, in milliseconds. */
export const ASKED_MS = 250;

/** The rows, by a name that can be a part of an id. */
export const ROWS: Readonly<Record<string, Row>> = {
  "own": { failure: failureOf("ValueError", "builtins.Exception"), kind: "ruled" },
  "own-dotted": { failure: failureOf("openai.RateLimitError", "builtins.Exception"), kind: "ruled" },
  "own-posing": { failure: failureOf("guest.troupe.Trap"), kind: "ruled" },
  "fatal": { failure: failureOf("troupe.Fatal", "builtins.Exception"), kind: "fatal" },
  "retry-after": { failure: asking(ASKED_MS / 1000), kind: "asks" },
  ...Object.fromEntries(
    ["Trap", "MemoryLimit", "Timeout", "BadOutput", "OutputLimit", "AccessError", "RouteDenied"].map((
      name,
    ) => [
      name.toLowerCase(),
      { failure: failureOf(`troupe.${name}`), kind: "ruled" as const },
    ]),
  ),
  "violation": { failure: failureOf("troupe.StageViolation"), kind: "violation" },
  "deadline-before": { failure: failureOf("none"), kind: "late" },
  "deadline-while": { failure: failureOf("ValueError", "builtins.Exception"), kind: "too slow" },
  "deadline-retry": { failure: asking(1e6), kind: "asks too late" },
  "poison": { failure: failureOf("none"), kind: "poison" },
};

const rules = (match: string[], policy: Partial<RetryPolicy> = {}): Resiliency => ({
  rules: [{ match, policy: { ...DEFAULT_POLICY, initialDelayMs: 2, ...policy } }],
});
const TYPES = Object.values(ROWS).map(({ failure }) => failure.type);

/** The kinds of rules, by the name of an actor that has them. */
export const RULES: Readonly<Record<string, Resiliency>> = {
  "no-rule": { rules: [] },
  "other-rule": rules(["some.OtherError", "Value", "troupe.Value", "Rate"]),
  "exact": rules(TYPES.filter((type) => type.includes("."))),
  "last-part": rules(TYPES.map((type) => type.slice(type.lastIndexOf(".") + 1))),
  "lineage": rules(["Exception"]),
  "constant": rules(["*"], { backoff: "constant" }),
  "linear": rules(["*"], { backoff: "linear", jitter: 1 }),
  "exponential": rules(["*"], { backoff: "exponential", jitter: 0 }),
  "first-match": { rules: [...rules(["*"]).rules, ...rules(["*"], { maxAttempts: 1 }).rules] },
  "never": rules(["*"], { maxAttempts: 1 }),
  "brief": rules(["*"], { maxDurationMs: 30_000, initialDelayMs: 60_000 }),
  "triaged": rules(["*"], { maxAttempts: 2, onExhausted: ["triage", "b"] }),
};

/** What an envelope comes to: where it ends, why, and how often it was run. */
export type End = `${"x-sink" | "x-sump" | "triage"}: ${string}, ${number} runs`;

/** What a row comes to under a kind of rules. */
export function expectedEnd(row: string, ruleKind: string): End {
  const { failure: { type, mro }, kind } = ROWS[row] as Row;
  switch (kind) {
    case "fatal":
      return `x-sump: ${type}, 1 runs`;
    case "violation":
      return `x-sump: ${type}, 2 runs`;
    case "poison":
      return "x-sump: troupe.Poison, 0 runs";
    case "late":
      return "x-sink: troupe.DeadlineExceeded, 0 runs";
    case "too slow":
      return "x-sink: troupe.DeadlineExceeded, 1 runs";
    case "asks":
      // Under no rule too; and the pause that it asks for, unlike the policy's own, is within the duration of "brief".
      return ruleKind === "never"
        ? `x-sink: ${type}, 1 runs`
        : ruleKind === "triaged"
        ? `triage: ${type}, 2 runs`
        : `x-sink: ${type}, 3 runs`;
    case "asks too late":
      return ruleKind === "never" || ruleKind === "brief"
        ? `x-sink: ${type}, 1 runs`
        : "x-sink: troupe.DeadlineExceeded, 1 runs";
    case "ruled":
      switch (ruleKind) {
        case "no-rule":
        case "other-rule":
        case "never":
        case "brief":
          return `x-sink: ${type}, 1 runs`;
        case "exact":
          return `x-sink: ${type}, ${type.includes(".") ? 3 : 1} runs`;
        case "lineage":
          return `x-sink: ${type}, ${mro.includes("builtins.Exception") ? 3 : 1} runs`;
        case "triaged":
          return `triage: ${type}, 2 runs`;
        default:
          return `x-sink: ${type}, 3 runs`;
      }
  }
}
