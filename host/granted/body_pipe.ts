/**
 * The body of a request on its way from a sandbox to a server.
 *
 * @module
 */

interface Piece {
  readonly bytes: Uint8Array;
  readonly taken: () => void;
}

/** Pieces that are pushed at one end, and iterated over, once, at the other. */
export class BodyPipe implements AsyncIterable<Uint8Array> {
  #pieces: Piece[] = [];
  #state: "open" | "finished" | "broken" = "open";
  #released = false;
  #wake = () => {};

  /** Adds a piece. Resolves when it was taken, or nobody takes any. */
  push(bytes: Uint8Array): Promise<void> {
    if (this.#released) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#pieces.push({ bytes, taken: resolve });
    this.#wake();
    return promise;
  }

  /** Nothing is added any more: it is complete, or never will be. What was said first counts. */
  end(state: "finished" | "broken"): void {
    if (this.#state === "open") this.#state = state;
    this.#wake();
  }

  /** Nobody takes anything any more. */
  release(): void {
    this.#released = true;
    for (const { taken } of this.#pieces.splice(0)) taken();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        // What waits at the sandbox's end of it goes first, whatever was said after it.
        const piece = this.#pieces.shift();
        if (piece) {
          try {
            yield piece.bytes;
          } finally {
            piece.taken();
          }
        } else if (this.#state === "finished") return;
        else if (this.#state === "broken") throw new Error("the actor did not complete it");
        else await new Promise<void>((resolve) => this.#wake = resolve);
      }
    } finally {
      this.release();
    }
  }
}
