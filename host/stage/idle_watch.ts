/**
 * A sandbox that has nothing to do leaves the processor alone, when what the engine does in the background is over. Code
 * that got past every check need not: it can return, and go on in promises.
 *
 * @module
 */

/** How often is looked, in milliseconds. */
const LOOK_MS = 1_000;
/** Less processor time than this between two looks is none, in milliseconds. */
const QUIET_MS = 100;
/** More than this, without a quiet second between, is not the engine's: large components are compiled in far less. */
const MOST_MS = 10_000;

/** What is watched. */
export interface IdleWatchOptions {
  /** Processor time of the process so far, in milliseconds; undefined where that cannot be read. */
  readonly cpuMs: () => number | undefined;
  /** It does not leave the processor alone. */
  readonly onBusy: () => void;
}

/** Watches one sandbox from when it has nothing to do until it is quiet. */
export class IdleWatch {
  readonly #options: IdleWatchOptions;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(options: IdleWatchOptions) {
    this.#options = options;
  }

  /** It has nothing to do from now on. */
  begin(): void {
    this.stop();
    const first = this.#options.cpuMs();
    if (first === undefined) return;
    let last = first;
    this.#timer = setInterval(() => {
      const now = this.#options.cpuMs();
      if (now === undefined || now - last < QUIET_MS) return this.stop();
      last = now;
      if (now - first < MOST_MS) return;
      this.stop();
      this.#options.onBusy();
    }, LOOK_MS);
  }

  /** It has something to do, or has ended. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
