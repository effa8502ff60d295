// Deno's own encoder and decoder say what is right.
import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Utf8Decoder, Utf8Encoder } from "./encoding.ts";

Deno.test("any text is encoded as by the standard", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    assertEquals(new Utf8Encoder().encode(text), new TextEncoder().encode(text));
  }));
});

Deno.test("any text fills an array as by the standard", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), fc.nat(12), (text, length) => {
    const [ours, theirs] = [new Uint8Array(length), new Uint8Array(length)];
    assertEquals(new Utf8Encoder().encodeInto(text, ours), new TextEncoder().encodeInto(text, theirs));
    assertEquals(ours, theirs);
  }));
});

Deno.test("any bytes are decoded as by the standard", () => {
  // Bytes that begin and continue sequences are likelier than chance would have them.
  const byte = fc.oneof(
    fc.integer({ min: 0, max: 255 }),
    fc.constantFrom(0xe0, 0xed, 0xf0, 0xf4, 0xef, 0xbb, 0xbf, 0x80, 0x9f, 0xa0, 0xc2, 0x41),
  );
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 12 }), fc.boolean(), (array, ignoreBOM) => {
      const bytes = Uint8Array.from(array);
      const options = { ignoreBOM };
      assertEquals(
        new Utf8Decoder("utf-8", options).decode(bytes),
        new TextDecoder("utf-8", options).decode(bytes),
      );
    }),
    { numRuns: 2000 },
  );
});

Deno.test("bytes that are no UTF-8 are refused where they are fatal, exactly as by the standard", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 6 }), (bytes) => {
    const outcome = (decode: () => string) => {
      try {
        return decode();
      } catch (error) {
        return (error as Error).name;
      }
    };
    assertEquals(
      outcome(() => new Utf8Decoder("utf8", { fatal: true }).decode(bytes)),
      outcome(() => new TextDecoder("utf8", { fatal: true }).decode(bytes)),
    );
  }));
});

Deno.test("a long text survives", () => {
  const text = "aé€😀".repeat(20_000);
  assertEquals(new Utf8Decoder().decode(new Utf8Encoder().encode(text)), text);
});

Deno.test("buffers and views are decoded, and nothing is an empty text", () => {
  const { buffer } = Uint8Array.from([1, 0x61, 0x62]);
  assertEquals(new Utf8Decoder().decode(buffer), "\x01ab");
  assertEquals(new Utf8Decoder().decode(new DataView(buffer, 1, 1)), "a");
  assertEquals([new Utf8Decoder().decode(), new Utf8Encoder().encode().length], ["", 0]);
});

Deno.test("what is not there is refused", () => {
  assertThrows(() => new Utf8Decoder("latin1"), RangeError, "only utf-8");
  assertThrows(() => new Utf8Decoder().decode(new Uint8Array(), { stream: true }), TypeError, "whole texts");
});
