import { assertEquals, assertNotEquals } from "@std/assert";
import { testActor } from "./_testing.ts";
import { digestFolder } from "./folder_digest.ts";

Deno.test("sources count, outputs and what is hidden do not", async () => {
  await using actor = await testActor({
    "actor.c": "1",
    "lib/a.c": "2",
    "target/debug/a.o": "3",
    "build/a.wasm": "4",
    ".git/HEAD": "5",
  });
  const before = await digestFolder(actor.folder);
  assertEquals(before.map(([name]) => name), ["actor.c", "lib/a.c"]);
  await actor.write("target/debug/a.o", "other");
  assertEquals(await digestFolder(actor.folder), before);
  await actor.write("lib/a.c", "other");
  assertNotEquals(await digestFolder(actor.folder), before);
});
