/**
 * Lines out of what a guest writes, in whatever pieces it does.
 *
 * @module
 */

/** Longest line, in bytes: what is longer becomes several. */
export const LINE_BYTES = 8 * 1024;

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

// Made before guests are given another one, which refuses what is not UTF-8.
const DECODER = new TextDecoder();

/** Splits a stream of bytes at newlines. */
export class Lines {
  #rest: Uint8Array<ArrayBuffer> = new Uint8Array();

  /** The lines that more bytes complete, without their newline. Bytes that are not UTF-8 become U+FFFD. */
  *push(bytes: Uint8Array): Generator<string> {
    let all = new Uint8Array(this.#rest.length + bytes.length);
    all.set(this.#rest);
    all.set(bytes, this.#rest.length);
    for (;;) {
      const newline = all.subarray(0, LINE_BYTES + 1).indexOf(NEWLINE);
      if (newline < 0 && all.length <= LINE_BYTES) break;
      const end = newline < 0 ? characterBoundary(all, LINE_BYTES) : newline;
      yield decode(all.subarray(0, end));
      all = all.subarray(newline < 0 ? end : end + 1);
    }
    this.#rest = all.slice();
  }

  /** What came after the last newline; nothing is left then. */
  rest(): string {
    const line = decode(this.#rest);
    this.#rest = new Uint8Array();
    return line;
  }
}

function decode(line: Uint8Array): string {
  return DECODER.decode(line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line);
}

/** The last offset up to a limit that is not within a character. */
function characterBoundary(bytes: Uint8Array, limit: number): number {
  for (let at = limit; at > limit - 4; at--) {
    if (((bytes[at] ?? 0) & 0xc0) !== 0x80) return at;
  }
  return limit;
}
