/**
 * The time that something may take.
 *
 * @module
 */

/** Aborts something when its time is over, or when another signal says so. */
export class Deadline implements Disposable {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal;
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #abort = () => this.#controller.abort(this.#outer.reason);
  #hasPassed = false;

  /** @param ms How much time there is, in milliseconds. */
  constructor(ms: number, outer: AbortSignal) {
    this.#outer = outer;
    outer.addEventListener("abort", this.#abort);
    this.#timer = setTimeout(() => {
      this.#hasPassed = true;
      this.#controller.abort(new DOMException("", "TimeoutError"));
    }, ms);
  }

  /** Whether its time was over. */
  get hasPassed(): boolean {
    return this.#hasPassed;
  }

  /** To be given to what is to be aborted. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#outer.removeEventListener("abort", this.#abort);
  }
}
