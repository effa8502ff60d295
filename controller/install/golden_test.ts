// What is installed is kept in golden/, to be read by people and to show what a change comes to. What is in files of its
// own, in manifests/base/, is left out there. To write it anew: deno test -A controller/install/golden_test.ts -- --update

import { assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { settingsOf } from "../build/build_testing.ts";
import { formatted } from "../generate/files.ts";
import { yamlOf } from "../generate/yaml.ts";
import { parseSettings } from "../settings.ts";
import { INSTALLED } from "./golden_testing.ts";
import { installation, settingsText } from "./mod.ts";

const FOLDER = fromFileUrl(new URL("./golden", import.meta.url));
const UPDATE = Deno.args.includes("--update");
const ELSEWHERE = ["CustomResourceDefinition", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"];

for (const [name, { settings = {}, ...options }] of Object.entries(INSTALLED)) {
  Deno.test(`golden: an installation, ${name}`, async () => {
    const path = join(FOLDER, `${name}.yaml`);
    const objects = installation(settingsOf(settings), options).filter(({ kind }) =>
      !ELSEWHERE.includes(kind)
    );
    const text = await formatted(path, yamlOf(objects));
    if (UPDATE) await Deno.writeTextFile(path, text);
    assertEquals(text, await Deno.readTextFile(path));
  });

  Deno.test(`the settings of ${name} are the same when they are read again`, () => {
    const read = settingsOf(settings);
    assertEquals(parseSettings(settingsText(read), { file: "again.yaml" }), read);
  });
}

Deno.test("golden: no file is left of an installation that is not there any more", async () => {
  const files = await Array.fromAsync(Deno.readDir(FOLDER), ({ name }) => name);
  assertEquals(files.sort(), Object.keys(INSTALLED).map((name) => `${name}.yaml`).sort());
});
