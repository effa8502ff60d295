import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { readClusterActor } from "../cluster_actor.ts";
import { ActorSpecError } from "../errors.ts";
import { ruleExamples } from "./rule_examples_testing.ts";
import { stored } from "./stored_testing.ts";

/** An Actor as an API server gives it. */
function given(actor: unknown): unknown {
  const { metadata, spec } = actor as { metadata: { name: string }; spec: Record<string, unknown> };
  return stored(spec, { name: metadata.name });
}

for (const { path, message, accepted, refused } of ruleExamples()) {
  Deno.test(`${path || "the resource"} ${message}`, () => {
    readClusterActor(given(accepted));
    const error = assertThrows(() => readClusterActor(given(refused)), ActorSpecError);
    assertStringIncludes(error.message, "actor shop/");
  });
}

Deno.test("no two rules of a value say the same", () => {
  const said = ruleExamples().map(({ reportedAt, message }) => `${reportedAt} ${message}`);
  assertEquals(said.length, new Set(said).size);
});
