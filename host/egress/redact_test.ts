import { assertEquals } from "@std/assert";
import { Redactor, redactText } from "./redact.ts";

const text = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes);
const bytes = (value: string) => Uint8Array.from(value, (character) => character.charCodeAt(0));

function redact(pieces: string[], ...secrets: string[]): string[] {
  const redactor = new Redactor(secrets);
  return [...pieces.map((piece) => text(redactor.push(bytes(piece)))), text(redactor.end())];
}

Deno.test("a value is covered, at each place, with as many characters", () => {
  assertEquals(redactText("a key-1 b key-1", ["key-1"]), "a ***** b *****");
  assertEquals(redact(["a key-1 b key-1!"], "key-1"), ["a ***** b *****!", ""]);
});

Deno.test("a value that comes in pieces is covered, wherever it is cut", () => {
  const whole = "<key-1><key-2>";
  for (let first = 0; first <= whole.length; first++) {
    for (let second = first; second <= whole.length; second++) {
      const pieces = [whole.slice(0, first), whole.slice(first, second), whole.slice(second)];
      assertEquals(redact(pieces, "key-1", "key-2").join(""), "<*****><*****>");
    }
  }
});

Deno.test("only what could be the beginning of a value is held back", () => {
  assertEquals(redact(["abc k", "ilo key", "-1"], "key-1"), ["abc ", "kilo ", "*****", ""]);
  assertEquals(redact(["aaab"], "aab\xff"), ["a", "aab"]);
});

Deno.test("what begins like a value and ends is there at the end", () => {
  assertEquals(redact(["a key-"], "key-1"), ["a ", "key-"]);
});
