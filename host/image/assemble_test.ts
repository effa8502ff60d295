import { assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { assemble } from "./assemble.ts";
import { graphOf } from "./graph.ts";
import { ImageError } from "./image_error.ts";
import { librariesIn } from "./system.ts";

async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "troupe-assemble-" });
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("nothing is assembled into a folder that has something, nor by who cannot", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "mine"), "");
    const problem = Deno.uid() === 0 ? `${join(folder, "mine")} is there already` : "be root";
    await assertRejects(() => assemble(folder), ImageError, problem);
  });
});

Deno.test("what is imported and is not there is named", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "deno.json"), "{}");
    await Deno.writeTextFile(join(folder, "main.ts"), 'import "./there.ts";');
    await Deno.writeTextFile(join(folder, "there.ts"), 'export const load = () => import("./gone.ts");');
    await assertRejects(() => graphOf(folder, ["main.ts"]), ImageError, "gone.ts");
  });
});

Deno.test("a library that the system lacks is named, and a program that says nothing of libraries is not taken", () => {
  assertThrows(() => librariesIn("\tlibx.so.1 => not found\n", "x"), ImageError, "x needs libx.so.1");
  assertThrows(
    () => librariesIn("\tnot a dynamic executable\n", "x"),
    ImageError,
    "not a dynamic executable",
  );
});
