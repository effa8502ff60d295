/**
 * Bounds how much is done at once.
 *
 * @module
 */

/**
 * Places of which each is somebody's for a while; others wait for their turn, first come, first served.
 *
 * @example
 * ```ts
 * import { Slots } from "@troupe/host/slots";
 * import { assertEquals } from "@std/assert";
 *
 * const slots = new Slots(1);
 * const order: number[] = [];
 * await Promise.all([1, 2, 3].map((n) => slots.use(async () => void order.push(await Promise.resolve(n)))));
 * assertEquals(order, [1, 2, 3]);
 * ```
 */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  /** @param count How many there are; at least one. */
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
      // The place is handed on, so that nobody who comes now can take it.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }
}
