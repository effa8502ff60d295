import { assertEquals } from "@std/assert";
import { WORLD_FILE, worldSection } from "./world.ts";

Deno.test("the SDK has the world that the contract makes: if not, deno run -A cli/build/rust/world.ts", async () => {
  assertEquals(await Deno.readFile(WORLD_FILE), await worldSection());
});
