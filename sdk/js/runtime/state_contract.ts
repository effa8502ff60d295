/**
 * The contract's interface `state` as the engine gives it, made into calls.
 *
 * @module
 */

import type { StateCalls, StoredBytes } from "../state_calls.ts";
import { orRefused } from "./contract.ts";

/** The interface `state`, as the engine gives it: `none` is null, and a refusal is thrown as an Error with a `payload`. */
export interface StateImport {
  get(key: string): StoredBytes | null;
  set(key: string, value: Uint8Array, ttl: number | null): number;
  swap(key: string, expected: number | null, value: Uint8Array, ttl: number | null): number | null;
  delete(key: string): boolean;
  keys(prefix: string, after: string | null, limit: number): string[];
  add(key: string, delta: number): number;
}

/** Makes calls of the contract's imports. Half of a surrogate pair has no UTF-8, and would stop the component. */
export function stateCallsOf(state: StateImport): StateCalls {
  return {
    get: (key) => orRefused(() => state.get(key.toWellFormed())) ?? undefined,
    set: (key, value, ttlMs) => orRefused(() => state.set(key.toWellFormed(), value, timeOf(ttlMs))),
    swap: (key, expected, { value, ttlMs }) =>
      orRefused(() => state.swap(key.toWellFormed(), expected ?? null, value, timeOf(ttlMs))) ?? undefined,
    delete: (key) => orRefused(() => state.delete(key.toWellFormed())),
    keys: (prefix, { after, limit }) =>
      orRefused(() => state.keys(prefix.toWellFormed(), after?.toWellFormed() ?? null, limit)),
    add: (key, delta) => orRefused(() => state.add(key.toWellFormed(), delta)),
  };
}

/** What cannot be said as an integer would stop the component. @throws {RangeError} */
function timeOf(ms: number | undefined): number | null {
  if (ms === undefined) return null;
  if (!Number.isSafeInteger(ms) || ms < 0) throw new RangeError(`${ms} ms is no time to live`);
  return ms;
}
