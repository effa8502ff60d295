import { assertEquals } from "@std/assert";
import { joined } from "../../host/stage/wire/bytes.ts";
import { decodeCall, encodeCall } from "../../host/stage/wire/call.ts";
import { FrameError } from "../../host/stage/wire/frames.ts";
import { fuzz } from "./_fuzz.ts";
import { valueOr } from "./_verdict.ts";

Deno.test("fuzz: calls", async () => {
  await fuzz({
    name: "calls",
    runs: 50_000,
    words: ["info", "debug", "0", "15", "000000000000000", ".route.next", "\ufeff"],
    take(bytes) {
      const decoded = valueOr(() => decodeCall(bytes), [FrameError]);
      if (!decoded) return;
      const again = encodeCall(decoded.call, decoded.refused) as Uint8Array<ArrayBuffer>[];
      assertEquals(decodeCall(joined(again)), decoded);
    },
  });
});
