import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { pack, unpack } from "./broadcast.ts";

Deno.test("texts that are packed come out as they were, in their order", () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (texts) => {
    assertEquals(unpack(new Uint8Array(pack(texts))), texts);
  }));
});

Deno.test("what was not packed gives what can be read of it, and no more", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
    const length = unpack(bytes).reduce((sum, text) => sum + 4 + text.length, 0);
    assertEquals(length <= bytes.length, true);
  }));
  const packed = new Uint8Array(pack([Uint8Array.of(1, 2), Uint8Array.of(3)]));
  assertEquals(unpack(packed.subarray(0, packed.length - 1)), [Uint8Array.of(1, 2)]);
});
