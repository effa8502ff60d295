/**
 * What an actor keeps between envelopes. Whoever imports it needs `spec.grants.state`.
 *
 * Calls take effect at once, for everybody who uses the bucket, and are no part of the hop: what was written stays when the
 * handler throws, and is written again when the envelope is handled again.
 *
 * @example
 * ```ts
 * import { state } from "@troupe/sdk/state";
 * import { run, TestState } from "@troupe/sdk/testing";
 * import { assertEquals } from "@std/assert";
 *
 * function handle({ cart, item }: { cart: string; item: string }) {
 *   return state.update<string[]>(`carts/${cart}`, (items = []) => [...items, item]);
 * }
 *
 * const carts = new TestState();
 * run(handle, { cart: "ann", item: "tea" }, { state: carts });
 * assertEquals(run(handle, { cart: "ann", item: "milk" }, { state: carts }).payloads, [["tea", "milk"]]);
 * ```
 *
 * @module
 */

import { currentHop } from "./_hop.ts";
import { type Json, jsonText } from "./json.ts";
import type { StateCalls, StoredBytes } from "./state_calls.ts";

export type { StoredBytes };

/** A value, and which it is. */
export interface Entry<T> {
  readonly value: T;
  /** No other value of the key has it, before or after. */
  readonly version: number;
}

/** How long something is kept. */
export interface KeepOptions {
  /** Milliseconds until it is gone. @default it stays */
  readonly ttlMs?: number;
}

/**
 * The actor's bucket. Values are JSON; `bytes` has those that are not. They can be used only while an envelope is being
 * handled. A call that is refused throws a `RefusedError`.
 */
export interface State {
  /** What is under a key; undefined for nothing. */
  get<T = Json>(key: string): T | undefined;
  /** The same with its version, for `swap`. */
  entry<T = Json>(key: string): Entry<T> | undefined;
  /** Puts a value under a key, whatever is there. @returns Its version. */
  set(key: string, value: unknown, options?: KeepOptions): number;
  /**
   * Puts a value under a key, if what is there has the version that is expected; with `undefined`, if nothing is there.
   *
   * @returns Its version; undefined when it is otherwise: somebody else was first.
   */
  swap(
    key: string,
    change: { readonly expected: number | undefined; readonly value: unknown } & KeepOptions,
  ): number | undefined;
  /**
   * Makes another value of what is there, again and again until nobody was in between.
   *
   * @param change Gets what is there, and gives what is to be there. May be called more than once.
   * @returns What it gave last.
   */
  update<T>(key: string, change: (value: T | undefined) => T, options?: KeepOptions): T;
  /** Removes what is under a key. @returns Whether something was. */
  delete(key: string): boolean;
  /**
   * Keys that begin with a text, in the order of their bytes.
   *
   * @param options `after`: only those after this one. `limit`: most of them, at most 1000. @default the first 1000
   */
  keys(prefix?: string, options?: { readonly after?: string; readonly limit?: number }): string[];
  /**
   * Adds to a counter, which begins at 0.
   *
   * @param delta A whole number. @default 1
   * @returns What it is now; beyond 2^53 the nearest number that there is.
   * @throws {RangeError} when `delta` is no whole number up to 2^53.
   */
  add(key: string, delta?: number): number;
  /** Values that are not JSON. */
  readonly bytes: {
    get(key: string): StoredBytes | undefined;
    set(key: string, value: Uint8Array, options?: KeepOptions): number;
  };
}

/** The actor's bucket. */
export const state: State = {
  get: <T>(key: string) => state.entry<T>(key)?.value,
  entry: <T>(key: string) => read<T>(calls("entry").get(key)),
  set: (key, value, { ttlMs } = {}) => calls("set").set(key, bytesOf(key, value), ttlMs),
  swap: (key, { expected, value, ttlMs }) =>
    calls("swap").swap(key, expected, { value: bytesOf(key, value), ttlMs }),
  update<T>(key: string, change: (value: T | undefined) => T, options: KeepOptions = {}): T {
    for (;;) {
      const found = state.entry<T>(key);
      const value = change(found?.value);
      if (state.swap(key, { ...options, expected: found?.version, value }) !== undefined) return value;
    }
  },
  delete: (key) => calls("delete").delete(key),
  keys: (prefix = "", { after, limit = 1000 } = {}) => calls("keys").keys(prefix, { after, limit }),
  add(key, delta = 1) {
    // The engine has no other numbers, and ends the component where one does not fit.
    if (!Number.isSafeInteger(delta)) throw new RangeError(`${delta} is no whole number up to 2^53`);
    return calls("add").add(key, delta);
  },
  bytes: {
    get: (key) => calls("bytes.get").get(key),
    set: (key, value, { ttlMs } = {}) => calls("bytes.set").set(key, value, ttlMs),
  },
};

function calls(name: string): StateCalls {
  const hop = currentHop();
  if (!hop) {
    throw new Error(
      `state.${name} was called while no envelope is being handled: call it from within the handler`,
    );
  }
  if (!hop.state) throw new Error(`state.${name} was called in a component that was built without state`);
  return hop.state;
}

function bytesOf(key: string, value: unknown): Uint8Array {
  return new TextEncoder().encode(jsonText(value, `the value for ${key}`));
}

function read<T>(stored: StoredBytes | undefined): Entry<T> | undefined {
  if (!stored) return undefined;
  return { value: JSON.parse(new TextDecoder().decode(stored.value)), version: stored.version };
}
