/**
 * Many small writes as few transactions: what comes while one is under way goes into the next one.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import { PostgresRefusedError } from "./errors.ts";

/** Most that goes into one transaction. */
const MOST = { items: 2_000, bytes: 16 * 1024 * 1024 };

/** Something to be written, and whom to tell. */
interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly bytes: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** How to write. */
export interface GathererOptions<Item, Answer> {
  /** One transaction; an answer for each item, in order. */
  readonly write: (items: readonly Item[]) => Promise<readonly Answer[]>;
  /** About how large an item is, in bytes. */
  readonly size: (item: Item) => number;
}

/** Gathers what is to be written to the same tables. */
export class Gatherer<Item, Answer> {
  readonly #options: GathererOptions<Item, Answer>;
  #waiting: Waiting<Item, Answer>[] = [];
  #busy = false;

  constructor(options: GathererOptions<Item, Answer>) {
    this.#options = options;
  }

  /**
   * Has items written, in their order. An item that the tables refuse keeps none of the others from being written.
   *
   * @throws What the write of any of them threw, when all of them are done.
   */
  async write(items: readonly Item[]): Promise<Answer[]> {
    const answers = items.map((item) =>
      new Promise<Answer>((resolve, reject) =>
        this.#waiting.push({ item, bytes: this.#options.size(item), resolve, reject })
      )
    );
    this.#start();
    const settled = await Promise.allSettled(answers);
    return settled.map((answer) => {
      if (answer.status === "rejected") throw answer.reason;
      return answer.value;
    });
  }

  #start(): void {
    if (this.#busy) return;
    this.#busy = true;
    // What else is asked in this turn of the event loop comes along.
    setImmediate(() => this.#run());
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) await this.#writeAll(this.#next());
    this.#busy = false;
  }

  #next(): Waiting<Item, Answer>[] {
    let bytes = 0;
    let count = 0;
    for (const waiting of this.#waiting) {
      bytes += waiting.bytes;
      if (count > 0 && (count === MOST.items || bytes > MOST.bytes)) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  async #writeAll(batch: readonly Waiting<Item, Answer>[]): Promise<void> {
    try {
      const answers = await this.#options.write(batch.map(({ item }) => item));
      for (const [i, { resolve }] of batch.entries()) resolve(answers[i] as Answer);
    } catch (error) {
      if (error instanceof PostgresRefusedError && batch.length > 1) {
        // One of them it is. The halves tell which, soon enough.
        const half = Math.ceil(batch.length / 2);
        await this.#writeAll(batch.slice(0, half));
        return await this.#writeAll(batch.slice(half));
      }
      for (const { reject } of batch) reject(error);
    }
  }
}
