/**
 * Bounds how much is done at once.
 *
 * @module
 */

/**
 * Lets so many work at once; others wait for their turn, first come, first served.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const turns = new Turns(1);
 * const order: number[] = [];
 * await Promise.all([1, 2, 3].map((n) => turns.take(async () => void order.push(await Promise.resolve(n)))));
 * assertEquals(order, [1, 2, 3]);
 * ```
 */
export class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  /** @param most How many at once; at least one. */
  constructor(most: number) {
    this.#free = most;
  }

  /** Works when its turn has come. */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // The place goes on to the next one, so that nobody who comes now can take it.
      if (next) next();
      else this.#free++;
    }
  }
}
