import { assert, assertEquals } from "@std/assert";
import {
  encodeFrame,
  type Frame,
  FrameDecoder,
  FrameError,
  HEADER_BYTES,
} from "../../host/stage/wire/frames.ts";
import { fuzz } from "./_fuzz.ts";
import { valueOr } from "./_verdict.ts";

const MAXIMA = new Map([[15, 0], [18, 0], [20, 64], [21, 300], [23, 5000]]);

/** The frames of a stream that comes in chunks, up to where it is not one. */
function decode(bytes: Uint8Array, chunk: () => number): Frame[] {
  const frames: Frame[] = [];
  const decoder = new FrameDecoder(MAXIMA);
  valueOr(() => {
    for (let at = 0; at < bytes.length;) {
      const end = at + Math.max(1, chunk());
      for (const frame of decoder.push(bytes.subarray(at, end))) frames.push(frame);
      at = end;
    }
  }, [FrameError]);
  return frames;
}

Deno.test("fuzz: frames", async () => {
  await fuzz({
    name: "frames",
    runs: 30_000,
    take(bytes, random) {
      const frames = decode(bytes, () => bytes.length);
      // It does not matter where a stream is cut.
      assertEquals(decode(bytes, () => random.below(40)), frames);
      let at = 0;
      for (const frame of frames) {
        assert(frame.body.length <= (MAXIMA.get(frame.type) ?? -1), "a body is longer than it may be");
        const again = encodeFrame(frame, frame.body);
        assertEquals(again, bytes.slice(at, at + HEADER_BYTES + frame.body.length));
        at += again.length;
      }
    },
  });
});
