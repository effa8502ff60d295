/**
 * The data that a command prints.
 *
 * @module
 */

/** Bytes that are gathered before they are written. */
const CHUNK_BYTES = 64 * 1024;

/**
 * Standard output: lines of data, written in large pieces and no faster than they are read. Whoever reads may go away
 * (`troupe results | head`): that is no error, only {@linkcode closed}.
 *
 * @example
 * ```ts
 * const out = new Output();
 * for (const id of ["a", "b", "c"]) {
 *   await out.line(id);
 *   if (out.closed) break; // nobody reads any more
 * }
 * await out.flush();
 * ```
 */
export class Output {
  readonly #to: { write(bytes: Uint8Array): Promise<number> };
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #closed = false;

  /** @param to Where it goes. @default standard output */
  constructor(to: { write(bytes: Uint8Array): Promise<number> } = Deno.stdout) {
    this.#to = to;
  }

  /** Whether the reader has gone away. Lines are dropped from then on. */
  get closed(): boolean {
    return this.#closed;
  }

  /** One line. */
  async line(text: string): Promise<void> {
    if (this.#closed) return;
    const bytes = new TextEncoder().encode(`${text}\n`);
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes >= CHUNK_BYTES) await this.flush();
  }

  /** Writes what has been gathered. Call it at the end, and where a person waits for what was said so far. */
  async flush(): Promise<void> {
    const pieces = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    try {
      for (const piece of join(pieces)) await this.#writeAll(piece);
    } catch (error) {
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
      this.#closed = true;
    }
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    let written = 0;
    while (written < bytes.length && !this.#closed) written += await this.#to.write(bytes.subarray(written));
  }
}

/** Small pieces joined to one, since each write is a system call. */
function join(pieces: Uint8Array[]): Uint8Array[] {
  if (pieces.length < 2) return pieces;
  const joined = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return [joined];
}
