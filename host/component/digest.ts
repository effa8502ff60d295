/**
 * Digests of bytes.
 *
 * @module
 */

/** SHA-256, in hex. Runs inside of the sandbox, too: no imports. */
export async function digestOf(bytes: Uint8Array): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as BufferSource)).toHex();
}
