import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { Fatal, RefusedError, RetryAfter } from "./errors.ts";
import { failureOf } from "./failure.ts";

class ParseError extends SyntaxError {}
class NamedError extends Error {
  override readonly name = "openai.RateLimitError";
}
class ModelGone extends Fatal {}

const KINDS: [unknown, string, string[]][] = [
  [new Error("m"), "Error", []],
  [new TypeError("m"), "TypeError", ["Error"]],
  [new ParseError("m"), "ParseError", ["SyntaxError", "Error"]],
  [new NamedError("m"), "openai.RateLimitError", ["NamedError", "Error"]],
  [new Fatal("m"), "troupe.Fatal", ["Fatal", "Error"]],
  [new ModelGone("m"), "troupe.Fatal", ["ModelGone", "Fatal", "Error"]],
  [new RetryAfter(1, "m"), "troupe.RetryAfter", ["RetryAfter", "Error"]],
  [new RefusedError("troupe.AccessError", "m"), "troupe.AccessError", ["RefusedError", "Error"]],
  [Object.assign(new Error("m"), { name: "" }), "Error", []],
  [new DOMException("m", "AbortError"), "AbortError", ["DOMException", "Error"]],
];

for (const [thrown, kind, lineage] of KINDS) {
  Deno.test(`a ${(thrown as Error).constructor.name} is a ${kind}`, () => {
    const failure = failureOf(thrown);
    assertEquals([failure.kind, failure.lineage, failure.message], [kind, lineage, "m"]);
  });
}

const OTHERS: [unknown, string, string | undefined][] = [
  ["text", "text was thrown", '"text"'],
  [{ code: 7 }, '{"code":7} was thrown', '{"code":7}'],
  [undefined, "undefined was thrown", undefined],
  [null, "null was thrown", "null"],
  [1n, "bigint was thrown", undefined],
];

for (const [thrown, message, details] of OTHERS) {
  Deno.test(`${message}, which is no error`, () => {
    const failure = failureOf(thrown);
    assertEquals([failure.kind, failure.message, failure.details], ["NotAnError", message, details]);
  });
}

Deno.test("details travel where JSON can say them, and are left out where not", () => {
  assertEquals(failureOf(new RetryAfter(2, "m")).details, '{"seconds":2}');
  assertEquals(failureOf(Object.assign(new Error("m"), { details: 1n })).details, undefined);
  assertEquals(failureOf(Object.assign(new Error("m"), { details: "x".repeat(40_000) })).details, undefined);
});

Deno.test("the traceback tells of causes", () => {
  const { traceback = "" } = failureOf(new Error("outer", { cause: new TypeError("inner") }));
  assertStringIncludes(traceback, "Error: outer");
  assertStringIncludes(traceback, "\nCaused by: TypeError: inner");
});

Deno.test("causes that go round end", () => {
  const error = new Error("round");
  error.cause = error;
  assertEquals(failureOf(error).traceback?.match(/Caused by/g)?.length, 5);
});

Deno.test("a stack without the message gets it", () => {
  const error = Object.assign(new Error("m"), { stack: "    at handle (x:1:2)\n" });
  assertEquals(failureOf(error).traceback, "Error: m\n    at handle (x:1:2)");
});

Deno.test("what can be added is added", () => {
  const failure = failureOf(new Error("m"), { explain: () => " (why)", mapStack: () => "m there" });
  assertEquals([failure.message, failure.traceback], ["m (why)", "m there"]);
});

Deno.test("an error whose parts throw is a failure all the same", () => {
  const hostile = new Proxy(new Error("m"), {
    get() {
      throw new Error("no");
    },
  });
  assertEquals(failureOf(hostile).message, "something was thrown that cannot be read");
});

Deno.test("whatever is thrown, the failure is text that UTF-8 can say", () => {
  fc.assert(fc.property(fc.anything(), fc.string({ unit: "binary" }), (thrown, message) => {
    for (const failure of [failureOf(thrown), failureOf(new Error(message))]) {
      assert(
        [failure.kind, failure.message, failure.traceback ?? "", ...failure.lineage].every((text) =>
          text.isWellFormed()
        ),
      );
      JSON.parse(failure.details ?? "null");
    }
  }));
});
