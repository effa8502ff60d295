/**
 * What a technology has to do so that state can be kept in it. What comes here has been looked at: keys, values, times and
 * numbers are such as they may be.
 *
 * @module
 */

import type { CounterRangeError, NotACounterError } from "./errors.ts";
import type { BucketBounds, Durability, Entry, Swapped } from "./store.ts";

/** An entry's place. */
export interface Place {
  readonly bucket: string;
  readonly key: string;
}

/** A value to be put. */
export interface Put {
  /** What has to be there; undefined for whatever. */
  readonly expected: bigint | "absent" | undefined;
  readonly value: Uint8Array;
  /** Milliseconds; undefined for ever. */
  readonly ttlMs: number | undefined;
  /** What the bucket may come to with it. */
  readonly bounds: BucketBounds;
}

/** What is to be added to a counter. */
export interface Addition {
  readonly delta: bigint;
  /** What the bucket may come to with it. */
  readonly bounds: BucketBounds;
}

/** Which keys are asked for. */
export interface Listing {
  readonly bucket: string;
  readonly prefix: string;
  readonly after: string | undefined;
  readonly limit: number;
}

/** Which bound of a bucket would be passed. */
export type FullOf = keyof BucketBounds;

/** Something was not done for want of room. */
export interface Full {
  readonly fullOf: FullOf;
}

/**
 * A technology. What it does is atomic, and durable when the promise resolves. Throws `StateUnavailableError` when it
 * cannot be done within the patience, and `StateClosedError` once it is closed.
 */
export interface StateBackend {
  readonly durability: Durability;
  get(place: Place): Promise<Entry | undefined>;
  put(place: Place, put: Put): Promise<Swapped | Full>;
  delete(place: Place, expected: bigint | undefined): Promise<boolean>;
  keys(listing: Listing): Promise<string[]>;
  add(place: Place, addition: Addition): Promise<bigint | Full | NotACounterError | CounterRangeError>;
  /** Removes entries that have expired, a bounded number of them. @returns How many, and whether there are more. */
  collect(): Promise<{ readonly gone: number; readonly more: boolean }>;
  /** Why the last operation failed; empty when it did not. */
  problem(): string;
  close(): Promise<void>;
}

/** Bytes that no key of a prefix is below, and that every such key is below; no `end` where there is none. */
export function rangeOf(
  prefix: string,
): { readonly start: Uint8Array; readonly end: Uint8Array | undefined } {
  const start = new TextEncoder().encode(prefix);
  if (start.length === 0) return { start, end: undefined };
  // No byte of UTF-8 is 0xff, so the last one has a successor.
  const end = start.slice();
  end[end.length - 1] = (end[end.length - 1] as number) + 1;
  return { start, end };
}
