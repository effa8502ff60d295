import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import fc from "fast-check";
import { encodeFrame, type Frame, FrameDecoder, FrameError, FrameType, HEADER_BYTES } from "./frames.ts";

const LONGEST = 1000;
const MAXIMA = new Map<number, number>([
  [FrameType.Entered, 0],
  [FrameType.Call, LONGEST],
  [FrameType.Returned, LONGEST],
]);

const frames = fc.array(
  fc.record({
    type: fc.constantFrom(FrameType.Call, FrameType.Returned),
    nonce: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    body: fc.uint8Array({ maxLength: LONGEST }),
  }),
  { maxLength: 12 },
);

/** The bytes of frames, in one piece. */
function stream(
  given: readonly { type: number; nonce: bigint; body: Uint8Array }[],
): Uint8Array<ArrayBuffer> {
  const parts = given.map(({ body, ...head }, sequence) => encodeFrame({ ...head, sequence }, body));
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Cuts bytes at places given as fractions. */
function chunks(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const at = [0, ...cuts.map((cut) => Math.floor(cut * bytes.length)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

function decodeAll(pieces: readonly Uint8Array[]): Frame[] {
  const decoder = new FrameDecoder(MAXIMA);
  return pieces.flatMap((piece) => [...decoder.push(piece)]);
}

Deno.test("frames come out as they went in, however the stream is cut", () => {
  const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 });
  fc.assert(fc.property(frames, cuts, (given, cuts) => {
    const decoded = decodeAll(chunks(stream(given), cuts));
    assertEquals(
      decoded.map(({ type, nonce, sequence, body }) => ({ type, nonce, sequence, body: [...body] })),
      given.map(({ type, nonce, body }, sequence) => ({ type, nonce, sequence, body: [...body] })),
    );
  }));
});

Deno.test("a stream that comes byte by byte", () => {
  const bytes = stream([
    { type: FrameType.Entered, nonce: 5n, body: new Uint8Array() },
    { type: FrameType.Returned, nonce: 5n, body: Uint8Array.of(1, 2, 3) },
  ]);
  const decoded = decodeAll([...bytes].map((byte) => Uint8Array.of(byte)));
  assertEquals(decoded.map(({ body }) => [...body]), [[], [1, 2, 3]]);
});

Deno.test("garbage is refused or awaited, and never is more than a maximum allocated", () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 100 })), (pieces) => {
    try {
      for (const { type, body } of decodeAll(pieces)) assert(body.length <= (MAXIMA.get(type) ?? -1));
    } catch (error) {
      assertInstanceOf(error, FrameError);
    }
  }));
});

Deno.test("a stream with one byte changed gives frames in sequence, and no more than there were, or is refused", () => {
  fc.assert(fc.property(frames, fc.nat(), fc.integer({ min: 1, max: 255 }), (given, at, flip) => {
    const bytes = stream(given);
    if (bytes.length === 0) return;
    const index = at % bytes.length;
    bytes[index] = (bytes[index] ?? 0) ^ flip;
    try {
      const decoded = decodeAll([bytes]);
      assert(decoded.every(({ sequence }, n) => sequence === n));
      assert(decoded.length <= given.length);
    } catch (error) {
      assertInstanceOf(error, FrameError);
    }
  }));
});

/** A header with nothing behind it. */
function header({ type = FrameType.Call as number, length = 0, sequence = 0 }): Uint8Array {
  const bytes = encodeFrame({ type, nonce: 1n, sequence });
  new DataView(bytes.buffer).setUint32(0, length);
  return bytes;
}

const REFUSED: [string, Uint8Array, string][] = [
  ["a type that may not come from there", header({ type: FrameType.Load }), "type 1 may not"],
  ["a type that does not exist", header({ type: 255 }), "type 255 may not"],
  ["a body that is too long", header({ length: LONGEST + 1 }), "1001 bytes"],
  ["four gigabytes", header({ length: 2 ** 32 - 1 }), "4294967295 bytes"],
  ["a body where none belongs", header({ type: FrameType.Entered, length: 1 }), "0 is the limit"],
  ["another sequence", header({ sequence: 1 }), "sequence 1 instead of 0"],
];

for (const [what, bytes, message] of REFUSED) {
  Deno.test(`refused by its header alone: ${what}`, () => {
    assertEquals(bytes.length, HEADER_BYTES);
    assertThrows(() => decodeAll([bytes]), FrameError, message);
  });
}

Deno.test("a sequence that repeats is refused", () => {
  const frame = encodeFrame({ type: FrameType.Returned, nonce: 1n, sequence: 0 });
  assertThrows(() => decodeAll([frame, frame]), FrameError, "sequence 0 instead of 1");
});
