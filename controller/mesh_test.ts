import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { dirname, join } from "@std/path";
import { ActorSpecError, loadMesh, NoActorsError } from "./mesh.ts";

const spec = (name: string) =>
  `apiVersion: troupe.dev/v1alpha1
kind: Actor
metadata: { name: ${name} }
spec: { component: { file: build/a.wasm } }
`;

/** Runs a test with a folder that has some files. */
async function withFolder(files: Record<string, string>, test: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(dirname(join(folder, path)), { recursive: true });
      await Deno.writeTextFile(join(folder, path), text);
    }
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("finds every actor below a folder, sorted by name", () =>
  withFolder({
    "actor.yaml": spec("top"),
    "deep/er/actor.yaml": spec("deep"),
    "alpha/actor.yaml": spec("alpha"),
    "alpha/actor.ts": "",
  }, async (folder) => {
    const specs = await loadMesh(folder);
    assertEquals(specs.map(({ name }) => name), ["alpha", "deep", "top"]);
    assertEquals(specs[1]?.folder, join(folder, "deep/er"));
  }));

Deno.test("passes over hidden folders, build and node_modules", () =>
  withFolder({
    "a/actor.yaml": spec("a"),
    ".troupe/actor.yaml": "broken",
    "build/actor.yaml": "broken",
    "a/node_modules/x/actor.yaml": "broken",
    ".git/actor.yaml": "broken",
  }, async (folder) => assertEquals((await loadMesh(folder)).length, 1)));

Deno.test("does not follow links that lead back", () =>
  withFolder({ "a/actor.yaml": spec("a") }, async (folder) => {
    await Deno.symlink(folder, join(folder, "a", "loop"));
    assertEquals((await loadMesh(folder)).length, 1);
  }));

Deno.test("tells what is wrong in all files at once", () =>
  withFolder({
    "a/actor.yaml": spec("a").replace("Actor", "Actress"),
    "b/actor.yaml": "a: [",
    "c/actor.yaml": spec("c"),
  }, async (folder) => {
    const error = await assertRejects(() => loadMesh(folder), ActorSpecError);
    assertEquals(error.problems.map(({ file }) => file), [
      join(folder, "a/actor.yaml"),
      join(folder, "b/actor.yaml"),
    ]);
  }));

Deno.test("refuses a name that is there twice, naming both files", () =>
  withFolder({ "a/actor.yaml": spec("same"), "b/actor.yaml": spec("same") }, async (folder) => {
    const { message } = await assertRejects(() => loadMesh(folder), ActorSpecError);
    assertStringIncludes(message, join(folder, "a/actor.yaml"));
    assertStringIncludes(message, join(folder, "b/actor.yaml"));
  }));

Deno.test("refuses a folder without actors, one that does not exist, and a file", () =>
  withFolder({ "readme.txt": "" }, async (folder) => {
    for (
      const [path, says] of [["", "no actor.yaml"], ["missing", "does not exist"], [
        "readme.txt",
        "not a folder",
      ]]
    ) {
      await assertRejects(() => loadMesh(join(folder, path as string)), NoActorsError, says);
    }
  }));
