import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { lacksS3, S3Server } from "@troupe/tests/servers/s3";
import { join } from "@std/path";
import { MeshFolder } from "./folder.ts";
import { OtherObjectsError } from "./objects_note.ts";

Deno.test({
  name: "a mesh may be given a bucket later, and is not continued without it, or in another, by mistake",
  ignore: lacksS3(),
  async fn() {
    const dir = await Deno.makeTempDir({ prefix: "troupe_objects_" });
    const server = await S3Server.start();
    try {
      await server.withKeys(async () => {
        const open = async (objects?: string) => {
          const store = await new MeshFolder(dir, { objects }).claimStore();
          await store.close();
        };
        await open();
        await assertRejects(() => open(server.address("none-such")), Error, "There is no bucket");
        // What was mistyped is not noted.
        await open();
        const objects = server.address(await server.bucket());
        await open(objects);
        await open(objects);
        const other = server.address(await server.bucket());
        const { message } = await assertRejects(() => open(other), OtherObjectsError, "test-1");
        assertStringIncludes(message, `remove ${join(dir, "objects.json")}`);
        await assertRejects(() => open(), OtherObjectsError, "and not in its store");
        await Deno.remove(join(dir, "objects.json"));
        await open(other);
        assertEquals((await server.list("test-2")).length, 1);
      });
    } finally {
      await server.stop();
      await Deno.remove(dir, { recursive: true });
    }
  },
});
