import { assertEquals, assertThrows } from "@std/assert";
import { guestText, GuestTextError } from "./guest_text.ts";

Deno.test("texts are decoded as they are, a byte order mark included", () => {
  const { Decoder } = guestText(100);
  assertEquals(new Decoder().decode(new TextEncoder().encode("\ufeffé😀")), "\ufeffé😀");
  assertEquals(new Decoder("utf-16").decode(new Uint8Array(Uint16Array.of(0x61, 0xe9).buffer)), "aé");
});

Deno.test("what is not UTF-8 is refused", () => {
  const { Decoder } = guestText(100);
  for (const bytes of [[0xff], [0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80]]) {
    const error = assertThrows(() => new Decoder().decode(Uint8Array.from(bytes)), GuestTextError);
    assertEquals(error.code, "troupe.BadOutput");
  }
});

Deno.test("texts together may have so many bytes, and as many again after a reset", () => {
  const { Decoder, reset } = guestText(10);
  const [one, other] = [new Decoder(), new Decoder()];
  one.decode(new Uint8Array(6));
  other.decode(new Uint8Array(4));
  const error = assertThrows(() => one.decode(new Uint8Array(1)), GuestTextError, "More than 10 bytes");
  assertEquals(error.code, "troupe.OutputLimit");
  reset();
  assertEquals(one.decode(new Uint8Array(10)).length, 10);
});
