import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { readClusterActor } from "../cluster_actor.ts";
import { ActorSpecError } from "../errors.ts";
import { ruleExamples } from "./rule_examples_testing.ts";

/** What an API server adds. */
function stored(actor: unknown): unknown {
  const given = actor as { metadata: { name: string } };
  return { ...given, metadata: { ...given.metadata, namespace: "shop", uid: "u", generation: 1 } };
}

for (const { path, message, accepted, refused } of ruleExamples()) {
  Deno.test(`${path || "the resource"} ${message}`, () => {
    readClusterActor(stored(accepted));
    const error = assertThrows(() => readClusterActor(stored(refused)), ActorSpecError);
    assertStringIncludes(error.message, "actor shop/");
  });
}

Deno.test("no two rules of a value say the same", () => {
  const said = ruleExamples().map(({ reportedAt, message }) => `${reportedAt} ${message}`);
  assertEquals(said.length, new Set(said).size);
});
