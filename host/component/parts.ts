/**
 * The message form between a host and the sandbox that inspects and transpiles: `u32 count | u32 length…`, big-endian,
 * then the parts. All lengths stand at the front, so that they are checked before anything is allocated for them.
 *
 * @module
 */

/** Bytes that are not a message, or one that is too large. */
export class PartsError extends Error {
  override readonly name: string = "PartsError";
}

/** Bytes that end before the message does. */
export class EndedEarlyError extends PartsError {
  override readonly name = "EndedEarlyError";

  constructor() {
    super("it ends too early");
  }
}

/** What a message may have at most. */
export interface PartsBounds {
  readonly parts: number;
  /** Bytes of all parts together. */
  readonly bytes: number;
}

/** A message, in pieces to be written one after another: the parts are not copied. */
export function encodeParts(parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer>[] {
  const head = new DataView(new ArrayBuffer(4 + 4 * parts.length));
  head.setUint32(0, parts.length);
  parts.forEach((part, n) => head.setUint32(4 + 4 * n, part.length));
  return [new Uint8Array(head.buffer), ...parts];
}

/**
 * Reads a message, to the end of the stream.
 *
 * @throws {EndedEarlyError} when it ends too early.
 * @throws {PartsError} when it is not one, is too large, or goes on behind its end.
 */
export async function readParts(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  bounds: PartsBounds,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const source = new ByteSource(stream);
  try {
    const [count = 0] = await source.numbers(1);
    if (count > bounds.parts) throw new PartsError(`it has ${count} parts, and ${bounds.parts} is the limit`);
    const lengths = await source.numbers(count);
    const sum = lengths.reduce((sum, length) => sum + length, 0);
    if (sum > bounds.bytes) throw new PartsError(`it has ${sum} bytes, and ${bounds.bytes} is the limit`);
    const parts: Uint8Array<ArrayBuffer>[] = [];
    for (const length of lengths) parts.push(await source.take(length));
    await source.end();
    return parts;
  } finally {
    await source.close();
  }
}

/** Takes exact numbers of bytes from a stream. */
class ByteSource {
  readonly #chunks: AsyncIterator<Uint8Array<ArrayBuffer>>;
  #rest: Uint8Array<ArrayBuffer> = new Uint8Array();

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  async take(length: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length;) {
      if (this.#rest.length === 0) this.#rest = await this.#next() ?? failEarly();
      const part = this.#rest.subarray(0, length - at);
      bytes.set(part, at);
      at += part.length;
      this.#rest = this.#rest.subarray(part.length);
    }
    return bytes;
  }

  async numbers(count: number): Promise<number[]> {
    const view = new DataView((await this.take(4 * count)).buffer);
    return Array.from({ length: count }, (_, n) => view.getUint32(4 * n));
  }

  async end(): Promise<void> {
    if (this.#rest.length > 0 || await this.#next()) throw new PartsError("bytes behind its last part");
  }

  /** Reads no more, whatever there is. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #next(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const { value, done } = await this.#chunks.next();
    return done ? undefined : value;
  }
}

function failEarly(): never {
  throw new EndedEarlyError();
}
