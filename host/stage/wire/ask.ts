/**
 * A guest's question to the host, and what it came to.
 *
 * @module
 */

import { type ServiceName, SERVICES } from "../services.ts";
import { concat } from "../../bytes.ts";
import { decodeText, encodeText, splitLength, withLength } from "./bytes.ts";
import { FrameError } from "./frames.ts";

/** A question. */
export interface Ask {
  /** Names it among those of its hop. */
  readonly id: number;
  readonly service: ServiceName;
  /** What only the service understands. */
  readonly body: Uint8Array<ArrayBuffer>;
}

/** What a question came to: bytes that only the service understands. */
export interface Answer {
  readonly id: number;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Most questions of one hop, in all. */
export const MOST_ASKS = 50_000;
/** Longest body of a question or of an answer, in bytes. */
export const ASK_BYTES = 2 * 1024 * 1024;
/** Bytes of a question beside its body. */
export const ASK_OVERHEAD_BYTES = 5;

/** `u32 id | u8 service | body`. */
export function encodeAsk({ id, service, body }: Ask): Uint8Array[] {
  const head = new Uint8Array(ASK_OVERHEAD_BYTES);
  new DataView(head.buffer).setUint32(0, id);
  head[4] = SERVICES.indexOf(service);
  return [head, body];
}

/** Reads a question. @throws {FrameError} when it is none. */
export function decodeAsk(bytes: Uint8Array<ArrayBuffer>): Ask {
  const service = SERVICES[bytes[4] ?? -1];
  if (!service) throw new FrameError("a question to nobody");
  const id = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  return { id, service, body: bytes.subarray(ASK_OVERHEAD_BYTES) };
}

/** `u32 id | body`. */
export function encodeAnswer({ id, body }: Answer): Uint8Array[] {
  const head = new Uint8Array(4);
  new DataView(head.buffer).setUint32(0, id);
  return [head, body];
}

/** Reads an answer. It comes from the host, and is trusted. */
export function decodeAnswer(bytes: Uint8Array<ArrayBuffer>): Answer {
  return { id: new DataView(bytes.buffer, bytes.byteOffset).getUint32(0), body: bytes.subarray(4) };
}

/** A head that is JSON, and bytes: what most bodies are. `u32 length | head | bytes`. */
export function encodeMessage(
  head: unknown,
  bytes: Uint8Array = new Uint8Array(),
): Uint8Array<ArrayBuffer> {
  return concat([...withLength(encodeText(JSON.stringify(head))), bytes]);
}

/** Longest head of a message, in bytes. */
const HEAD_BYTES = 256 * 1024;

/** Reads a message; its head may be anything that is JSON. @throws {FrameError} when it is no message. */
export function decodeMessage(
  message: Uint8Array<ArrayBuffer>,
): { head: unknown; bytes: Uint8Array<ArrayBuffer> } {
  const [text, bytes] = splitLength(message);
  if (text.length > HEAD_BYTES) throw new FrameError("a message whose head is too long");
  try {
    return { head: JSON.parse(decodeText(text)), bytes };
  } catch (error) {
    if (error instanceof FrameError) throw error;
    throw new FrameError("a message whose head is not JSON", { cause: error });
  }
}
