/**
 * The frames between a host and its sandbox: `u32 length | u8 type | u64 nonce | u32 sequence | body`, big-endian. The
 * length is that of the body. A nonce names a hop; 0 stands for what belongs to none.
 *
 * @module
 */

import { TroupeError } from "../../errors.ts";

/** What a frame is. */
export const FrameType = {
  /** Host: the component and what binds it; see `load.ts`. */
  Load: 1,
  /** Host: an envelope to be handled; see `handle.ts`. */
  Handle: 2,
  /** Host: what a question came to; see `ask.ts`. */
  Answer: 3,
  /** Host: a hop is over, whatever it waits for. */
  Abandon: 4,
  /** Sandbox: its own code runs, and waits for the component; the body is its report of the layers around it. */
  Started: 15,
  /** Sandbox: the component stands ready. */
  Ready: 16,
  /** Sandbox: the component cannot be instantiated; the body says why. */
  NotReady: 17,
  /** Sandbox: guest code is about to run, or to go on, for a hop or (nonce 0) to make an instance for none. */
  Entered: 18,
  /** Sandbox: what was entered with nonce 0 is over. */
  Prepared: 19,
  /** Sandbox: a call of the actor, allowed or refused; see `call.ts`. */
  Call: 20,
  /** Sandbox: the hop has returned; the body is the payload. */
  Returned: 21,
  /** Sandbox: the hop has returned nothing. */
  ReturnedNone: 22,
  /** Sandbox: the hop has failed; see `failure.ts`. */
  Failed: 23,
  /** Sandbox: a question to the host; see `ask.ts`. */
  Ask: 24,
  /** Sandbox: the guest code of the hop waits: that of others may run. */
  Waiting: 25,
  /** Sandbox: nothing more comes of the hop that was to be abandoned. */
  Abandoned: 26,
} as const;

/** One frame. */
export interface Frame {
  readonly type: number;
  /** 64 random bits, or 0. */
  readonly nonce: bigint;
  /** Counts the frames of one sender, from 0. */
  readonly sequence: number;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Bytes that are no frame, or not one that may come from there, or not now. */
export class FrameError extends TroupeError {
  constructor(problem: string, options?: ErrorOptions) {
    super("troupe.BadFrame", "system", `Bad frame: ${problem}`, options);
  }
}

/** Bytes before the body. */
export const HEADER_BYTES = 17;

/**
 * The bytes of a frame, its body given in parts.
 */
export function encodeFrame(
  { type, nonce, sequence }: Omit<Frame, "body">,
  ...parts: readonly Uint8Array[]
): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const bytes = new Uint8Array(HEADER_BYTES + length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, length);
  view.setUint8(4, type);
  view.setBigUint64(5, nonce);
  view.setUint32(13, sequence);
  let at = HEADER_BYTES;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Splits a stream of bytes into frames, whatever chunks it comes in. After an error it is of no more use. */
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
    const length = this.#view.getUint32(0);
    const type = this.#view.getUint8(4);
    const sequence = this.#view.getUint32(13);
    const longest = this.#maxima.get(type);
    if (longest === undefined) throw new FrameError(`type ${type} may not come from here`);
    if (length > longest) throw new FrameError(`type ${type} with ${length} bytes; ${longest} is the limit`);
    if (sequence !== this.#sequence) {
      throw new FrameError(`sequence ${sequence} instead of ${this.#sequence}`);
    }
    this.#sequence = (this.#sequence + 1) >>> 0;
    return length;
  }

  #take(body: Uint8Array<ArrayBuffer>): Frame {
    this.#headerLength = 0;
    this.#body = undefined;
    return {
      type: this.#view.getUint8(4),
      nonce: this.#view.getBigUint64(5),
      sequence: this.#view.getUint32(13),
      body,
    };
  }
}
