/**
 * Reads the bytes of WebAssembly modules and components. Formats: the core specification's chapter "Binary Format", and
 * the component model's `Binary.md`.
 *
 * @module
 */

/** Bytes that do not follow the format, or use of it what no toolchain uses. */
export class MalformedWasm extends Error {
  override readonly name: string = "MalformedWasm";
}

/** Bytes that follow the format, and have more of something than any toolchain makes. */
export class ExcessiveWasm extends MalformedWasm {
  override readonly name = "ExcessiveWasm";
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads from a slice of bytes, never beyond its end. Every method throws {@linkcode MalformedWasm} there. */
export class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Bytes that are left. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** The next byte, which stays; undefined at the end. */
  peek(): number | undefined {
    return this.#bytes[this.#at];
  }

  /** One byte. */
  byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new MalformedWasm("it ends too early");
    this.#at++;
    return byte;
  }

  /** An unsigned LEB128 number of 32 bits. */
  u32(): number {
    const value = this.#unsigned(5);
    if (value >= 2 ** 32) throw new MalformedWasm("a number is too large");
    return value;
  }

  /** An unsigned LEB128 number of 64 bits, as near as a double comes to it. */
  u64(): number {
    return this.#unsigned(10);
  }

  #unsigned(mostBytes: number): number {
    let value = 0;
    for (let n = 0; n < mostBytes; n++) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** (7 * n);
      if (byte < 0x80) return value;
    }
    throw new MalformedWasm("a number is too long");
  }

  /** A signed LEB128 number of 33 bits. */
  s33(): number {
    let value = 0;
    for (let n = 0; n < 5; n++) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** (7 * n);
      if (byte < 0x80) return byte & 0x40 ? value - 2 ** (7 * n + 7) : value;
    }
    throw new MalformedWasm("a number is too long");
  }

  /** That many bytes, not copied. */
  take(length: number): Uint8Array {
    if (length > this.left) throw new MalformedWasm("it ends too early");
    return this.#bytes.subarray(this.#at, this.#at += length);
  }

  /** A name: a length, and UTF-8. */
  name(): string {
    const bytes = this.take(this.u32());
    try {
      return UTF8.decode(bytes);
    } catch (error) {
      throw new MalformedWasm("a name is not UTF-8", { cause: error });
    }
  }

  /** A vector: a count, and as many items. */
  each(read: () => void): void {
    for (let count = this.u32(); count > 0; count--) {
      const before = this.left;
      read();
      // An item without bytes would let five bytes ask for four billion rounds.
      if (this.left === before) throw new MalformedWasm("an item of a vector is empty");
    }
  }

  /** A vector's items. */
  list<T>(read: () => T): T[] {
    const items: T[] = [];
    this.each(() => items.push(read()));
    return items;
  }

  /** What was read so far is all there is to be. */
  end(): void {
    if (this.left > 0) throw new MalformedWasm("a section has bytes behind its end");
  }
}

/** What bytes are, by their preamble. */
export function kindOf(bytes: Uint8Array): "component" | "module" | "not-wasm" {
  const preamble = bytes.subarray(0, 8).join();
  // The magic number, then version and layer: 1 and 0 for a core module, 13 and 1 for a component.
  if (preamble === "0,97,115,109,1,0,0,0") return "module";
  return preamble === "0,97,115,109,13,0,1,0" ? "component" : "not-wasm";
}

/** One section. */
export interface Section {
  readonly id: number;
  readonly bytes: Uint8Array;
}

/** The sections of a module or component, in their order. @throws {MalformedWasm} */
export function* sectionsOf(bytes: Uint8Array): Generator<Section> {
  const reader = new Reader(bytes.subarray(8));
  while (reader.left > 0) {
    const id = reader.byte();
    yield { id, bytes: reader.take(reader.u32()) };
  }
}
