import { assertEquals, assertStringIncludes } from "@std/assert";
import { explainReference, whyAbsent } from "./absent.ts";

for (
  const name of [
    "fetch",
    "setImmediate",
    "process",
    "Deno",
    "require",
    "localStorage",
    "WebAssembly",
    "Worker",
  ]
) {
  Deno.test(`there is a reason why ${name} is absent`, () => assertEquals(typeof whyAbsent(name), "string"));
}

for (
  const name of [
    "console",
    "crypto",
    "TextEncoder",
    "structuredClone",
    "URL",
    "setTimeout",
    "queueMicrotask",
    "",
    "actor",
    "toString",
    "constructor",
    "__proto__",
  ]
) {
  Deno.test(`there is none for ${name}`, () => assertEquals(whyAbsent(name), undefined));
}

Deno.test("a ReferenceError is explained, in every engine's words", () => {
  for (const message of ["fetch is not defined", "'fetch' is not defined"]) {
    assertStringIncludes(explainReference(new ReferenceError(message)), "no network");
  }
});

Deno.test("other errors are not", () => {
  assertEquals(explainReference(new ReferenceError("mine is not defined")), "");
  assertEquals(explainReference(new TypeError("fetch is not defined")), "");
});

Deno.test("what is there for those who name it is said to be so", () => {
  for (const name of ["URL", "setTimeout", "queueMicrotask"]) {
    assertStringIncludes(
      explainReference(new ReferenceError(`${name} is not defined`)),
      "whose own files name it",
    );
  }
});
