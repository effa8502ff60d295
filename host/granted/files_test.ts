import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { GrantedFilesError, readGrantedFiles } from "./files.ts";

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "troupe-files-" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("files of folders, by their path below it; links that lead out of it are not followed", async () => {
  await withFolder(async (folder) => {
    const from = join(folder, "words");
    await Deno.mkdir(join(from, "deep", "er"), { recursive: true });
    await Deno.mkdir(join(folder, "empty"));
    await Deno.writeTextFile(join(folder, "outside"), "secret");
    await Deno.writeTextFile(join(from, "a"), "A");
    await Deno.writeTextFile(join(from, "deep", "er", "b"), "B");
    await Deno.symlink("a", join(from, "inside-link"));
    await Deno.symlink("../outside", join(from, "outside-link"));
    await Deno.symlink("nowhere", join(from, "dead-link"));
    await Deno.symlink(".", join(from, "round-and-round"));
    await Deno.symlink("loop", join(from, "loop"));
    const { mounts, files } = await readGrantedFiles([
      { from, path: "/words" },
      { from: join(folder, "empty"), path: "/empty" },
    ]);
    assertEquals(mounts, ["/words", "/empty"]);
    assertEquals(
      files.map(({ mount, path, bytes }) => [mount, path, new TextDecoder().decode(bytes)]),
      [["/words", "a", "A"], ["/words", "inside-link", "A"], ["/words", "deep/er/b", "B"]],
    );
  });
});

Deno.test("what cannot be given is an error that names the folder, and what to do", async () => {
  await withFolder(async (folder) => {
    const refused = async (from: string, bounds = {}) =>
      (await assertRejects(() => readGrantedFiles([{ from, path: "/data" }], bounds), GrantedFilesError))
        .message;
    assertStringIncludes(await refused(join(folder, "missing")), "it cannot be read");
    await Deno.writeTextFile(join(folder, "a"), "12345");
    await Deno.writeTextFile(join(folder, "b"), "12345");
    assertStringIncludes(await refused(join(folder, "a")), "it is not a folder");
    assertStringIncludes(await refused(folder, { bytes: 9 }), "more than 9 bytes");
    assertStringIncludes(await refused(folder, { files: 1 }), "more than 1 files");
    assertEquals((await readGrantedFiles([{ from: folder, path: "/data" }], { bytes: 10 })).files.length, 2);
  });
});
