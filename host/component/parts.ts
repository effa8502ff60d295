/**
 * The message form between a host and the sandbox that transpiles: `u32 count`, then for each part `u32 length | bytes`,
 * big-endian.
 *
 * @module
 */

/** The bytes of a message. */
export function encodeParts(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4 + parts.reduce((sum, part) => sum + 4 + part.length, 0));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, parts.length);
  let at = 4;
  for (const part of parts) {
    view.setUint32(at, part.length);
    bytes.set(part, at + 4);
    at += 4 + part.length;
  }
  return bytes;
}

/** The parts of a message. @throws {RangeError} when it is not one. */
export function decodeParts(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let at = 4;
  for (let count = view.getUint32(0); count > 0; count--) {
    const length = view.getUint32(at);
    if (at + 4 + length > bytes.length) throw new RangeError("a part beyond the end of the message");
    parts.push(bytes.subarray(at + 4, at += 4 + length));
  }
  if (at !== bytes.length) throw new RangeError("bytes behind the last part");
  return parts;
}
