import { assertRejects, assertStringIncludes } from "@std/assert";
import { MeshFolder } from "./folder.ts";
import { MeshRunningError } from "./lock.ts";

Deno.test("a folder is one mesh's at a time; the error says whose", async () => {
  const folder = new MeshFolder(await Deno.makeTempDir({ prefix: "troupe_lock_" }));
  try {
    {
      using _lock = await folder.lock();
      const error = await assertRejects(() => folder.lock(), MeshRunningError);
      assertStringIncludes(error.message, `process ${Deno.pid})`);
      assertStringIncludes(error.message, folder.path);
    }
    using _again = await folder.lock();
  } finally {
    await Deno.remove(folder.path, { recursive: true });
  }
});
