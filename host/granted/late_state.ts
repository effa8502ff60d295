/**
 * Where actors keep their state, for a process whose actors may keep none.
 *
 * @module
 */

import type { StateStore } from "../state/store.ts";

/** Opened when it is needed first; again, if that failed. */
export class LateState {
  readonly #open: () => Promise<StateStore>;
  #opening: Promise<StateStore> | undefined;

  /** @param open Opens it. */
  constructor(open: () => Promise<StateStore>) {
    this.#open = open;
  }

  /** The store. @throws what opening throws. */
  async store(): Promise<StateStore> {
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
    const store = await this.#opening?.catch(() => undefined);
    await store?.close();
  }
}
