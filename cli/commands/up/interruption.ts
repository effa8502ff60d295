/**
 * Ctrl-C and SIGTERM.
 *
 * @module
 */

import { EXIT } from "../exit_code.ts";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** What a person, or whoever supervises this process, asks for by signals. */
export class Interruption implements Disposable {
  readonly #first = new AbortController();
  readonly #second = new AbortController();
  readonly #onSignal = () => this.#heard();

  /** Listens until it is disposed of. */
  constructor() {
    for (const signal of SIGNALS) Deno.addSignalListener(signal, this.#onSignal);
  }

  /** Aborted by the first signal: finish what is in hand, and end. */
  get first(): AbortSignal {
    return this.#first.signal;
  }

  /** Aborted by the second: end at once. */
  get second(): AbortSignal {
    return this.#second.signal;
  }

  #heard(): void {
    if (!this.#first.signal.aborted) this.#first.abort();
    else if (!this.#second.signal.aborted) this.#second.abort();
    // Even ending at once does not end: what is in hand comes back when its owner is found dead.
    else Deno.exit(EXIT.interrupted);
  }

  /** Leaves signals to the system again. */
  [Symbol.dispose](): void {
    for (const signal of SIGNALS) Deno.removeSignalListener(signal, this.#onSignal);
  }
}

/** Resolves when a signal is aborted or the work is done, whichever comes first; rejects when the work does. */
export function untilAborted(signal: AbortSignal, work?: Promise<unknown>): Promise<void> {
  return new Promise((resolve, reject) => {
    const forget = () => signal.removeEventListener("abort", end);
    const end = () => {
      forget();
      resolve();
    };
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", end);
    work?.then(end, (error) => {
      forget();
      reject(error);
    });
  });
}
