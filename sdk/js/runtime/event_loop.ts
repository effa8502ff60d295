/**
 * Runs what a handler waits for. Importing it puts `queueMicrotask` into place.
 *
 * The engine queues the reactions of promises, and has no function by which a component could have them run: its tool does
 * that only for exports that are asynchronous in the component model, which hosts here do not call. The build redirects a
 * call in the component to the engine's own loop (`cli/build/js/job_loop.ts`); that loop runs all there is, and comes back.
 *
 * @module
 */

import { duringHop, type HopCalls } from "../_hop.ts";
import { settleHandler } from "../async_handler.ts";
import { AwaitError } from "../errors.ts";
import type { Handler } from "../handler.ts";
import type { Timers } from "./timers.ts";

/** What the engine's loop makes of the call by which it is started: something that it need not wait for. */
const NOTHING_TO_WAIT_FOR = { then() {} };

/** What the component gives. */
export interface LoopImports {
  /** Runs the reactions that are queued, those that these queue, and so on. Calls the component's `handle` in passing. */
  readonly runReactions: () => void;
  /** Where the author's files name them. */
  readonly timers?: Timers | undefined;
}

let uncaught: { readonly error: unknown } | undefined;

/** The engine's own would lose what a task throws. */
function queueMicrotask(task: () => void): void {
  if (typeof task !== "function") throw new TypeError("queueMicrotask has to be given a function");
  Promise.resolve().then(task).catch((error: unknown) => uncaught ??= { error });
}

Object.defineProperty(globalThis, "queueMicrotask", {
  value: queueMicrotask,
  configurable: true,
  writable: true,
});

/** The loop of one component. */
export class EventLoop {
  readonly #imports: LoopImports;
  #running = false;

  constructor(imports: LoopImports) {
    this.#imports = imports;
  }

  /** The component's `handle`, which the engine's loop calls in passing. */
  enter(
    handle: (payload: string) => string | undefined,
  ): (payload: string) => string | undefined | typeof NOTHING_TO_WAIT_FOR {
    return (payload) => this.#running ? NOTHING_TO_WAIT_FOR : handle(payload);
  }

  /**
   * Runs a handler to its end: reactions while there are any, then the timer that is due first, and so on. What is still
   * queued then is run too; timers that are still set are not.
   *
   * @throws as the promise rejects, and {@linkcode AwaitError} when nothing is left that could settle it.
   */
  run(handler: Handler, payload: string, calls: HopCalls): string | undefined {
    const { timers } = this.#imports;
    const { sleep } = calls;
    const wait = sleep && ((ms: number) => {
      sleep(ms);
      timers?.elapse(ms);
    });
    const hop = { ...calls, sleep: wait, pending: new Set<object>() };
    uncaught = undefined;
    timers?.begin();
    try {
      return duringHop(hop, () => {
        let outcome: (() => string | undefined) | undefined;
        settleHandler(handler, payload, hop).then(
          (text) => outcome = () => text,
          (error: unknown) =>
            outcome = () => {
              throw error;
            },
        );
        for (;;) {
          this.#runReactions();
          if (outcome) return outcome();
          if (!sleep || !timers?.runNext(sleep)) throw neverSettled();
        }
      });
    } finally {
      timers?.end();
    }
  }

  #runReactions(): void {
    this.#running = true;
    try {
      this.#imports.runReactions();
    } finally {
      this.#running = false;
    }
    if (uncaught) throw uncaught.error;
  }
}

function neverSettled(): AwaitError {
  return new AwaitError(
    "the handler waits for a promise that nothing settles: no reaction is queued, and no timer is set",
  );
}
