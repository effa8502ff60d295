import { assertEquals } from "@std/assert";
import { BadPathError, parsePath, type Segment } from "@troupe/host/path";
import { fuzz } from "./_fuzz.ts";
import { valueOr } from "./_verdict.ts";

/** A path that says the same. */
function written(segments: readonly Segment[]): string {
  const text = segments.map((segment) => {
    switch (segment.kind) {
      case "key":
        return `[${JSON.stringify(segment.key)}]`;
      case "index":
        return `[${segment.index}]`;
      case "slice":
        return `[${segment.start ?? ""}:${segment.stop ?? ""}]`;
    }
  }).join("");
  return text.startsWith("[") ? `.${text}` : text || ".";
}

Deno.test("fuzz: paths", async () => {
  await fuzz({
    name: "paths",
    runs: 60_000,
    words: [
      ".",
      '["',
      '"]',
      "[",
      "]",
      ":",
      "-",
      "0",
      "route",
      "next",
      "headers",
      "__proto__",
      "\\u0061",
      "\\",
      "999999999",
    ],
    take(bytes) {
      const path = new TextDecoder().decode(bytes);
      const segments = valueOr(() => parsePath(path), [BadPathError]);
      if (!segments) return;
      const text = written(segments);
      // What is written out can be longer than a path may be.
      if (text.length <= 4096) assertEquals(parsePath(text), segments);
    },
  });
});
