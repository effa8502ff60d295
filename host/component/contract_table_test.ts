import { assertEquals } from "@std/assert";
import { jsActor } from "./_testing/components.ts";
import { CONTRACT, HANDLE_TYPE } from "./contract_table.ts";
import { factsOf } from "./facts.ts";

Deno.test("the table says what actor.wit says, as a toolchain reads it", async () => {
  const { imports, exports } = factsOf(await jsActor());
  const read = imports.filter(({ name }) => name.startsWith("troupe:"));
  assertEquals(read.map(({ name }) => name.replace(/@.*/, "")).sort(), [...CONTRACT.keys()].sort());
  for (const { name, members } of read) {
    assertEquals(new Map(members), new Map(CONTRACT.get(name.replace(/@.*/, ""))), name);
  }
  assertEquals(exports.find(({ name }) => name === "handle")?.type, HANDLE_TYPE);
});
