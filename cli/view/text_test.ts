import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { displayWidth, fit, pad, printable, wrap } from "./text.ts";

Deno.test("printable shows what would steer a terminal", () => {
  assertEquals(printable("plain é 漢字"), "plain é 漢字");
  assertEquals(printable("\u001b[31mred"), "\\x1b[31mred");
  assertEquals(printable("a\tb\r\nc\u009b0m\u202e"), "a b\\x0d\\nc\\x9b0m\\u202e");
});

Deno.test("printable leaves no control character, whatever comes", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    // deno-lint-ignore no-control-regex
    return !/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/.test(printable(text));
  }));
});

Deno.test("displayWidth counts columns, not code units", () => {
  for (
    const [text, width] of [
      ["", 0],
      ["abc", 3],
      ["漢字", 4],
      ["e\u0301", 1],
      ["🎭", 2],
      ["\u001b[32mok\u001b[39m", 2],
    ] as const
  ) assertEquals(displayWidth(text), width, JSON.stringify(text));
});

Deno.test("fit never exceeds the width and keeps what fits", () => {
  assertEquals(fit("abc", 3), "abc");
  assertEquals(fit("abcd", 3), "ab…");
  assertEquals(fit("漢字", 3), "漢…");
  assertEquals(fit("\u001b[31mabcd\u001b[39m", 3), "\u001b[31mab…\u001b[0m");
  assertEquals(fit("abc", 0), "");
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), fc.nat(40), (text, width) => {
    const shown = printable(text);
    return displayWidth(fit(shown, width)) <= width &&
      (displayWidth(shown) > width || fit(shown, width) === shown);
  }));
});

Deno.test("pad aligns by columns", () => {
  assertEquals(pad("漢", 4), "漢  ");
  assertEquals(pad("7", 3, "right"), "  7");
  assertEquals(pad("long", 2), "long");
});

Deno.test("wrap breaks at spaces, and cuts what is over the last line", () => {
  assertEquals(wrap("one two three", { width: 7, lines: 3 }), ["one two", "three"]);
  assertEquals(wrap("one two three four", { width: 7, lines: 2 }), ["one two", "three …"]);
  assertEquals(wrap("abcdefghij", { width: 4, lines: 3 }), ["abcd", "efgh", "ij"]);
  assertEquals(wrap("", { width: 4, lines: 3 }), [""]);
});
