/**
 * What is to be done, by the object that it is to be done for.
 *
 * @module
 */

/** Time, as the queue sees it; a test has its own. */
export interface Clock {
  /** Milliseconds since some point. */
  now(): number;
  /** Runs something later. @returns What takes that back. */
  after(ms: number, run: () => void): () => void;
}

/** The machine's. */
export const MACHINE_CLOCK: Clock = {
  now: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** What a queue is made with. */
export interface WorkQueueOptions {
  /**
   * Does what is to be done for a key, never twice at once for the same one.
   *
   * @returns In how many milliseconds it is to be called again though nothing is added; nothing when it need not be.
   * When it throws, it is called again after a pause that grows.
   */
  readonly handle: (key: string) => Promise<number | undefined>;
  /** Told of each failure, and when the next attempt is. */
  readonly onFailure: (key: string, error: unknown, waitMs: number) => void;
  /** For how many keys it works at once. @default 8 */
  readonly workers?: number;
  /** The pause after a first failure, in milliseconds; it doubles with each further one. @default 250 */
  readonly firstMs?: number;
  /** The longest pause, in milliseconds. @default 1 minute */
  readonly mostMs?: number;
  /** @default {@linkcode MACHINE_CLOCK} */
  readonly clock?: Clock;
  /** From 0 to 1. @default Math.random */
  readonly random?: () => number;
}

interface Later {
  readonly at: number;
  readonly cancel: () => void;
}

/**
 * A queue of keys. A key that is added while it waits is there once; one that is added while it is worked on is worked on
 * once more afterwards. What is added because something happened comes before what is looked at by the clock. A pause after failures is between half of its length and all of it, so that many that failed at once
 * do not come back at once; whoever adds a key ends its pause, and the next failure has a longer one.
 *
 * @example
 * ```ts
 * import { WorkQueue } from "./work_queue.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const done: string[] = [];
 * const queue = new WorkQueue({
 *   handle: (key) => Promise.resolve(void done.push(key)),
 *   onFailure: (_key, error) => console.error(error),
 * });
 * queue.add("shop/split");
 * queue.add("shop/sum");
 * await queue.idle();
 * assertEquals(done, ["shop/split", "shop/sum"]);
 * await queue.close();
 * ```
 */
export class WorkQueue {
  readonly #options: Required<WorkQueueOptions>;
  readonly #waiting = new Set<string>();
  /** Those that wait because it is time to look at them; they come last. */
  readonly #routine = new Set<string>();
  /** Keys in hand; true when they were added again meanwhile. */
  readonly #inHand = new Map<string, boolean>();
  readonly #later = new Map<string, Later>();
  readonly #failures = new Map<string, number>();
  #idle: (() => void)[] = [];
  #closed = false;

  constructor(options: WorkQueueOptions) {
    this.#options = {
      workers: 8,
      firstMs: 250,
      mostMs: 60_000,
      clock: MACHINE_CLOCK,
      random: Math.random,
      ...options,
    };
  }

  /** How many keys wait or are in hand; those of which it is known when are not counted. */
  get size(): number {
    return this.#waiting.size + this.#routine.size + this.#inHand.size;
  }

  /** How many keys have failed, and not succeeded since. */
  get failing(): number {
    return this.#failures.size;
  }

  /** Has a key worked on as soon as may be. */
  add(key: string): void {
    if (this.#closed) return;
    this.#cancelLater(key);
    this.#routine.delete(key);
    if (this.#inHand.has(key)) this.#inHand.set(key, true);
    else this.#waiting.add(key);
    this.#work();
  }

  /** Has a key worked on when nothing else is to be done. One that has failed keeps its pause. */
  addRoutine(key: string): void {
    if (this.#closed || this.#waiting.has(key)) return;
    if (this.#failures.has(key) && this.#later.has(key)) return;
    this.#cancelLater(key);
    if (this.#inHand.has(key)) this.#inHand.set(key, true);
    else this.#routine.add(key);
    this.#work();
  }

  /** Has a key worked on in so many milliseconds, or before that if it is wanted sooner anyway. */
  addAfter(key: string, ms: number): void {
    if (this.#closed || this.#waiting.has(key) || this.#routine.has(key)) return;
    const { clock } = this.#options;
    const at = clock.now() + ms;
    const before = this.#later.get(key);
    if (before && before.at <= at) return;
    before?.cancel();
    const cancel = clock.after(ms, () => {
      this.#later.delete(key);
      this.addRoutine(key);
    });
    this.#later.set(key, { at, cancel });
  }

  /** Forgets a key that there is nothing to be done for any more. One in hand is finished. */
  forget(key: string): void {
    this.#cancelLater(key);
    this.#waiting.delete(key);
    this.#routine.delete(key);
    this.#failures.delete(key);
    this.#settle();
  }

  /** Resolves when no key waits or is in hand. */
  idle(): Promise<void> {
    if (this.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Begins nothing more; resolves when what is in hand has ended. */
  close(): Promise<void> {
    this.#closed = true;
    for (const { cancel } of this.#later.values()) cancel();
    this.#later.clear();
    this.#waiting.clear();
    this.#routine.clear();
    this.#settle();
    return this.idle();
  }

  #work(): void {
    for (const lane of [this.#waiting, this.#routine]) {
      for (const key of lane) {
        if (this.#inHand.size >= this.#options.workers) return;
        lane.delete(key);
        this.#inHand.set(key, false);
        void this.#run(key);
      }
    }
  }

  async #run(key: string): Promise<void> {
    let again: number | undefined;
    try {
      again = await this.#options.handle(key);
      this.#failures.delete(key);
    } catch (error) {
      again = this.#pauseMs(key);
      if (!this.#closed) this.#options.onFailure(key, error, again);
    }
    const added = this.#inHand.get(key);
    this.#inHand.delete(key);
    if (added) this.add(key);
    else if (again !== undefined) this.addAfter(key, again);
    this.#work();
    this.#settle();
  }

  #pauseMs(key: string): number {
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    const { firstMs, mostMs, random } = this.#options;
    const full = Math.min(mostMs, firstMs * 2 ** Math.min(failures - 1, 30));
    return full * (0.5 + random() / 2);
  }

  #cancelLater(key: string): void {
    this.#later.get(key)?.cancel();
    this.#later.delete(key);
  }

  #settle(): void {
    if (this.size > 0) return;
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) resolve();
  }
}
