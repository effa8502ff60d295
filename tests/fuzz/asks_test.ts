import { assert, assertEquals } from "@std/assert";
import { decodeAsk, decodeMessage, encodeAsk, encodeMessage } from "../../host/stage/wire/ask.ts";
import { joined } from "../../host/stage/wire/bytes.ts";
import { FrameError } from "../../host/stage/wire/frames.ts";
import { fuzz } from "./_fuzz.ts";
import { valueOr } from "./_verdict.ts";

Deno.test("fuzz: questions to the host, and the messages in them", async () => {
  await fuzz({
    name: "asks",
    runs: 40_000,
    words: ["{", "}", '"__proto__":', "[", "]", "null", "1e400", '"\\ud800"'],
    take(bytes) {
      const ask = valueOr(() => decodeAsk(bytes), [FrameError]);
      if (!ask) return;
      assertEquals(decodeAsk(joined(encodeAsk(ask) as Uint8Array<ArrayBuffer>[])), ask);
      const message = valueOr(() => decodeMessage(ask.body), [FrameError]);
      if (!message) return;
      assert(message.bytes.length < ask.body.length, "a message is longer than what it came in");
      // Numbers that JavaScript has not are others once they were read, and stay as they are then.
      const again = encodeMessage(message.head, message.bytes);
      const { head, bytes: rest } = decodeMessage(again);
      assertEquals(encodeMessage(head, rest), again);
    },
  });
});
