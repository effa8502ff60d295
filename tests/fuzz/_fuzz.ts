/**
 * Fuzzing, in a bounded time: inputs of a fixed corpus, changed in ways in which parsers are wont to break. What breaks one
 * is put into the corpus, and is tried first from then on.
 *
 * `TROUPE_FUZZ=N` makes N times as many runs; `TROUPE_FUZZ_SEED=N` makes others.
 *
 * @module
 */

import { encodeHex } from "@std/encoding/hex";
import { Random } from "./_random.ts";

/** A parser under test. */
export interface Target {
  /** The name of its folder in the corpus. */
  readonly name: string;
  /** Runs beside those of the corpus itself, for a second or two. */
  readonly runs: number;
  /** Pieces of its grammar. @default none */
  readonly words?: readonly string[];
  /** Takes an input, which may be anything. Throws when something is wrong with the parser, not with the input. */
  readonly take: (bytes: Uint8Array<ArrayBuffer>, random: Random) => void;
}

const CORPUS = new URL("./corpus/", import.meta.url);
/** No input becomes larger, in bytes. */
const LARGEST = 20_000;
/** Most changes of one input. */
const MOST_CHANGES = 6;
const BYTES = [0x00, 0x01, 0x7f, 0x80, 0xff, 0x22, 0x5c, 0x5b, 0x7b, 0x2c, 0x3a, 0x30, 0xc0, 0xed, 0xf4];
const NUMBERS = [0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0x10000, 0xffff];

/** Does it. @throws what the target throws, when the input that made it do so is in the corpus. */
export async function fuzz({ name, runs, words = [], take }: Target): Promise<void> {
  const corpus = await readCorpus(name);
  const random = new Random(Number(Deno.env.get("TROUPE_FUZZ_SEED") ?? 1));
  const tries = runs * Number(Deno.env.get("TROUPE_FUZZ") ?? 1);
  for (const bytes of corpus) await attempt(bytes);
  for (let run = 0; run < tries; run++) {
    let bytes = random.of(corpus);
    for (let change = random.below(MOST_CHANGES); change >= 0; change--) {
      bytes = changed(bytes, { random, corpus, words });
    }
    await attempt(bytes.slice(0, LARGEST));
  }

  async function attempt(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    try {
      take(bytes.slice(), random);
    } catch (error) {
      const digest = encodeHex(await crypto.subtle.digest("SHA-256", bytes)).slice(0, 12);
      const file = new URL(`${name}/find-${digest}`, CORPUS);
      await Deno.writeFile(file, bytes);
      throw new Error(`a find: ${file.pathname} has the input; mend the parser, and keep the file`, {
        cause: error,
      });
    }
  }
}

async function readCorpus(name: string): Promise<Uint8Array<ArrayBuffer>[]> {
  const folder = new URL(`${name}/`, CORPUS);
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  return await Promise.all(names.toSorted().map((name) => Deno.readFile(new URL(name, folder))));
}

interface Material {
  readonly random: Random;
  readonly corpus: readonly Uint8Array<ArrayBuffer>[];
  readonly words: readonly string[];
}

/** The same with one change. */
function changed(
  bytes: Uint8Array<ArrayBuffer>,
  { random, corpus, words }: Material,
): Uint8Array<ArrayBuffer> {
  const at = random.below(bytes.length + 1);
  const end = Math.min(bytes.length, at + 1 + random.below(16));
  const word = () =>
    new TextEncoder().encode(words.length > 0 ? random.of(words) : String(random.of(NUMBERS)));
  switch (random.below(9)) {
    case 0: // One bit.
      return replaced(bytes, at, [(bytes[at] ?? 0) ^ (1 << random.below(8))]);
    case 1: // One byte.
      return replaced(bytes, at, [random.of(BYTES)]);
    case 2: // A number.
      return replaced(bytes, at, numberBytes(random.of(NUMBERS)));
    case 3: // Something more.
      return spliced(bytes, { at, end: at, put: word() });
    case 4: // Something in its place.
      return spliced(bytes, { at, end, put: word() });
    case 5: // A piece less.
      return spliced(bytes, { at, end, put: new Uint8Array() });
    case 6: // A piece twice, or a hundred times.
      return spliced(bytes, {
        at,
        end: at,
        put: repeated(bytes.slice(at, end), random.of([1, 2, 100, 1000])),
      });
    case 7: // Only its beginning.
      return bytes.slice(0, at);
    default: // The end of another one.
      return spliced(bytes, { at, end: bytes.length, put: tail(random.of(corpus), random) });
  }
}

function replaced(
  bytes: Uint8Array<ArrayBuffer>,
  at: number,
  put: readonly number[],
): Uint8Array<ArrayBuffer> {
  const copy = bytes.slice();
  put.forEach((byte, n) => at + n < copy.length && (copy[at + n] = byte));
  return copy;
}

function spliced(
  bytes: Uint8Array<ArrayBuffer>,
  { at, end, put }: { readonly at: number; readonly end: number; readonly put: Uint8Array },
): Uint8Array<ArrayBuffer> {
  const made = new Uint8Array(bytes.length - (end - at) + put.length);
  made.set(bytes.subarray(0, at));
  made.set(put, at);
  made.set(bytes.subarray(end), at + put.length);
  return made.slice(0, LARGEST);
}

function repeated(piece: Uint8Array, times: number): Uint8Array {
  const made = new Uint8Array(piece.length * times);
  for (let n = 0; n < times; n++) made.set(piece, n * piece.length);
  return made;
}

function tail(bytes: Uint8Array, random: Random): Uint8Array {
  return bytes.slice(random.below(bytes.length + 1));
}

function numberBytes(value: number): number[] {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, value);
  return [...new Uint8Array(view.buffer)];
}
