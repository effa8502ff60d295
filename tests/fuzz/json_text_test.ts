import { assertEquals } from "@std/assert";
import { JsonTextError, scanJson, scanMembers } from "@troupe/host/json_text";
import { fuzz } from "./_fuzz.ts";
import { valueOr } from "./_verdict.ts";

const WORDS = [
  "[",
  "]",
  "{",
  "}",
  ",",
  ":",
  '"',
  "\\",
  "\\u00",
  "true",
  "nul",
  "-",
  ".",
  "e+",
  "0",
  "1",
  " ",
  "\u2028",
  "\ufeff",
  "\u0000",
];

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

Deno.test("fuzz: a text is JSON where JSON.parse says so", async () => {
  await fuzz({
    name: "json",
    runs: 60_000,
    words: WORDS,
    take(bytes) {
      const text = new TextDecoder().decode(bytes);
      const is = valueOr(() => (scanJson(text, { maxDepth: Infinity }), true), [JsonTextError]) ?? false;
      assertEquals(is, isJson(text));
    },
  });
});

Deno.test("fuzz: the members of an object, put together again, are the object", async () => {
  await fuzz({
    name: "json",
    runs: 30_000,
    words: WORDS,
    take(bytes) {
      const text = `{"a":${new TextDecoder().decode(bytes)}}`;
      const members = valueOr(() => scanMembers(text), [JsonTextError]);
      assertEquals(members !== undefined, isJson(text));
      if (!members) return;
      const again = `{${members.map(({ keyText, valueText }) => `${keyText}:${valueText}`).join(",")}}`;
      assertEquals(JSON.parse(again), JSON.parse(text));
    },
  });
});
