import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { LINE_BYTES, Lines } from "./lines.ts";

const encoder = new TextEncoder();

function split(...pieces: (string | Uint8Array)[]): [string[], string] {
  const lines = new Lines();
  const found = pieces.flatMap((piece) => [
    ...lines.push(typeof piece === "string" ? encoder.encode(piece) : piece),
  ]);
  return [found, lines.rest()];
}

Deno.test("lines end at newlines, whatever pieces they come in", () => {
  assertEquals(split("a\nb", "c\n", "\n", "d"), [["a", "bc", ""], "d"]);
  assertEquals(split("a\r\nb\r", "\nc"), [["a", "b"], "c"]);
  assertEquals(split(), [[], ""]);
  fc.assert(fc.property(fc.array(fc.string({ unit: "grapheme" })), (pieces) => {
    const whole = pieces.join("").replaceAll("\r", "");
    const expected = whole.split("\n");
    const rest = expected.pop();
    assertEquals(split(...pieces.map((piece) => piece.replaceAll("\r", ""))), [expected, rest ?? ""]);
  }));
});

Deno.test("a character that comes in two pieces is one", () => {
  const bytes = encoder.encode("é\n");
  assertEquals(split(bytes.subarray(0, 1), bytes.subarray(1)), [["é"], ""]);
});

Deno.test("a line that is too long becomes several, cut between characters", () => {
  const [[first, second], rest] = split("é".repeat(LINE_BYTES / 2) + "x" + "\n");
  assertEquals([first?.length, second, rest], [LINE_BYTES / 2, "x", ""]);
  const [[shifted], shiftedRest] = split("x" + "é".repeat(LINE_BYTES / 2));
  assertEquals([shifted?.length, shiftedRest], [LINE_BYTES / 2, "é"]);
  assertEquals(split("y".repeat(LINE_BYTES)), [[], "y".repeat(LINE_BYTES)]);
});

Deno.test("bytes that are not UTF-8 become replacement characters", () => {
  assertEquals(split(Uint8Array.of(0x61, 0xff, 0x0a)), [["a\ufffd"], ""]);
  const [lines] = split(new Uint8Array(LINE_BYTES * 3).fill(0x80));
  assertEquals(lines.length, 2);
});

Deno.test("nothing is left after the rest was taken", () => {
  const lines = new Lines();
  assertEquals([...lines.push(encoder.encode("half"))], []);
  assertEquals([lines.rest(), lines.rest()], ["half", ""]);
});
