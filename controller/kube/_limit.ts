/**
 * A time limit as a signal.
 *
 * @module
 */

/**
 * Aborts its {@linkcode signal} when the time is over, or when the signal that it follows is aborted. Unlike
 * `AbortSignal.timeout` it can begin anew, and leaves nothing behind.
 */
export class Limit implements Disposable {
  readonly #controller = new AbortController();
  readonly #ms: number;
  readonly #followed: AbortSignal | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #expired = false;

  /**
   * @param ms How long, in milliseconds.
   * @param followed Aborts it as well, with its own reason.
   */
  constructor(ms: number, followed?: AbortSignal) {
    this.#ms = ms;
    this.#followed = followed;
    if (followed?.aborted) this.#follow();
    else {
      followed?.addEventListener("abort", this.#follow);
      this.restart();
    }
  }

  /** What to give to whoever is limited. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether it was the time that ended it. */
  get expired(): boolean {
    return this.#expired;
  }

  /** The time counts from now, or from so many milliseconds ago. */
  restart(agoMs = 0): void {
    this.pause();
    if (!this.signal.aborted) this.#timer = setTimeout(() => this.expire(), this.#ms - agoMs);
  }

  /** Ends it as if the time were over. */
  expire(): void {
    if (this.signal.aborted) return;
    this.pause();
    this.#expired = true;
    this.#controller.abort(new DOMException("The time is over", "TimeoutError"));
  }

  /** The time does not count, until {@linkcode restart}. */
  pause(): void {
    clearTimeout(this.#timer);
  }

  /** Aborts whoever is still at it. */
  [Symbol.dispose](): void {
    this.pause();
    this.#followed?.removeEventListener("abort", this.#follow);
    this.#controller.abort();
  }

  readonly #follow = () => {
    this.pause();
    this.#controller.abort(this.#followed?.reason);
  };
}
