import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { MeshFolder } from "./folder.ts";
import { OtherStoreError, withoutPassword } from "./store_note.ts";

Deno.test("an address is noted with its user and without its password", () => {
  const cases = [
    ["postgres://me:secret@db.example/shop", "postgres://me@db.example/shop"],
    ["postgres://me:se/cr@et@db.example/shop?schema=a", "postgres://me@db.example/shop?schema=a"],
    ["postgres://me@db.example/shop", "postgres://me@db.example/shop"],
    ["postgres://db.example/shop", "postgres://db.example/shop"],
    ["sqlite:/a@b/c.db", "sqlite:/a@b/c.db"],
  ];
  for (const [address = "", noted] of cases) assertEquals(withoutPassword(address), noted);
});

Deno.test("a mesh's store is the file in its folder, or the one that it began with", async () => {
  const dir = await Deno.makeTempDir({ prefix: "troupe_folder_" });
  try {
    const open = async (folder: MeshFolder, claims: boolean) => {
      const store = await (claims ? folder.claimStore() : folder.openStore());
      await store.close();
    };
    const own = new MeshFolder(join(dir, "own"));
    await own.make();
    await Deno.writeTextFile(join(own.path, "mesh.db"), "");
    // What was made before stores were noted is the folder's own.
    await open(own, false);
    const elsewhere = join(dir, "elsewhere.db");
    const moved = new MeshFolder(own.path, { store: elsewhere });
    assertStringIncludes(
      (await assertRejects(() => moved.claimStore(), OtherStoreError)).message,
      "keeps its results in sqlite, and not in sqlite:",
    );
    await open(own, true);

    const other = new MeshFolder(join(dir, "other"), { store: `sqlite:${elsewhere}` });
    await other.make();
    await open(other, true);
    // A command that names nothing finds it.
    await open(new MeshFolder(other.path), false);
    assertEquals(
      await Deno.stat(join(other.path, "results.db")).catch((error) => error.constructor),
      Deno.errors.NotFound,
    );
    await open(new MeshFolder(other.path, { store: elsewhere }), true);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
