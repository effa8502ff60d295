import { assert, assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { fromStored, toStored } from "./exact_text.ts";

Deno.test("what a database takes is stored as it is", () => {
  for (const text of ["", "abc", '{"a":"\\u0000\\ud800"}', "é😀\n\t\u2028\ufeff"]) {
    assertEquals(toStored(text), text);
    assertEquals(fromStored(text), text);
  }
});

Deno.test("every text comes back to the letter, and no two are stored as one", () => {
  const unit = fc.oneof(
    fc.constantFrom("\0", "\u001a", "\ud800", "\udfff", "\ud83d", "\ude00", "0000", "😀", "a"),
    fc.string({ unit: "binary" }),
  );
  const text = fc.array(unit, { maxLength: 12 }).map((units) => units.join(""));
  fc.assert(fc.property(text, text, (one, other) => {
    const stored = toStored(one);
    assert(stored.isWellFormed() && !stored.includes("\0"));
    assertEquals(fromStored(stored), one);
    if (one !== other) assertNotEquals(stored, toStored(other));
  }));
});
