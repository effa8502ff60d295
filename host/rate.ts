/**
 * How often an actor may run: a bucket of tokens, one for each hop.
 *
 * @module
 */

/** So many hops in so much time. */
export interface Rate {
  readonly count: number;
  readonly perMs: number;
}

/** A token bucket: it fills evenly, and holds what comes in a second, at least one. */
export class TokenBucket {
  readonly #rate: Rate;
  #tokens = 1;
  #at: number;

  /** @param now Milliseconds, on the clock that {@linkcode TokenBucket.take} is given. */
  constructor(rate: Rate, now: number) {
    this.#rate = rate;
    this.#at = now;
  }

  /**
   * Takes a token.
   *
   * @param options `share`: which part of the rate is this bucket's, more than 0 and at most 1.
   * @returns 0 when there was one; else how long it takes until there is, in milliseconds, and none was taken.
   *
   * @example
   * ```ts
   * import { TokenBucket } from "@troupe/host/rate";
   * import { assertEquals } from "@std/assert";
   *
   * const bucket = new TokenBucket({ count: 10, perMs: 60_000 }, 0);
   * assertEquals([bucket.take({ now: 0, share: 1 }), bucket.take({ now: 0, share: 1 })], [0, 6000]);
   * assertEquals(bucket.take({ now: 6000, share: 1 }), 0);
   * ```
   */
  take({ now, share }: { readonly now: number; readonly share: number }): number {
    const perMs = this.#rate.count / this.#rate.perMs * share;
    const most = Math.max(1, perMs * 1000);
    this.#tokens = Math.min(most, this.#tokens + Math.max(0, now - this.#at) * perMs);
    this.#at = now;
    // What is added in many small steps may lack a hair of a token, for which nobody is to wait.
    const missing = 1 - this.#tokens;
    if (missing > 1e-9) return Math.ceil(missing / perMs);
    this.#tokens -= 1;
    return 0;
  }
}
