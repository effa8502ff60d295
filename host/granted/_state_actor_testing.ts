/**
 * An actor that calls the interface `state` as its payload says: `[name, ...arguments]` each, in order.
 *
 * @module
 */

import { componentize } from "componentize-qjs";
import { fromFileUrl } from "@std/path";

const WIT = fromFileUrl(new URL("../../sdk/wit/actor.wit", import.meta.url));

/** Versions are texts of digits in the payload and in the results, values are texts. The engine has them as numbers. */
const SOURCE = `
import state from "troupe:actor/state@0.1.0";
const number = (digits) => digits == null ? null : Number(digits);
const bytes = (text) => Uint8Array.from(text, (char) => char.charCodeAt(0));
const text = (bytes) => String.fromCharCode(...bytes);
const told = (version) => version == null ? null : String(version);
const calls = {
  get: (key) => { const entry = state.get(key); return entry && [text(entry.value), told(entry.version)]; },
  set: (key, value, ttl) => told(state.set(key, bytes(value), number(ttl))),
  setLong: (key, length) => told(state.set(key, new Uint8Array(length), null)),
  swap: (key, expected, value, ttl) => told(state.swap(key, number(expected), bytes(value), number(ttl))),
  delete: (key) => state.delete(key),
  keys: (prefix, after, limit) => state.keys(prefix, after ?? null, limit),
  longKey: (length) => state.get("x".repeat(length)),
  add: (key, delta) => told(state.add(key, number(delta))),
  addMany: (key, times) => { for (let n = 0; n < times; n++) state.add(key, 1); return null; },
  fail: () => { throw { payload: { code: "Failed" } }; },
};
export function handle(payload) {
  try {
    return JSON.stringify(JSON.parse(payload).map(([name, ...args]) => {
      try {
        return calls[name](...args) ?? null;
      } catch (error) {
        if (!error?.payload || name === "fail") throw error;
        return error.payload;
      }
    }));
  } catch (error) {
    throw { kind: error?.payload?.code ?? "Error", lineage: [], message: String(error) };
  }
}`;

let made: Promise<Uint8Array<ArrayBuffer>> | undefined;

/** The component, made once. */
export function stateActor(): Promise<Uint8Array<ArrayBuffer>> {
  return made ??= make();
}

async function make(): Promise<Uint8Array<ArrayBuffer>> {
  const options = { witPath: WIT, world: "actor-with-state", jsSource: SOURCE, sync: true, optSize: true };
  return new Uint8Array((await componentize(options)).component);
}
