/**
 * Random numbers that differ from envelope to envelope. The engine's own state is part of the component, so that its
 * `Math.random` would give the same numbers for each.
 *
 * @module
 */

/** Gives random bytes, as `wasi:random/random` does. */
export type RandomBytes = (length: number) => Uint8Array;

/** How many bytes are fetched at once: a call to the host costs more than making them. */
const POOL_BYTES = 512;
/** As much as `crypto.getRandomValues` gives at once. */
const MOST_BYTES = 65536;

const EMPTY = new Uint8Array();

/** Random numbers out of a pool of random bytes. */
export class RandomPool {
  #source: RandomBytes | undefined;
  #pool: Uint8Array = EMPTY;
  #at = 0;

  /** Begins a hop: nothing of another's pool is used again. */
  begin(source: RandomBytes): void {
    this.#source = source;
    this.#pool = EMPTY;
    this.#at = 0;
  }

  /** Ends it. */
  end(): void {
    this.#source = undefined;
  }

  /** Whether a hop has begun. */
  get ready(): boolean {
    return this.#source !== undefined;
  }

  /** At least 0, less than 1, with 53 random bits, as `Math.random` has. */
  float(): number {
    const bytes = this.bytes(8);
    const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
    return ((view.getUint32(0) >>> 5) * 67108864 + (view.getUint32(4) >>> 6)) / 9007199254740992;
  }

  /**
   * Fresh random bytes.
   *
   * @throws {Error} while no envelope is being handled.
   */
  bytes(length: number): Uint8Array {
    if (!this.#source) {
      throw new Error(
        "random bytes were asked for while the module is loaded: what is made then is the same for every envelope; " +
          "ask within the handler",
      );
    }
    if (length > POOL_BYTES) return this.#source(length);
    if (this.#at + length > this.#pool.length) {
      this.#pool = this.#source(POOL_BYTES);
      this.#at = 0;
    }
    this.#at += length;
    return this.#pool.slice(this.#at - length, this.#at);
  }
}

/** The part of `crypto` that an actor has. */
export interface ActorCrypto {
  /** Fills an array of integers with random values. */
  getRandomValues<T extends ArrayBufferView>(array: T): T;
  /** A random UUID (version 4). */
  randomUUID(): string;
}

/** Makes the part of `crypto` that an actor has. */
export function makeCrypto(pool: RandomPool): ActorCrypto {
  return {
    getRandomValues(array) {
      const name = Object.prototype.toString.call(array);
      if (!/^\[object (Big)?(Ui|I)nt\w+\]$/.test(name)) {
        throw new DOMException(`${name} is not an array of integers`, "TypeMismatchError");
      }
      if (array.byteLength > MOST_BYTES) {
        throw new DOMException(`${array.byteLength} bytes are more than ${MOST_BYTES}`, "QuotaExceededError");
      }
      new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(pool.bytes(array.byteLength));
      return array;
    },
    randomUUID() {
      const bytes = pool.bytes(16);
      // RFC 9562, section 5.4: version and variant.
      bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
      bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
      const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
      return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
    },
  };
}
