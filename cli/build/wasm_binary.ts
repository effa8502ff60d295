/**
 * The few parts of the binary format of components and modules that are looked at here.
 *
 * @module
 */

import { concat } from "@troupe/host/bytes";

/** One section of a component or module. */
export interface Section {
  readonly id: number;
  readonly body: Uint8Array;
}

/** Length of what a component or a module begins with. */
const PREAMBLE = 8;

/** Reads numbers, names and bytes, from front to back. */
export class Reader {
  readonly bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  get done(): boolean {
    return this.at >= this.bytes.length;
  }

  byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new RangeError("the binary ends too early");
    return byte;
  }

  /** An unsigned number in LEB128. */
  number(): number {
    for (let value = 0, scale = 1;; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  take(length: number): Uint8Array {
    if (this.at + length > this.bytes.length) throw new RangeError("the binary ends too early");
    return this.bytes.subarray(this.at, this.at += length);
  }

  name(): string {
    return new TextDecoder().decode(this.take(this.number()));
  }

  /** The bytes since an offset. */
  since(at: number): Uint8Array {
    return this.bytes.subarray(at, this.at);
  }
}

/** The sections of a component or module. */
export function* sectionsOf(bytes: Uint8Array): Generator<Section> {
  const reader = new Reader(bytes, PREAMBLE);
  while (!reader.done) yield { id: reader.byte(), body: reader.take(reader.number()) };
}

/** An unsigned number in LEB128. */
export function number(value: number): number[] {
  const bytes: number[] = [];
  do {
    const rest = Math.floor(value / 128);
    bytes.push(value % 128 + (rest > 0 ? 128 : 0));
    value = rest;
  } while (value > 0);
  return bytes;
}

/** A name: its length and its bytes. */
export function name(text: string): number[] {
  const bytes = new TextEncoder().encode(text);
  return [...number(bytes.length), ...bytes];
}

/** Items, with how many there are before them. */
export function list(items: readonly (readonly number[])[]): number[] {
  return [...number(items.length), ...items.flat()];
}

/** What a component or a module begins with, and its sections. */
export function assemble(preamble: Uint8Array, sections: readonly Section[]): Uint8Array<ArrayBuffer> {
  const parts = sections.flatMap(({ id, body }) => [Uint8Array.from([id, ...number(body.length)]), body]);
  return concat([preamble.subarray(0, PREAMBLE), ...parts]);
}
