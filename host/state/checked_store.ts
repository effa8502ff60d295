/**
 * A store whose requests are looked at before its technology sees them.
 *
 * @module
 */

import { z } from "zod";
import type { Full, Place, Put, StateBackend } from "./backend.ts";
import {
  BadStateRequestError,
  StateClosedError,
  StateFullError,
  StateTooLargeError,
  StateUnavailableError,
} from "./errors.ts";
import type {
  Bucket,
  BucketBounds,
  Durability,
  Entry,
  KeepOptions,
  KeysOptions,
  StateLimits,
  StateStore,
  Swapped,
} from "./store.ts";

/** Bytes of a key. */
const KEY_BYTES = 512;
/** Longest time to live, in milliseconds: a hundred years. */
const LONGEST_TTL_MS = 100 * 366 * 24 * 3600 * 1000;
/** Most keys of one listing. */
const MOST_KEYS = 1_000;
/** How often what has expired is looked for, in milliseconds. */
const COLLECT_MS = 60_000;

const bytesOf = (text: string) => new TextEncoder().encode(text).length;
const MAX_I64 = 2n ** 63n - 1n;

const wellFormed = z.string("a key is a text")
  .refine((text) => text.isWellFormed(), "a key has half a surrogate pair, which UTF-8 cannot say")
  .refine((text) => bytesOf(text) <= KEY_BYTES, `a key has more than ${KEY_BYTES} bytes of UTF-8`);
const Key = wellFormed.refine((text) => text !== "", "a key is empty");
const Prefix = wellFormed;
const BucketName = z.string().regex(
  /^[A-Za-z0-9._/-]{1,200}$/,
  "a bucket's name has 1 to 200 letters, digits and -._/",
);
const Version = z.bigint("a version is a bigint").min(0n, "a version is not negative");
const Delta = z.bigint("what is added is a bigint")
  .min(-MAX_I64 - 1n, "what is added has more than 64 bits").max(
    MAX_I64,
    "what is added has more than 64 bits",
  );
const ttl = "a time to live is a whole number of milliseconds, from 1 to those of a hundred years";
const Keep = z.object({ ttlMs: z.int(ttl).min(1, ttl).max(LONGEST_TTL_MS, ttl).optional() });
const page = `a limit is a whole number from 1 to ${MOST_KEYS}`;
const Keys = z.object({
  after: Key.optional(),
  limit: z.int(page).min(1, page).max(MOST_KEYS, page).default(MOST_KEYS),
});
const Value = z.instanceof(Uint8Array, { error: "a value is a Uint8Array" });

function check<T>(schema: z.ZodType<T>, input: unknown): T {
  const read = schema.safeParse(input);
  if (read.success) return read.data;
  throw new BadStateRequestError(read.error.issues.map(({ message }) => message).join("; "));
}

/** A store on a technology. */
export class CheckedStore implements StateStore {
  readonly durability: Durability;
  readonly #backend: StateBackend;
  readonly #limits: StateLimits;
  readonly #timer: ReturnType<typeof setInterval>;
  #collecting = false;

  constructor(backend: StateBackend, limits: StateLimits) {
    this.#backend = backend;
    this.#limits = limits;
    this.durability = backend.durability;
    this.#timer = setInterval(() => void this.#collectQuietly(), COLLECT_MS);
    // A process need not stay for it.
    Deno.unrefTimer(this.#timer as unknown as number);
  }

  bucket(name: string, bounds: Partial<BucketBounds> = {}): Bucket {
    const limits = { ...this.#limits, ...bounds };
    return new CheckedBucket(check(BucketName, name), { backend: this.#backend, limits });
  }

  async collect(): Promise<number> {
    for (let sum = 0;;) {
      const { gone, more } = await this.#backend.collect();
      sum += gone;
      if (!more) return sum;
    }
  }

  problem(): string {
    return this.#backend.problem();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#backend.close();
  }

  async #collectQuietly(): Promise<void> {
    if (this.#collecting) return;
    this.#collecting = true;
    try {
      await this.collect();
    } catch (error) {
      // Whoever uses the store is told; what has expired is looked for again in a minute.
      if (!(error instanceof StateUnavailableError || error instanceof StateClosedError)) throw error;
    } finally {
      this.#collecting = false;
    }
  }
}

class CheckedBucket implements Bucket {
  readonly #name: string;
  readonly #backend: StateBackend;
  readonly #limits: StateLimits;

  constructor(name: string, parts: { readonly backend: StateBackend; readonly limits: StateLimits }) {
    this.#name = name;
    this.#backend = parts.backend;
    this.#limits = parts.limits;
  }

  async get(key: string): Promise<Entry | undefined> {
    return await this.#backend.get(this.#place(key));
  }

  async set(key: string, value: Uint8Array, options: KeepOptions = {}): Promise<bigint> {
    const { ttlMs } = check(Keep, options);
    const swapped = await this.#put(this.#place(key), { expected: undefined, value, ttlMs });
    if (!swapped.ok) throw new TypeError("a value that may replace any other was not put");
    return swapped.version;
  }

  async swap(
    key: string,
    change: { readonly expected: bigint | "absent"; readonly value: Uint8Array } & KeepOptions,
  ): Promise<Swapped> {
    const expected = change.expected === "absent" ? "absent" : check(Version, change.expected);
    const { ttlMs } = check(Keep, change);
    return await this.#put(this.#place(key), { expected, value: change.value, ttlMs });
  }

  async delete(key: string, { expected }: { readonly expected?: bigint } = {}): Promise<boolean> {
    return await this.#backend.delete(
      this.#place(key),
      expected === undefined ? undefined : check(Version, expected),
    );
  }

  async keys(prefix: string, options: KeysOptions = {}): Promise<string[]> {
    const { after, limit } = check(Keys, options);
    return await this.#backend.keys({ bucket: this.#name, prefix: check(Prefix, prefix), after, limit });
  }

  async add(key: string, delta: bigint): Promise<bigint> {
    const addition = { delta: check(Delta, delta), bounds: this.#limits };
    const sum = await this.#backend.add(this.#place(key), addition);
    if (typeof sum === "bigint") return sum;
    throw sum instanceof Error ? sum : this.#full(sum);
  }

  #place(key: string): Place {
    return { bucket: this.#name, key: check(Key, key) };
  }

  async #put(place: Place, put: Omit<Put, "bounds">): Promise<Swapped> {
    const { length: bytes } = check(Value, put.value);
    if (bytes > this.#limits.valueBytes) {
      throw new StateTooLargeError({ bytes, most: this.#limits.valueBytes });
    }
    // The caller's own bytes may be others by the time they are written.
    const result = await this.#backend.put(place, { ...put, value: put.value.slice(), bounds: this.#limits });
    if ("fullOf" in result) throw this.#full(result);
    return result;
  }

  #full({ fullOf }: Full): StateFullError {
    const of = fullOf === "bucketEntries" ? "entries" : "bytes";
    return new StateFullError(this.#name, { most: this.#limits[fullOf], of });
  }
}
