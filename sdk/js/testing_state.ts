/**
 * A bucket for unit tests, with the contract's rules.
 *
 * @module
 */

import { RefusedError } from "./errors.ts";
import type { StateCalls, StoredBytes } from "./state_calls.ts";

const KEY_BYTES = 512;
const VALUE_BYTES = 1024 * 1024;
const MOST_KEYS = 1000;
const LONGEST_TTL_MS = 100 * 366 * 24 * 3600 * 1000;
const COUNTER = /^(0|-?[1-9]\d{0,18})$/;

/**
 * A bucket in memory. Its time goes on only when it is told to.
 *
 * @example
 * ```ts
 * import { TestState } from "@troupe/sdk/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const bucket = new TestState();
 * bucket.add("visits", 2);
 * bucket.set("session", new Uint8Array(), 1000);
 * bucket.elapse(1000);
 * assertEquals([bucket.text("visits"), bucket.text("session")], ["2", undefined]);
 * ```
 */
export class TestState implements StateCalls {
  readonly #entries = new Map<string, StoredBytes & { readonly expiresAt: number }>();
  #version = 0;
  #now = 0;

  /** Lets time pass, in milliseconds. */
  elapse(ms: number): void {
    this.#now += ms;
  }

  /** What is under a key, as a text: what `state.set` has put there is JSON. */
  text(key: string): string | undefined {
    const found = this.get(key);
    return found && new TextDecoder().decode(found.value);
  }

  get(key: string): StoredBytes | undefined {
    const found = this.#live(key);
    return found && { value: found.value.slice(), version: found.version };
  }

  set(key: string, value: Uint8Array, ttlMs: number | undefined): number {
    checkKey(key);
    return this.#put(key, { value, expiresAt: this.#expiry(ttlMs) });
  }

  swap(
    key: string,
    expected: number | undefined,
    { value, ttlMs }: { readonly value: Uint8Array; readonly ttlMs: number | undefined },
  ): number | undefined {
    const expiresAt = this.#expiry(ttlMs);
    return this.#live(key)?.version === expected ? this.#put(key, { value, expiresAt }) : undefined;
  }

  delete(key: string): boolean {
    const found = this.#live(key) !== undefined;
    this.#entries.delete(key);
    return found;
  }

  keys(
    prefix: string,
    { after, limit }: { readonly after: string | undefined; readonly limit: number },
  ): string[] {
    if (prefix !== "") checkKey(prefix);
    if (after !== undefined) checkKey(after);
    if (!(Number.isInteger(limit) && limit >= 1 && limit <= MOST_KEYS)) {
      throw refusal(`a limit is a whole number from 1 to ${MOST_KEYS}`);
    }
    return [...this.#entries.keys()]
      .filter((key) => key.startsWith(prefix) && this.#live(key) !== undefined)
      .sort(compareBytes)
      .filter((key) => after === undefined || compareBytes(after, key) < 0)
      .slice(0, limit);
  }

  add(key: string, delta: number): number {
    const found = this.#live(key);
    const digits = found ? new TextDecoder().decode(found.value) : "0";
    if (!COUNTER.test(digits) || BigInt.asIntN(64, BigInt(digits)) !== BigInt(digits)) {
      throw new RefusedError("troupe.NotACounter", `What is under ${JSON.stringify(key)} is no whole number`);
    }
    const sum = BigInt(digits) + BigInt(delta);
    if (BigInt.asIntN(64, sum) !== sum) {
      throw new RefusedError(
        "troupe.CounterRange",
        `The counter ${JSON.stringify(key)} would leave its range`,
      );
    }
    const value = new TextEncoder().encode(String(sum));
    this.#put(key, { value, expiresAt: found?.expiresAt ?? Infinity });
    return Number(sum);
  }

  #live(key: string) {
    checkKey(key);
    const found = this.#entries.get(key);
    return found && found.expiresAt > this.#now ? found : undefined;
  }

  #put(
    key: string,
    { value, expiresAt }: { readonly value: Uint8Array; readonly expiresAt: number },
  ): number {
    if (value.length > VALUE_BYTES) {
      const message = `The value has ${value.length} bytes and may have ${VALUE_BYTES}`;
      throw new RefusedError("troupe.StateTooLarge", message);
    }
    this.#entries.set(key, { value: value.slice(), version: ++this.#version, expiresAt });
    return this.#version;
  }

  #expiry(ttlMs: number | undefined): number {
    if (ttlMs === undefined) return Infinity;
    if (Number.isInteger(ttlMs) && ttlMs >= 1 && ttlMs <= LONGEST_TTL_MS) return this.#now + ttlMs;
    throw refusal("a time to live is a whole number of milliseconds, from 1 to those of a hundred years");
  }
}

function checkKey(key: string): void {
  const { length } = new TextEncoder().encode(key);
  if (length < 1 || length > KEY_BYTES) throw refusal(`a key has 1 to ${KEY_BYTES} bytes of UTF-8`);
}

function refusal(problem: string): RefusedError {
  return new RefusedError("troupe.BadStateRequest", `The state cannot be asked for this: ${problem}`);
}

/** The order of UTF-8, which is that of code points. */
function compareBytes(one: string, other: string): number {
  const [a, b] = [[...one], [...other]];
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = (a[i]?.codePointAt(0) ?? 0) - (b[i]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
