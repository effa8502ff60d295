import { assert, assertEquals } from "@std/assert";
import { decodeFailure, encodeFailure, FAILURE_BYTES } from "../../host/stage/wire/failure.ts";
import { FrameError } from "../../host/stage/wire/frames.ts";
import { fuzz } from "./_fuzz.ts";
import { valueOr } from "./_verdict.ts";

Deno.test("fuzz: failures", async () => {
  await fuzz({
    name: "failures",
    runs: 40_000,
    words: [
      '"stopped":',
      '"kind":',
      '"lineage":',
      '"__proto__":',
      "[",
      "{",
      '"troupe.Trap"',
      "null",
      "1e999",
      '"\\ud800"',
    ],
    take(bytes) {
      const failure = valueOr(() => decodeFailure(bytes), [FrameError]);
      if (!failure) return;
      const again = encodeFailure(failure);
      assert(again.length <= FAILURE_BYTES, "it is longer than it may be");
      // A text that is none in UTF-8 is mended once, and stays as it is then.
      const mended = decodeFailure(again);
      assertEquals(decodeFailure(encodeFailure(mended)), mended);
      assertEquals(Object.keys(mended).filter((key) => !(key in failure)), []);
    },
  });
});
