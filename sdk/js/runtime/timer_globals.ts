/**
 * Importing it puts `setTimeout` and its like into place: for actors whose own files name them.
 *
 * @module
 */

import { Timers } from "./timers.ts";

/** The component's timers. */
export const timers: Timers = new Timers();

const globals = {
  setTimeout: (call: unknown, ms?: unknown, ...args: unknown[]) =>
    timers.add(call, { ms, args, repeat: false }),
  setInterval: (call: unknown, ms?: unknown, ...args: unknown[]) =>
    timers.add(call, { ms, args, repeat: true }),
  clearTimeout: (id: unknown) => timers.remove(id),
  clearInterval: (id: unknown) => timers.remove(id),
};
for (const [name, value] of Object.entries(globals)) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}
