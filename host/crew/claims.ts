/**
 * Where payloads are kept that are too large to travel. One interface; each technology in its own file.
 *
 * @module
 */

/** Payloads, by the SHA-256 of their bytes. Every write is durable when its promise resolves. */
export interface ClaimStore {
  /**
   * Keeps a payload; one that is kept already is kept for as long from now.
   *
   * @param options `now`: milliseconds since the epoch; whoever gets it has to say the same.
   * @returns Its SHA-256, in hex.
   */
  put(payload: Uint8Array, options: { readonly now: number }): Promise<string>;
  /**
   * A payload; undefined when it is not there, or not any more.
   *
   * @param options `at`: when it was put, in milliseconds since the epoch.
   */
  get(sha256: string, options: { readonly at: number }): Promise<Uint8Array | undefined>;
  /**
   * Forgets what was last put before a moment, in milliseconds since the epoch; some of it up to a day later.
   *
   * @returns How many.
   */
  forget(before: number): Promise<number>;
}
