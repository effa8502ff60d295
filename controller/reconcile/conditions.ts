/**
 * What is the case with an actor, as conditions of its status.
 *
 * @module
 */

import type { CONDITION_TYPES } from "../status_resource.ts";
import type { ActorCondition } from "../status_resource.ts";

/** The kinds of conditions. */
export type ConditionType = typeof CONDITION_TYPES[number];
/** Those that `Ready` sums up, in the order in which they come about. */
export const PARTS = ["QueueReady", "WorkloadReady", "ScalingReady"] as const;
/** One of them. */
export type Part = typeof PARTS[number];

/** What is said of a part. */
export interface Verdict {
  readonly status: ActorCondition["status"];
  /** One word for programs. */
  readonly reason: string;
  /** A sentence for people. */
  readonly message: string;
}

/** What is said of all parts. */
export type Verdicts = Readonly<Record<Part, Verdict>>;

/**
 * Sums parts up: false when one is, unknown when one is, with its reason and its sentence.
 *
 * @example
 * ```ts
 * import { summary } from "./conditions.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const fine = { status: "True", reason: "Fine", message: "All is well." } as const;
 * const broken = { status: "False", reason: "Broken", message: "It is broken." } as const;
 * const { status, reason } = summary({ QueueReady: fine, WorkloadReady: broken, ScalingReady: fine });
 * assertEquals([status, reason], ["False", "Broken"]);
 * ```
 */
export function summary(verdicts: Verdicts): Verdict {
  for (const status of ["False", "Unknown"] as const) {
    const part = PARTS.find((each) => verdicts[each].status === status);
    if (part) return verdicts[part];
  }
  return {
    status: "True",
    reason: "AllReady",
    message: "Its queue, its pods and its scaling are as they are to be.",
  };
}

/** What conditions are made with. */
export interface ConditionContext {
  /** The generation that they are seen of. */
  readonly generation: number;
  /** When, as RFC 3339. */
  readonly now: string;
  /** The conditions so far. */
  readonly before: readonly ActorCondition[];
}

/** The conditions of verdicts; one whose status has not changed keeps its time. */
export function conditionsOf(
  verdicts: Verdicts,
  { generation, now, before }: ConditionContext,
): ActorCondition[] {
  const all: [ConditionType, Verdict][] = [
    ["Ready", summary(verdicts)],
    ...PARTS.map((part): [ConditionType, Verdict] => [part, verdicts[part]]),
  ];
  return all.map(([type, { status, reason, message }]) => {
    const last = before.find((each) => each.type === type);
    return {
      type,
      status,
      reason,
      message,
      lastTransitionTime: last?.status === status ? last.lastTransitionTime : now,
      observedGeneration: generation,
    };
  });
}

/**
 * Conditions whose status or reason is not what it was. That nothing is known of a part at first is not told, nor is of a
 * part what is told of `Ready` in the same words.
 */
export function transitions(
  before: readonly ActorCondition[],
  after: readonly ActorCondition[],
): ActorCondition[] {
  const changed = after.filter(({ type, status, reason }) => {
    const last = before.find((each) => each.type === type);
    return last === undefined ? status !== "Unknown" : last.status !== status || last.reason !== reason;
  });
  const said = new Set<string>();
  return changed.filter(({ reason, message }) => {
    const words = JSON.stringify([reason, message]);
    if (said.has(words)) return false;
    said.add(words);
    return true;
  });
}
