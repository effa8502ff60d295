/**
 * Lines of a stream, as they come, in bounded memory.
 *
 * @module
 */

import { TroupeError } from "@troupe/host/errors";

/** One line that is not blank. */
export interface Line {
  /** Its number; the first line of the stream is 1. */
  readonly number: number;
  /** Without the line break. */
  readonly text: string;
}

/** A line that cannot be an envelope: it is too long, or it is not UTF-8. */
export class BadLineError extends TroupeError {
  /** Lines before it that have not been given yet. */
  readonly before: readonly Line[];

  /**
   * @param line Number of the line.
   * @param what What is wrong with it: the rest of a sentence that begins with the line.
   * @param before See {@linkcode BadLineError.before}.
   */
  constructor(line: number, what: string, before: readonly Line[]) {
    super("troupe.BadLine", "user", `line ${line} ${what}`);
    this.before = before;
  }
}

const NEWLINE = 10;
const UTF8_BOM = [0xef, 0xbb, 0xbf];

/**
 * The lines of a stream of bytes: each batch holds the lines that one chunk of the stream completed, so that a slow
 * writer's lines are given at once and a fast one's together. Blank lines are counted and left out.
 *
 * @param options `maxBytes`: the longest line that is taken.
 * @throws {BadLineError} for a line that is longer, or is not UTF-8.
 */
export async function* readLines(
  stream: ReadableStream<Uint8Array>,
  options: { readonly maxBytes: number },
): AsyncGenerator<Line[]> {
  let rest: Uint8Array[] = [];
  let restBytes = 0;
  let number = 0;
  let batch: Line[] = [];

  const take = (piece: Uint8Array) => {
    rest.push(piece);
    restBytes += piece.length;
    if (restBytes > options.maxBytes) {
      throw new BadLineError(
        number + 1,
        `has more than ${options.maxBytes} bytes, more than an envelope may have`,
        batch,
      );
    }
  };
  const endLine = () => {
    number++;
    const bytes = withoutMark(joined(rest, restBytes), number);
    rest = [];
    restBytes = 0;
    let text: string;
    try {
      text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw new BadLineError(number, "is not UTF-8", batch);
    }
    if (text.trim() !== "") batch.push({ number, text: text.endsWith("\r") ? text.slice(0, -1) : text });
  };

  for await (const chunk of stream) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      take(chunk.subarray(from, end));
      endLine();
      from = end + 1;
    }
    if (from < chunk.length) take(chunk.slice(from));
    if (batch.length > 0) yield batch;
    batch = [];
  }
  if (restBytes > 0) endLine();
  if (batch.length > 0) yield batch;
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = pieces;
  if (pieces.length === 1 && first) return first;
  const all = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** Some editors begin a file with a byte order mark, which is no part of the first line. */
function withoutMark(bytes: Uint8Array, line: number): Uint8Array {
  return line === 1 && UTF8_BOM.every((byte, i) => bytes[i] === byte) ? bytes.subarray(3) : bytes;
}
