/**
 * Parts of a frame's body: UTF-8 texts, and pieces that say their length.
 *
 * @module
 */

import { concat } from "../../bytes.ts";
import { FrameError } from "./frames.ts";

const ENCODER = new TextEncoder();
// Kept here: the sandbox gives guests another one.
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A text as bytes. */
export function encodeText(text: string): Uint8Array<ArrayBuffer> {
  return ENCODER.encode(text);
}

/** How many bytes a text takes. */
export function byteLength(text: string): number {
  return ENCODER.encode(text).length;
}

/** Bytes as a text. @throws {FrameError} when they are not UTF-8. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return DECODER.decode(bytes);
  } catch (error) {
    throw new FrameError("a text that is not UTF-8", { cause: error });
  }
}

/** `u32 length | bytes`. */
export function withLength(bytes: Uint8Array): [Uint8Array, Uint8Array] {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, bytes.length);
  return [length, bytes];
}

/** The piece that {@linkcode withLength} made, and what follows it. @throws {FrameError} when it reaches beyond the end. */
export function splitLength(
  body: Uint8Array<ArrayBuffer>,
): [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>] {
  if (body.length < 4) throw new FrameError("a body that is too short");
  const length = new DataView(body.buffer, body.byteOffset).getUint32(0);
  if (4 + length > body.length) throw new FrameError("a length beyond the end of the body");
  return [body.subarray(4, 4 + length), body.subarray(4 + length)];
}

/** Pieces as one; a single one is given as it is. */
export function joined(parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const [first] = parts;
  return first && parts.length === 1 ? first : concat(parts);
}
