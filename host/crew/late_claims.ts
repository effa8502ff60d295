/**
 * Where payloads are that are too large to travel, for a process that may never need it.
 *
 * @module
 */

import type { ClaimStore } from "./claims.ts";
import type { OpenClaims } from "./open_store.ts";

/** Opened when it is needed first; again, if that failed. */
export class LateClaims {
  readonly #open: () => Promise<OpenClaims>;
  #opening: Promise<OpenClaims> | undefined;

  /** @param open Opens it. */
  constructor(open: () => Promise<OpenClaims>) {
    this.#open = open;
  }

  /** The payloads. @throws what opening throws. */
  async claims(): Promise<ClaimStore> {
    const opening = this.#opening ??= this.#open();
    try {
      return (await opening).claims;
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
