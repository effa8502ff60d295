/**
 * What actors keep between envelopes: values under keys, in buckets, of which each belongs to one actor or is shared.
 *
 * @module
 */

/** A value, and which one it is. */
export interface Entry {
  readonly value: Uint8Array;
  /**
   * Differs from that of every other value that the key has had or will have in this bucket, also after a deletion or
   * an expiry; larger than those before. Beyond that its number says nothing.
   */
  readonly version: bigint;
}

/** How long an entry is kept. */
export interface KeepOptions {
  /** Milliseconds until the entry is gone. @default it stays */
  readonly ttlMs?: number;
}

/** What came of a swap. */
export type Swapped =
  | { readonly ok: true; readonly version: bigint }
  /** Somebody else was first: nothing was changed. `found` is what is there, if anything is. */
  | { readonly ok: false; readonly found: Entry | undefined };

/** Which keys are asked for. */
export interface KeysOptions {
  /** Only those after this one. @default from the first */
  readonly after?: string;
  /** Most of them; 1 to 1,000. @default 1000 */
  readonly limit?: number;
}

/**
 * One bucket. What is written is as durable as the store's {@linkcode StateStore.durability} says when the promise
 * resolves, and from then on everybody sees it. An entry whose time is up does not exist, whoever looks.
 *
 * Each operation throws
 * - `BadStateRequestError` when it could never be done,
 * - `StateUnavailableError` when the store does not answer within its patience: try again later,
 * - `StateClosedError` when the store is closed.
 */
export interface Bucket {
  /** What is under a key. */
  get(key: string): Promise<Entry | undefined>;
  /**
   * Puts a value under a key, whatever is there. What is there loses its time to live.
   *
   * @returns The version of the new value.
   * @throws {StateTooLargeError} when the value is.
   * @throws {StateFullError} when the bucket is.
   */
  set(key: string, value: Uint8Array, options?: KeepOptions): Promise<bigint>;
  /**
   * Puts a value under a key if what is there is what was expected.
   *
   * @param expected A version that was read before, or that nothing is there.
   * @throws {StateTooLargeError} when the value is.
   * @throws {StateFullError} when the bucket is.
   */
  swap(
    key: string,
    change: { readonly expected: bigint | "absent"; readonly value: Uint8Array } & KeepOptions,
  ): Promise<Swapped>;
  /**
   * Removes what is under a key.
   *
   * @param options `expected`: only if it has this version.
   * @returns Whether something was removed.
   */
  delete(key: string, options?: { readonly expected?: bigint }): Promise<boolean>;
  /** Keys that begin with a text, in the order of their bytes in UTF-8. */
  keys(prefix: string, options?: KeysOptions): Promise<string[]>;
  /**
   * Adds to a counter, which begins at 0. Its value is its decimal digits, as `get` and `set` have it; what is left of
   * its time to live stays.
   *
   * @param delta A signed number of 64 bits.
   * @returns What the counter is now.
   * @throws {NotACounterError} when what is there is no number.
   * @throws {CounterRangeError} when the sum has more than 64 bits.
   * @throws {StateFullError} when the bucket is.
   */
  add(key: string, delta: bigint): Promise<bigint>;
}

/**
 * What a write survives that was acknowledged:
 * - `write`: everything; it is on disk.
 * - `second`: the end of the server's process; of what its machine loses with its power, it is about the last second.
 * - `later`: nothing for certain: a server that ends may lose minutes.
 * - `unknown`: the server does not say.
 */
export type Durability = "write" | "second" | "later" | "unknown";

/** A store of buckets. Several processes may use the same one at once. */
export interface StateStore {
  readonly durability: Durability;
  /**
   * A bucket, which need not be made before.
   *
   * @param name 1 to 200 letters, digits and `-._/`.
   * @param bounds Those that hold for what is put in through this one. What is there already may be more.
   * @default those of the store
   * @throws {BadStateRequestError} when it is no name.
   */
  bucket(name: string, bounds?: Partial<BucketBounds>): Bucket;
  /**
   * Removes what has expired and still takes room. Happens by itself once a minute, and where a bucket would be full.
   *
   * @returns How many entries went.
   */
  collect(): Promise<number>;
  /** Why the last operation failed, for people; empty when it did not. */
  problem(): string;
  /** Ends it. What is under way fails with `StateClosedError`, or is done. */
  close(): Promise<void>;
}

/** Bounds of a bucket. */
export interface BucketBounds {
  /** Entries of a bucket. @default 100,000 */
  readonly bucketEntries: number;
  /** Bytes of all keys and values of a bucket. @default 256 MiB */
  readonly bucketBytes: number;
}

/** Bounds of a store. */
export interface StateLimits extends BucketBounds {
  /** Bytes of a value. @default 1 MiB */
  readonly valueBytes: number;
}

/** The bounds where nothing else is said. */
export const STATE_LIMITS: StateLimits = {
  valueBytes: 1024 * 1024,
  bucketEntries: 100_000,
  bucketBytes: 256 * 1024 * 1024,
};

/** How long an operation may wait for its store where nothing else is said, in milliseconds. */
export const STATE_PATIENCE_MS = 5_000;

/** Options that every store has. */
export interface StateOptions {
  /** Bounds that differ from {@linkcode STATE_LIMITS}. @default none */
  readonly limits?: Partial<StateLimits>;
  /** How long an operation may wait for the store, in milliseconds. @default 5000 */
  readonly patienceMs?: number;
}
