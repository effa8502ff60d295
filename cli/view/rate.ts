/**
 * How often something happens, lately.
 *
 * @module
 */

/** The rate over a window of seconds that moves along. */
export class Rate {
  readonly #windowMs: number;
  readonly #samples: { readonly at: number; readonly total: number }[] = [];

  /** @param windowMs Length of the window. @default 5000 */
  constructor(windowMs = 5000) {
    this.#windowMs = windowMs;
  }

  /**
   * Takes a sample.
   *
   * @param total How often it has happened, all in all.
   * @param at When, in milliseconds of any clock that does not go back.
   * @returns How often a second it happens, from the oldest sample in the window to this one.
   */
  sample(total: number, at: number): number {
    this.#samples.push({ at, total });
    // The newest sample from before the window is kept: the window is to be full.
    while ((this.#samples[1]?.at ?? Infinity) <= at - this.#windowMs) this.#samples.shift();
    const [first] = this.#samples;
    return first && at > first.at ? (total - first.total) * 1000 / (at - first.at) : 0;
  }
}
