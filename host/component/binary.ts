/**
 * Reads the bytes of WebAssembly modules and components, as far as an inspection needs it. Formats: the core
 * specification's chapter "Binary Format", and the component model's `Binary.md`.
 *
 * @module
 */

/** Bytes that do not follow the format. */
export class MalformedWasm extends Error {
  override readonly name = "MalformedWasm";
}

/** Reads from a slice of bytes, never beyond its end. */
export class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Whether nothing is left. */
  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** One byte. @throws {MalformedWasm} at the end. */
  byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new MalformedWasm("it ends too early");
    return byte;
  }

  /** An unsigned LEB128 number below 2^32. */
  u32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) {
        if (value >= 2 ** 32) break;
        return value;
      }
    }
    throw new MalformedWasm("a number is too long");
  }

  /** An unsigned LEB128 number of up to 64 bits, as far as a double holds it. */
  u64(): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new MalformedWasm("a number is too long");
  }

  /** That many bytes. */
  take(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#at) throw new MalformedWasm("it ends too early");
    return this.#bytes.subarray(this.#at, this.#at += length);
  }

  /** A name: a length, and UTF-8. */
  name(): string {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(this.take(this.u32()));
    } catch (error) {
      if (error instanceof MalformedWasm) throw error;
      throw new MalformedWasm("a name is not UTF-8");
    }
  }
}

/** What bytes are, by their preamble. */
export function kindOf(bytes: Uint8Array): "component" | "module" | "not-wasm" {
  const isWasm = bytes.length >= 8 && bytes[0] === 0 && bytes[1] === 0x61 && bytes[2] === 0x73 &&
    bytes[3] === 0x6d;
  if (!isWasm) return "not-wasm";
  // Version and layer: 1, 0 for a core module; 13, 1 for a component.
  if (bytes[4] === 1 && bytes[5] === 0 && bytes[6] === 0 && bytes[7] === 0) return "module";
  if (bytes[4] === 13 && bytes[5] === 0 && bytes[6] === 1 && bytes[7] === 0) return "component";
  return "not-wasm";
}

/** One section. */
export interface Section {
  readonly id: number;
  readonly bytes: Uint8Array;
}

/** The sections of a module or component. @throws {MalformedWasm} */
export function* sectionsOf(bytes: Uint8Array): Generator<Section> {
  const reader = new Reader(bytes.subarray(8));
  while (!reader.done) {
    const id = reader.byte();
    yield { id, bytes: reader.take(reader.u32()) };
  }
}
