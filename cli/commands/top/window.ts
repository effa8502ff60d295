/**
 * The hops of one actor, lately.
 *
 * @module
 */

import type { Verdict } from "@troupe/host/hop_record";

/** One hop, as far as it is counted. */
export interface HopSample {
  /** When it was heard of, in milliseconds of any clock that does not go back. */
  readonly at: number;
  /** How long it took, in milliseconds. */
  readonly tookMs: number;
  readonly verdict: Verdict;
}

/** What was done in a window. */
export interface HopFigures {
  /** A second. */
  readonly hops: number;
  readonly failed: number;
  readonly retried: number;
  /** Milliseconds; undefined when nothing was done. */
  readonly p50Ms: number | undefined;
  readonly p99Ms: number | undefined;
  /** How many hops were under way at once, on average. */
  readonly busy: number;
}

/** Hops that are kept; with more in a window, the newest stand for all. */
const MOST_SAMPLES = 50_000;

/** A window that moves along. */
export class HopWindow {
  readonly #windowMs: number;
  readonly #since: number;
  #samples: HopSample[] = [];

  /** @param options `windowMs`: its length; `since`: when it was begun to listen, by the clock of the samples. */
  constructor({ windowMs, since }: { readonly windowMs: number; readonly since: number }) {
    this.#windowMs = windowMs;
    this.#since = since;
  }

  /** Adds a hop. They come in the order of their times. */
  add(sample: HopSample): void {
    this.#samples.push(sample);
    // Half at once: one by one, each would cost as much as all that stay.
    if (this.#samples.length > 2 * MOST_SAMPLES) this.#samples = this.#samples.slice(-MOST_SAMPLES);
  }

  /** What was done in the window that ends now. */
  figures(now: number): HopFigures {
    const from = now - this.#windowMs;
    const first = this.#samples.findIndex(({ at }) => at > from);
    this.#samples = first < 0 ? [] : this.#samples.slice(first);
    const full = this.#samples.length > MOST_SAMPLES;
    const begin = full ? this.#samples[0]?.at ?? from : Math.max(from, this.#since);
    const seconds = Math.max(1, now - begin) / 1000;
    const count = (...verdicts: Verdict[]) =>
      this.#samples.filter(({ verdict }) => verdicts.includes(verdict)).length / seconds;
    const times = this.#samples.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
    return {
      hops: times.length / seconds,
      failed: count("failed", "dead"),
      retried: count("retried"),
      p50Ms: quantile(times, 0.5),
      p99Ms: quantile(times, 0.99),
      busy: times.reduce((sum, ms) => sum + ms, 0) / 1000 / seconds,
    };
  }
}

/** The value below which a part of the sorted values lies (nearest rank). */
export function quantile(sorted: readonly number[], part: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)];
}
