/**
 * How often, and after which pauses, a failed hop is tried again.
 *
 * @module
 */

/** How the pauses between attempts grow. */
export type Backoff = "constant" | "linear" | "exponential";

/** When to try again, and what to do when that is over. Times are in milliseconds. */
export interface RetryPolicy {
  /** Attempts in all, the first one included; 1: never again. @default 3 */
  readonly maxAttempts: number;
  /** @default exponential */
  readonly backoff: Backoff;
  /** Pause before the second attempt. @default 1000 */
  readonly initialDelayMs: number;
  /** Longest pause, one that the actor asked for included. @default 300000 */
  readonly maxDelayMs: number;
  /** No attempt begins later than this after the first one at the same actor. @default no such bound */
  readonly maxDurationMs?: number;
  /** The part of a pause that is left to chance, from 0 to 1: so much is taken off at most. @default 0.2 */
  readonly jitter: number;
  /** Route of an envelope whose attempts are used up; empty: it goes to `x-sink`, failed. @default [] */
  readonly onExhausted: readonly string[];
}

/** The policy that holds where one says nothing else. */
export const DEFAULT_POLICY: RetryPolicy = {
  maxAttempts: 3,
  backoff: "exponential",
  initialDelayMs: 1000,
  maxDelayMs: 5 * 60_000,
  jitter: 0.2,
  onExhausted: [],
};

/**
 * The pause after an attempt that failed, in whole milliseconds; never longer than the policy's longest.
 *
 * @param policy The policy.
 * @param options `attempt`: the one that failed, 1 for the first. `random`: from 0 to less than 1.
 *
 * @example
 * ```ts
 * import { backoffMs, DEFAULT_POLICY } from "@troupe/host/resiliency";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(backoffMs(DEFAULT_POLICY, { attempt: 3, random: 0 }), 4000);
 * ```
 */
export function backoffMs(
  { backoff, initialDelayMs, maxDelayMs, jitter }: RetryPolicy,
  { attempt, random }: { readonly attempt: number; readonly random: number },
): number {
  const pause = Math.min(initialDelayMs * growth(backoff, attempt), maxDelayMs);
  return Math.round(pause * (1 - jitter * random));
}

function growth(backoff: Backoff, attempt: number): number {
  switch (backoff) {
    case "constant":
      return 1;
    case "linear":
      return attempt;
    case "exponential":
      // Finite, as infinitely often no time at all is not a number.
      return Math.min(2 ** (attempt - 1), Number.MAX_VALUE);
  }
}
