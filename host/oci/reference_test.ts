import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { OciReferenceError } from "./errors.ts";
import { parseReference, writeReference } from "./reference.ts";

const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

Deno.test("references, in their parts and back", async (t) => {
  const cases: [string, ReturnType<typeof parseReference>][] = [
    ["a/b", { registry: "a", repository: "b" }],
    ["localhost:5000/a/b-c__d/e.f", { registry: "localhost:5000", repository: "a/b-c__d/e.f" }],
    ["registry.example.com/a:v1.2_3-x", {
      registry: "registry.example.com",
      repository: "a",
      tag: "v1.2_3-x",
    }],
    [`127.0.0.1:80/a@${DIGEST}`, { registry: "127.0.0.1:80", repository: "a", digest: DIGEST }],
    [`EXAMPLE.com/a:v1@${DIGEST}`, { registry: "EXAMPLE.com", repository: "a", tag: "v1", digest: DIGEST }],
  ];
  for (const [text, parts] of cases) {
    await t.step(text, () => {
      assertEquals(parseReference(text), parts);
      assertEquals(writeReference(parts), text);
    });
  }
});

Deno.test("what is no reference is told what is wrong with it", async (t) => {
  const cases: [string, string][] = [
    ["", "no registry before a slash"],
    ["split", "no registry before a slash"],
    ["https://registry.example.com/a", "begins with a scheme"],
    ["registry.example.com/A", "no capitals"],
    ["registry.example.com/a@sha256:12", "behind the @"],
    [`registry.example.com/a@${DIGEST.toUpperCase()}`, "behind the @"],
    ["registry.example.com/a:", "does not have that form"],
    ["registry.example.com/../a", "does not have that form"],
    ["registry.example.com/a?b", "does not have that form"],
    ["registry.example.com:5000000/a", "does not have that form"],
    ["registry.example.com:99999/a", "registry.example.com:99999 is no host and port"],
    ["1.2.3.4.5/a", "1.2.3.4.5 is no host and port"],
    [
      "me:pw@registry.example.com/a",
      '"me:***@registry.example.com/a" is no reference: it begins with credentials',
    ],
    ["registry.example.com/a\n", "does not have that form"],
    [`registry.example.com/${"a".repeat(700)}`, "more than 640"],
  ];
  for (const [text, said] of cases) {
    await t.step(text.slice(0, 60) || "nothing", () => {
      const { code, message } = assertThrows(() => parseReference(text), OciReferenceError);
      assertEquals(code, "troupe.BadReference");
      assertStringIncludes(message, said);
    });
  }
});
