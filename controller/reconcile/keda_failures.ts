/**
 * Whether what KEDA could not do is over.
 *
 * KEDA says of a ScaledObject that it is ready whenever it has read it, also when it could not see the queue a moment before;
 * and it reads it again because of what it has just said. So that word counts once it has held for longer than KEDA takes to
 * look at the queue again.
 *
 * @module
 */

/** Looks of KEDA after which what it says counts. */
const LOOKS = 2;
/** What a look itself may take, in milliseconds: KEDA gives a broker 3 seconds to answer. */
const LOOK_MS = 4_000;

/** Remembers when KEDA was last seen to fail, by the keys of actors. */
export class KedaFailures {
  readonly #now: () => number;
  readonly #seen = new Map<string, number>();

  /** @param now The time, in milliseconds from whenever. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** KEDA fails. */
  seen(key: string): void {
    this.#seen.set(key, this.#now());
  }

  /**
   * For how long what KEDA says does not count yet, in milliseconds; 0 when it counts. Of a failure that was not seen, as before
   * a start of this process, it is taken that it was seen now.
   *
   * @param pollingMs How often KEDA looks.
   *
   * @example
   * ```ts
   * import { KedaFailures } from "./keda_failures.ts";
   * import { assertEquals } from "@std/assert";
   *
   * let now = 0;
   * const failures = new KedaFailures(() => now);
   * failures.seen("shop/split");
   * now = 10_000;
   * assertEquals(failures.left("shop/split", 10_000), 14_000);
   * now = 24_000;
   * assertEquals(failures.left("shop/split", 10_000), 0);
   * ```
   */
  left(key: string, pollingMs: number): number {
    if (!this.#seen.has(key)) this.seen(key);
    const over = (this.#seen.get(key) ?? 0) + LOOKS * pollingMs + LOOK_MS;
    return Math.max(0, over - this.#now());
  }

  /** It is over, or the actor is gone. */
  forget(key: string): void {
    this.#seen.delete(key);
  }
}
