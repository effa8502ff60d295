/**
 * Whose turn it is: guest code of one hop runs at a time, and while it waits for the host, that of others.
 *
 * @module
 */

/** Entries into guest code, one after another. */
export class Turns {
  readonly #ready: (() => void)[] = [];
  readonly #idle: () => void;
  #taken = false;

  /** @param idle Called when a turn is over and no other is due. */
  constructor(idle: () => void) {
    this.#idle = idle;
  }

  /** Calls `enter` when it is its turn; whoever is called says with {@linkcode leave} that it is over. */
  take(enter: () => void): void {
    this.#ready.push(enter);
  }

  /** A turn is over. */
  leave(): void {
    this.#taken = false;
  }

  /** Does what is due. Not from within guest code. */
  run(): void {
    while (!this.#taken) {
      const enter = this.#ready.shift();
      if (!enter) return this.#idle();
      this.#taken = true;
      enter();
    }
  }
}
