/**
 * Numbers that are the same each time.
 *
 * @module
 */

/** A sequence of numbers, by its seed (Marsaglia's xorshift). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed * 2654435761 + 1) >>> 0 || 1;
  }

  /** A whole number from 0 to less than `end`. */
  below(end: number): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state >>> 0;
    return this.#state % Math.max(1, end);
  }

  /** One of several. */
  of<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }
}
