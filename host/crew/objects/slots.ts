/**
 * Only so many at once; others wait for their turn.
 *
 * @module
 */

/** Places of which each is somebody's for a while. */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  /** @param count How many there are. */
  constructor(count: number) {
    this.#free = count;
  }

  /** Does something in a place, as soon as one is free. */
  async use<T>(run: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await run();
    } finally {
      // The place is handed on, and never free in between.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }
}
