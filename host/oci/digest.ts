/**
 * Digests as registries write them.
 *
 * @module
 */

/** SHA-256 of bytes, as `sha256:` and hex. */
export async function ociDigest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return `sha256:${new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex()}`;
}
