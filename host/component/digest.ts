/**
 * Digests of bytes.
 *
 * @module
 */

import { encodeHex } from "@std/encoding/hex";

/** SHA-256, in hex. */
export async function digestOf(bytes: Uint8Array): Promise<string> {
  return encodeHex(await crypto.subtle.digest("SHA-256", bytes as BufferSource));
}
