/**
 * `setTimeout` and its like: what is due, by a time that goes on only while the hop waits. The engine's clock is too coarse
 * to go by; so waits are never shorter than they were asked to be, and may be longer.
 *
 * @module
 */

/** Anything that can be called. */
export type TimerCallback = (...args: unknown[]) => void;

interface Timer {
  readonly call: TimerCallback;
  readonly args: readonly unknown[];
  readonly at: number;
  /** How long after it is due again, where it is. */
  readonly every: number | undefined;
}

/** As `setTimeout` has it: more is no time. */
const LONGEST_MS = 2 ** 31 - 1;
/** What is repeated at once would leave nothing else its turn. */
const SHORTEST_INTERVAL_MS = 1;

/** The timers of the hop that is being handled. */
export class Timers {
  readonly #due = new Map<number, Timer>();
  #now = 0;
  #next = 1;
  #open = false;

  /** A hop begins: nothing of another's is left. */
  begin(): void {
    this.#due.clear();
    this.#now = 0;
    this.#open = true;
  }

  /** It has ended, and nothing is due any more. */
  end(): void {
    this.#due.clear();
    this.#open = false;
  }

  /** Has something called later. @throws {Error} while no envelope is being handled. */
  add(call: unknown, { ms, args, repeat }: { ms: unknown; args: unknown[]; repeat: boolean }): number {
    if (typeof call !== "function") throw new TypeError("a timer has to be given a function");
    if (!this.#open) {
      throw new Error("a timer was set while no envelope is being handled: set it in the handler");
    }
    const asked = Number(ms);
    const delay = asked > 0 && asked <= LONGEST_MS ? asked : 0;
    const every = repeat ? Math.max(delay, SHORTEST_INTERVAL_MS) : undefined;
    const id = this.#next++;
    this.#due.set(id, { call: call as TimerCallback, args, at: this.#now + (every ?? delay), every });
    return id;
  }

  /** Does not. What is no timer is none. */
  remove(id: unknown): void {
    this.#due.delete(Number(id));
  }

  /** Some time has passed, in milliseconds. */
  elapse(ms: number): void {
    this.#now += ms;
  }

  /**
   * Waits for the one that is due first, and calls it; those that are due at once, in the order in which they were set.
   *
   * @param sleep Waits for so many milliseconds.
   * @returns Whether there was one.
   */
  runNext(sleep: (ms: number) => void): boolean {
    let first: [id: number, timer: Timer] | undefined;
    for (const entry of this.#due) {
      if (!first || entry[1].at < first[1].at) first = entry;
    }
    if (!first) return false;
    const [id, timer] = first;
    const left = timer.at - this.#now;
    if (left > 0) {
      sleep(Math.ceil(left));
      this.#now = timer.at;
    }
    this.#due.delete(id);
    // Put in again before it is called: it may be what removes it. Then it comes after those that were there.
    if (timer.every !== undefined) this.#due.set(id, { ...timer, at: timer.at + timer.every });
    timer.call(...timer.args);
    return true;
  }
}
