/**
 * Takes values out of what a server sends back, as some servers tell what they were sent.
 *
 * Only values as they are, not in another encoding: a host that gives them away in one must not be granted together with
 * them.
 *
 * @module
 */

import { Buffer } from "node:buffer";

/** What is there instead of each byte of a value; as many bytes, so that lengths stay right. */
const COVER = "*";

/** Covers values in a text of bytes. */
export function redactText(text: string, secrets: readonly string[]): string {
  return secrets.reduce((covered, secret) => covered.replaceAll(secret, COVER.repeat(secret.length)), text);
}

/** Covers values in bytes that come in pieces. Holds back no more than what could be the beginning of a value. */
export class Redactor {
  readonly #secrets: readonly Buffer[];
  #held: Buffer = Buffer.alloc(0);

  /** @param secrets Texts of bytes. */
  constructor(secrets: readonly string[]) {
    this.#secrets = secrets.map((secret) => Buffer.from(secret, "latin1"));
  }

  /** Takes a piece, and gives what can go on: perhaps nothing yet. */
  push(piece: Uint8Array): Uint8Array<ArrayBuffer> {
    const bytes = Buffer.concat([this.#held, piece]);
    for (const secret of this.#secrets) {
      for (let at = bytes.indexOf(secret); at >= 0; at = bytes.indexOf(secret, at)) {
        bytes.fill(COVER, at, at + secret.length);
      }
    }
    const cut = bytes.length - this.#beginning(bytes);
    this.#held = bytes.subarray(cut);
    return new Uint8Array(bytes.subarray(0, cut));
  }

  /** What was held back, at the end. */
  end(): Uint8Array<ArrayBuffer> {
    const rest = new Uint8Array(this.#held);
    this.#held = Buffer.alloc(0);
    return rest;
  }

  /** How many bytes at the end are the beginning of a value. */
  #beginning(bytes: Buffer): number {
    let first = bytes.length;
    for (const secret of this.#secrets) {
      const start = secret[0] as number;
      let at = bytes.indexOf(start, Math.max(0, bytes.length - secret.length + 1));
      while (at >= 0 && at < first) {
        if (secret.subarray(0, bytes.length - at).equals(bytes.subarray(at))) first = at;
        at = bytes.indexOf(start, at + 1);
      }
    }
    return bytes.length - first;
  }
}
