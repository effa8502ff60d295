/**
 * How a guest that waits, and is not to go on, is got rid of.
 *
 * A stack that is suspended and never resumed is kept by the engine for good, with everything that it can reach: the memory
 * of its instance. So it is resumed with a trap, which no code of a guest can catch: none of it runs any more.
 *
 * @module
 */

/** A module that exports `t`, a function which traps. */
const TRAPS = new WebAssembly.Module(Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x04, 0x01, 0x60, 0x00, 0x00],
  ...[0x03, 0x02, 0x01, 0x00],
  ...[0x07, 0x05, 0x01, 0x01, 0x74, 0x00, 0x00],
  ...[0x0a, 0x05, 0x01, 0x03, 0x00, 0x00, 0x0b],
]));
const { t: trap } = new WebAssembly.Instance(TRAPS).exports as { t: () => void };

const thrown = new WeakSet<object>();

/** A trap, to be thrown into a guest. An error of JavaScript's making would be one that guests can catch. */
export function unwinding(): Error {
  try {
    trap();
  } catch (error) {
    thrown.add(error as Error);
    return error as Error;
  }
  throw new TypeError("a trap that is none");
}

/** Whether an error is one that {@linkcode unwinding} made. */
export function isUnwinding(error: unknown): boolean {
  return error instanceof Error && thrown.has(error);
}
