/**
 * Digests of what goes into a component, and of what comes out.
 *
 * @module
 */

import { encodeHex } from "@std/encoding/hex";
import { readIfThere } from "./files.ts";

/** SHA-256, in hex. */
export async function digestBytes(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return encodeHex(await crypto.subtle.digest("SHA-256", bytes));
}

/** SHA-256 of a file, in hex. What is missing is an input too: when it comes, the digest is another one. */
export async function digestFile(path: string): Promise<string> {
  const bytes = await readIfThere(path);
  return bytes ? await digestBytes(bytes) : "missing";
}

/** SHA-256, in hex, of a value's JSON text. */
export async function digestJson(value: unknown): Promise<string> {
  return await digestBytes(new TextEncoder().encode(JSON.stringify(value)));
}
