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

/** A call of a guest during which its stack is suspended. */
interface SuspendedCall {
  readonly reject: (error: Error) => void;
  /** Whether nobody has waited in it yet, and it is not over. */
  fresh: boolean;
}

/**
 * The last call that was made. Guests run one at a time, so it is that of the guest which runs now; or, where it is not
 * fresh, that guest is still in a call which was made before, in which it has waited already.
 */
let last: SuspendedCall = { reject: () => {}, fresh: false };

/** Has the stacks that are suspended from here on be such that they can be unwound. */
export function suspendUnwindably(): void {
  const engine = WebAssembly as unknown as { Suspending: Suspending };
  const Original = engine.Suspending;
  const suspending = function (call: Call): object {
    return new Original((...args) => {
      const { promise, reject } = Promise.withResolvers<never>();
      const made: SuspendedCall = { reject, fresh: true };
      last = made;
      const over = () => void (made.fresh = false);
      let answer: unknown;
      try {
        answer = call(...args);
      } catch (error) {
        over();
        throw error;
      }
      if (!(answer instanceof Promise)) {
        over();
        return answer;
      }
      answer.then(over, over);
      return Promise.race([answer, promise]);
    });
  };
  Object.defineProperty(engine, "Suspending", { value: suspending });
}

/**
 * What unwinds the stack that begins to wait: to be called once, later, or never.
 *
 * @returns Undefined when it has waited in the same call before: what unwinds it is what it was then.
 */
export function unwindingOfLast(): (() => void) | undefined {
  const { fresh, reject } = last;
  last.fresh = false;
  return fresh ? () => reject(trapped()) : undefined;
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
