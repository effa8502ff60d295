/**
 * `troupe test --repeat`: how long calls take.
 *
 * @module
 */

import type { Envelope } from "@troupe/host/envelope";
import type { TestStage } from "./stage.ts";

/** What many calls came to. */
export interface Repeated {
  readonly times: number;
  /** Half of the calls took no longer, in milliseconds. */
  readonly p50Ms: number;
  /** 99 of 100 calls took no longer, in milliseconds. */
  readonly p99Ms: number;
  /** Processor time of a call on average, in milliseconds; undefined where that is not known. */
  readonly cpuMs: number | undefined;
  /** How many of them failed. */
  readonly failed: number;
}

/** Runs an envelope many times, one after another. @throws {StageBrokenError} when no sandbox can be made to run. */
export async function repeatHop(stage: TestStage, envelope: Envelope, times: number): Promise<Repeated> {
  const took: number[] = [];
  let failed = 0;
  const spent = stage.watchCpu();
  for (let i = 0; i < times; i++) {
    const { ms, result } = await stage.run(envelope);
    took.push(ms);
    if (!result.ok) failed++;
  }
  const cpuMs = spent();
  took.sort((a, b) => a - b);
  return {
    times,
    p50Ms: quantile(took, 0.5),
    p99Ms: quantile(took, 0.99),
    cpuMs: cpuMs === undefined ? undefined : cpuMs / times,
    failed,
  };
}

/**
 * The smallest value that a share of all is not above.
 *
 * @param sorted At least one value, least first.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([quantile([1, 2, 3, 4], 0.5), quantile([1, 2, 3, 4], 0.99)], [2, 4]);
 * ```
 */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.ceil(share * sorted.length) - 1] ?? NaN;
}
