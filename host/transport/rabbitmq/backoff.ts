/**
 * Pauses between attempts.
 *
 * @module
 */

import { pause } from "../../pause.ts";

/** First and longest bound of a pause, in milliseconds. */
export interface BackoffOptions {
  readonly first: number;
  readonly longest: number;
}

/** Pauses with full jitter: anything from nothing to a bound that doubles, so that many clients do not come back at once. */
export class Backoff {
  readonly #options: BackoffOptions;
  #bound: number;

  constructor(options: BackoffOptions) {
    this.#options = options;
    this.#bound = options.first;
  }

  /** Begins again with the first bound. */
  reset(): void {
    this.#bound = this.#options.first;
  }

  /** Waits. Resolves early when the signal is given. */
  async pause(signal: AbortSignal): Promise<void> {
    const ms = Math.random() * this.#bound;
    this.#bound = Math.min(this.#bound * 2, this.#options.longest);
    await pause(ms, signal);
  }
}
