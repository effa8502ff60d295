/**
 * State in Redis: what is asked, as calls of the script, and what the script answers.
 *
 * @module
 */

import {
  type Addition,
  type Full,
  type FullOf,
  type Listing,
  type Place,
  type Put,
  rangeOf,
  type StateBackend,
} from "../backend.ts";
import { CounterRangeError, NotACounterError, StateUnavailableError } from "../errors.ts";
import type { BucketBounds, Durability, Entry, Swapped } from "../store.ts";
import { type RedisConnection, RedisRefusal } from "./connection.ts";
import type { Argument, Reply } from "./link.ts";
import { PARTS, SCRIPT } from "./script.ts";

/** Entries of one bucket that one call removes because they have expired. */
const COLLECT = 1_000;

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (reply: Reply | undefined) =>
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(reply as Uint8Array);

/** The buckets of a namespace. */
export class RedisBackend implements StateBackend {
  readonly durability: Durability;
  readonly #connection: RedisConnection;
  readonly #namespace: string;
  /** Name of the script at the server. */
  readonly #sha1: string;
  /** Buckets that are known to be among those in which something can expire. */
  readonly #expiring = new Set<string>();

  constructor(
    connection: RedisConnection,
    options: {
      readonly namespace: string;
      readonly durability: Durability;
      readonly sha1: string;
    },
  ) {
    const { namespace, durability, sha1 } = options;
    this.#connection = connection;
    this.#namespace = namespace;
    this.#sha1 = sha1;
    this.durability = durability;
  }

  async get({ bucket, key }: Place): Promise<Entry | undefined> {
    return entryOf(await this.#run(bucket, ["get", key]));
  }

  async put({ bucket, key }: Place, { expected, value, ttlMs, bounds }: Put): Promise<Swapped | Full> {
    if (ttlMs !== undefined) await this.#noteExpiring(bucket);
    const reply = await this.#run(
      bucket,
      ["put", key, String(expected ?? ""), value, String(ttlMs ?? ""), ...textsOf(bounds)],
    );
    const [outcome, detail] = reply;
    if (outcome === "full") return fullOf(detail);
    if (outcome === "done") return { ok: true, version: BigInt(decode(detail)) };
    return { ok: false, found: entryOf(reply) };
  }

  async delete({ bucket, key }: Place, expected: bigint | undefined): Promise<boolean> {
    const [outcome] = await this.#run(bucket, ["delete", key, String(expected ?? "")]);
    return outcome === "done";
  }

  async keys({ bucket, prefix, after, limit }: Listing): Promise<string[]> {
    const { start, end } = rangeOf(prefix);
    const last = after === undefined ? undefined : encode(after);
    const from = last && isBelow(start, last) ? bound("(", last) : bound("[", start);
    const [, ...keys] = await this.#run(bucket, ["keys", from, end ? bound("(", end) : "+", String(limit)]);
    return keys.map(decode);
  }

  async add(
    { bucket, key }: Place,
    { delta, bounds }: Addition,
  ): Promise<bigint | Full | NotACounterError | CounterRangeError> {
    const [outcome, detail] = await this.#run(bucket, ["add", key, String(delta), ...textsOf(bounds)]);
    if (outcome === "full") return fullOf(detail);
    if (outcome === "nan") return new NotACounterError(key);
    if (outcome === "range") return new CounterRangeError(key);
    return BigInt(decode(detail));
  }

  async collect(): Promise<{ readonly gone: number; readonly more: boolean }> {
    let [gone, more] = [0, false];
    for (const bucket of await this.#connection.send(["SMEMBERS", this.#buckets]) as readonly Reply[]) {
      const [, count] = await this.#run(decode(bucket), ["collect", String(COLLECT)]);
      gone += Number(count);
      more ||= count === COLLECT;
    }
    return { gone, more };
  }

  problem(): string {
    return this.#connection.problem;
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  /** Where it stands in which buckets something can expire. */
  get #buckets(): string {
    return `${this.#namespace}:state:buckets`;
  }

  /** Has it known, before it is so, that something can expire in a bucket. */
  async #noteExpiring(bucket: string): Promise<void> {
    if (this.#expiring.has(bucket)) return;
    await this.#connection.send(["SADD", this.#buckets, bucket]);
    this.#expiring.add(bucket);
  }

  /** Runs the script. What came of it is a text, what else it says is as it comes. */
  async #run(bucket: string, argv: readonly Argument[]): Promise<[outcome: string, ...Reply[]]> {
    // The braces keep the keys in one slot of a cluster.
    const keys = PARTS.map((part) => `${this.#namespace}:state:{${bucket}}:${part}`);
    const rest = [String(keys.length), ...keys, ...argv];
    const [outcome, ...more] = await this.#evaluate(rest) as readonly Reply[];
    return [decode(outcome), ...more];
  }

  async #evaluate(rest: readonly Argument[]): Promise<Reply> {
    try {
      try {
        return await this.#connection.send(["EVALSHA", this.#sha1, ...rest]);
      } catch (error) {
        // One that has been restarted does not know it any more; nothing was done.
        if (!(error instanceof RedisRefusal && error.message.startsWith("NOSCRIPT"))) throw error;
        return await this.#connection.send(["EVAL", SCRIPT, ...rest]);
      }
    } catch (error) {
      if (!(error instanceof RedisRefusal)) throw error;
      const { name } = this.#connection;
      throw new StateUnavailableError(name, { problem: error.message, undone: false, cause: error });
    }
  }
}

function entryOf([outcome, version, value]: readonly [string, ...Reply[]]): Entry | undefined {
  if (outcome === "none") return undefined;
  // The client's own class of bytes is made to what everybody has.
  return { version: BigInt(decode(version)), value: Uint8Array.from(value as Uint8Array) };
}

/** Bounds as the script takes them. */
function textsOf({ bucketEntries, bucketBytes }: BucketBounds): [entries: string, bytes: string] {
  return [String(bucketEntries), String(bucketBytes)];
}

function fullOf(name: Reply | undefined): Full {
  return { fullOf: decode(name) as FullOf };
}

/** An end of a range of names. */
function bound(sign: "[" | "(", name: Uint8Array): Uint8Array {
  return Uint8Array.of(sign.charCodeAt(0), ...name);
}

/** Whether bytes come before others, or are the same. */
function isBelow(one: Uint8Array, other: Uint8Array): boolean {
  const length = Math.min(one.length, other.length);
  for (let i = 0; i < length; i++) {
    if (one[i] !== other[i]) return (one[i] as number) < (other[i] as number);
  }
  return one.length <= other.length;
}
