/**
 * The frames between a host and its sandbox: `u32 length | u8 type | u64 nonce | u32 sequence | body`, big-endian. The
 * length is that of the body. A nonce names a hop, and only who was given the hop knows it; 0 is for what concerns none.
 *
 * @module
 */

import { TroupeError } from "../errors.ts";

/** What a frame is. */
export const FrameType = {
  /** Host: the component and what binds it; see `bodies.ts`. */
  Load: 1,
  /** Host: an envelope to be handled; see `bodies.ts`. */
  Handle: 2,
  /** Sandbox: the component stands ready. */
  Ready: 16,
  /** Sandbox: the component cannot be instantiated; the body says why. */
  NotReady: 17,
  /** Sandbox: a call of the actor, allowed or refused; see `bodies.ts`. */
  Call: 18,
  /** Sandbox: the hop has returned; the body is the payload. */
  Returned: 19,
  /** Sandbox: the hop has returned nothing. */
  ReturnedNone: 20,
  /** Sandbox: the hop has failed; see `bodies.ts`. */
  Failed: 21,
} as const;

/** One frame. */
export interface Frame {
  readonly type: number;
  /** 53 random bits, or 0. */
  readonly nonce: number;
  /** Counts the frames of one sender, from 0. */
  readonly sequence: number;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Bytes that are no frame, or not one that may come from there. */
export class FrameError extends TroupeError {
  constructor(problem: string) {
    super("troupe.BadFrame", "system", `Bad frame: ${problem}`);
  }
}

/** Bytes before the body. */
export const HEADER_BYTES = 17;

/** The bytes of a frame, its body given in parts. */
export function encodeFrame(
  { type, nonce, sequence }: Omit<Frame, "body">,
  ...parts: readonly Uint8Array[]
): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const bytes = new Uint8Array(HEADER_BYTES + length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, length);
  view.setUint8(4, type);
  view.setUint32(5, Math.floor(nonce / 2 ** 32));
  view.setUint32(9, nonce >>> 0);
  view.setUint32(13, sequence);
  let at = HEADER_BYTES;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Splits a stream of bytes into frames, whatever chunks it comes in. */
export class FrameDecoder {
  readonly #maxima: ReadonlyMap<number, number>;
  readonly #header = new Uint8Array(HEADER_BYTES);
  readonly #view = new DataView(this.#header.buffer);
  #headerLength = 0;
  #body: Uint8Array<ArrayBuffer> | undefined;
  #bodyLength = 0;
  #sequence = 0;

  /** @param maxima The types that may come, and the longest body of each: checked before anything is allocated. */
  constructor(maxima: ReadonlyMap<number, number>) {
    this.#maxima = maxima;
  }

  /**
   * The frames that a chunk completes.
   *
   * @throws {FrameError} for a type that may not come, a body that is too long, or a sequence with a gap.
   */
  *push(chunk: Uint8Array): Generator<Frame> {
    let at = 0;
    while (at < chunk.length) {
      if (!this.#body) {
        const part = chunk.subarray(at, at + HEADER_BYTES - this.#headerLength);
        this.#header.set(part, this.#headerLength);
        this.#headerLength += part.length;
        at += part.length;
        if (this.#headerLength < HEADER_BYTES) return;
        this.#body = new Uint8Array(this.#checkedLength());
        this.#bodyLength = 0;
      }
      const part = chunk.subarray(at, at + this.#body.length - this.#bodyLength);
      this.#body.set(part, this.#bodyLength);
      this.#bodyLength += part.length;
      at += part.length;
      if (this.#bodyLength < this.#body.length) return;
      yield this.#take(this.#body);
    }
  }

  #checkedLength(): number {
    const type = this.#view.getUint8(4);
    const length = this.#view.getUint32(0);
    const sequence = this.#view.getUint32(13);
    const longest = this.#maxima.get(type);
    if (longest === undefined) throw new FrameError(`type ${type} may not come from here`);
    if (length > longest) throw new FrameError(`type ${type} with ${length} bytes; ${longest} is the limit`);
    if (sequence !== this.#sequence) {
      throw new FrameError(`sequence ${sequence} instead of ${this.#sequence}`);
    }
    if (this.#view.getUint32(5) >= 2 ** 21) throw new FrameError("a nonce of more than 53 bits");
    this.#sequence = (this.#sequence + 1) >>> 0;
    return length;
  }

  #take(body: Uint8Array<ArrayBuffer>): Frame {
    this.#headerLength = 0;
    this.#body = undefined;
    return {
      type: this.#view.getUint8(4),
      nonce: this.#view.getUint32(5) * 2 ** 32 + this.#view.getUint32(9),
      sequence: this.#view.getUint32(13),
      body,
    };
  }
}
