/**
 * What an actor may ask of its bucket, as bytes: the interface `state` of the contract, seen from within.
 *
 * @module
 */

/** Bytes, and which they are. */
export interface StoredBytes {
  readonly value: Uint8Array;
  /** No other value of the key has it, before or after. */
  readonly version: number;
}

/**
 * The calls of the contract. What has 64 bits there is a number here, as the engine has no other: versions are far below
 * 2^53, counters need not be.
 * A refused call throws a {@linkcode RefusedError}. Times are milliseconds.
 */
export interface StateCalls {
  /** What is under a key. */
  get(key: string): StoredBytes | undefined;
  /** Puts bytes under a key. @returns Their version. */
  set(key: string, value: Uint8Array, ttlMs: number | undefined): number;
  /** Puts them if what is there is what was expected. @returns Their version; undefined when it is not. */
  swap(
    key: string,
    expected: number | undefined,
    put: { readonly value: Uint8Array; readonly ttlMs: number | undefined },
  ): number | undefined;
  /** Removes what is under a key. @returns Whether something was. */
  delete(key: string): boolean;
  /** Keys that begin with a text, in the order of their bytes. */
  keys(prefix: string, options: { readonly after: string | undefined; readonly limit: number }): string[];
  /** Adds to a counter. @returns The sum. */
  add(key: string, delta: number): number;
}
