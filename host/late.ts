/**
 * What a process may never need.
 *
 * @module
 */

/** Something that is opened when it is needed first; again, if that failed. */
export class Late<T extends { close(): Promise<void> }> {
  readonly #open: () => Promise<T>;
  #opening: Promise<T> | undefined;

  /** @param open Opens it. */
  constructor(open: () => Promise<T>) {
    this.#open = open;
  }

  /** It, opened. @throws what opening throws. */
  async get(): Promise<T> {
    const opening = this.#opening ??= this.#open();
    try {
      return await opening;
    } catch (error) {
      // It may be there the next time.
      if (this.#opening === opening) this.#opening = undefined;
      throw error;
    }
  }

  /** Closes it, if it was opened. */
  async close(): Promise<void> {
    // Whoever wanted it has been told why it could not be opened.
    const opened = await this.#opening?.catch(() => undefined);
    await opened?.close();
  }
}
