// What builders make is kept in golden/, to be read by people and to show what a change comes to. To write it anew:
// deno test -A controller/build/golden_test.ts -- --update

import { assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { formatted } from "../generate/files.ts";
import { yamlOf } from "../generate/yaml.ts";
import { built } from "./build_testing.ts";
import { GOLDEN } from "./golden_testing.ts";

const FOLDER = fromFileUrl(new URL("./golden", import.meta.url));
const UPDATE = Deno.args.includes("--update");

for (const [name, given] of Object.entries(GOLDEN)) {
  Deno.test(`golden: ${name}`, async () => {
    const path = join(FOLDER, `${name}.yaml`);
    const text = await formatted(path, yamlOf(built(given).objects));
    if (UPDATE) await Deno.writeTextFile(path, text);
    assertEquals(text, await Deno.readTextFile(path));
  });
}

Deno.test("golden: no file is left of an actor that is not there any more", async () => {
  const files = await Array.fromAsync(Deno.readDir(FOLDER), ({ name }) => name);
  assertEquals(files.sort(), Object.keys(GOLDEN).map((name) => `${name}.yaml`).sort());
});
