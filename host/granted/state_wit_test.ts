import { assertEquals } from "@std/assert";
import { factsOf } from "../component/facts.ts";
import { GRANTED } from "../component/granted_table.ts";
import { stateActor } from "./_state_actor_testing.ts";

Deno.test("the table of what is granted has the state of actor.wit, as a toolchain reads it", async () => {
  const read = factsOf(await stateActor()).imports.find(({ name }) => name === "troupe:actor/state@0.1.0");
  const { table } = GRANTED.find(({ grants }) => grants[0] === "state") ?? {};
  assertEquals(new Map(read?.members), new Map(table?.get("troupe:actor/state")));
});
