/**
 * How long each actor took for its hops.
 *
 * @module
 */

import { type HostMetrics, NO_METRICS } from "@troupe/host/observe/metrics";

/** The hops of one actor. */
export interface HopTime {
  readonly hops: number;
  /** The median, in milliseconds: from taking an envelope until everything that it caused is safe. */
  readonly medianMs: number;
}

/** Notes times as a host's metrics. */
export class HopTimes {
  readonly #seconds = new Map<string, number[]>();

  /** What a host tells. */
  readonly metrics: HostMetrics = {
    ...NO_METRICS,
    done: (actor, { seconds }) => {
      const before = this.#seconds.get(actor);
      if (before) before.push(seconds);
      else this.#seconds.set(actor, [seconds]);
    },
  };

  /** What was noted of an actor; undefined when it did nothing. */
  of(actor: string): HopTime | undefined {
    const sorted = this.#seconds.get(actor)?.toSorted((a, b) => a - b);
    if (!sorted) return undefined;
    return { hops: sorted.length, medianMs: 1000 * (sorted[Math.floor(sorted.length / 2)] ?? 0) };
  }
}
