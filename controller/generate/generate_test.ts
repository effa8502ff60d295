import { assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { generatedFiles } from "./files.ts";

const ROOT = fromFileUrl(new URL("../..", import.meta.url));

Deno.test("what is made of sources is made of those that there are", async (t) => {
  for (const { path, text } of await generatedFiles()) {
    await t.step(path, async () => {
      const there = await Deno.readTextFile(join(ROOT, path)).catch(() => "");
      assertEquals(there === text, true, `${path} is not what its sources say: run "deno task generate"`);
    });
  }
});
