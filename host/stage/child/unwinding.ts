/**
 * How a guest that waits, and is not to go on, is got rid of.
 *
 * A stack that is suspended and never resumed is kept by the engine for good, with everything that it can reach: the memory
 * of its instance. So it is resumed with a trap, which no code of a guest can catch: none of it runs any more. Glue does not
 * hand on every error, so this is done around it, where the engine suspends a stack.
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

type Call = (...args: unknown[]) => unknown;
/** What makes of a function one during which a stack is suspended. */
type Suspending = new (call: Call) => object;

/** Unwinds the stack that was suspended last. Guests run one at a time, so that is the one which begins to wait. */
let last = (_error: Error): void => {};

/** Has the stacks that are suspended from here on be such that they can be unwound. */
export function suspendUnwindably(): void {
  const engine = WebAssembly as unknown as { Suspending: Suspending };
  const Original = engine.Suspending;
  const suspending = function (call: Call): object {
    return new Original((...args) => {
      const { promise, reject } = Promise.withResolvers<never>();
      last = reject;
      const answer = call(...args);
      return answer instanceof Promise ? Promise.race([answer, promise]) : answer;
    });
  };
  Object.defineProperty(engine, "Suspending", { value: suspending });
}

/** What unwinds the stack that has begun to wait: to be called once, later, or never. */
export function unwindingOfLast(): () => void {
  const unwind = last;
  return () => unwind(trapped());
}

/** A trap. An error of JavaScript's making would be one that guests can catch. */
export function trapped(): Error {
  try {
    trap();
  } catch (error) {
    return error as Error;
  }
  throw new TypeError("a trap that is none");
}
