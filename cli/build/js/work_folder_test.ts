import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join, toFileUrl } from "@std/path";
import { testActor } from "../_testing.ts";
import { bundle } from "./bundle.ts";
import { BuildError } from "../errors.ts";
import { graphOf } from "./graph.ts";
import { digestInputs } from "./inputs.ts";
import { makeKit } from "./kit.ts";
import { NO_NEEDS } from "./needs.ts";
import { makeWorkFolder, type WorkFolder } from "./work_folder.ts";

/** What names mean in a folder. */
async function namesIn(folder: string, source = "actor.js"): Promise<Record<string, string>> {
  await using work = await makeWorkFolder(join(folder, source));
  return JSON.parse(await Deno.readTextFile(join(work.path, "deno.json"))).imports;
}

async function plainGraph(work: WorkFolder) {
  const kit = await makeKit(NO_NEEDS, work);
  return { kit, graph: await graphOf(work, kit.entry) };
}

const HANDLE = "export const handle = (payload) => payload;\n";

Deno.test("without a deno.json there are the SDK and zod", async () => {
  await using actor = await testActor({ "actor.js": HANDLE });
  const { zod, "@troupe/sdk": sdk, "@troupe/sdk/testing": testing, ...others } = await namesIn(actor.folder);
  assertEquals(zod?.startsWith("npm:zod@"), true);
  assertEquals(sdk, import.meta.resolve("@troupe/sdk"));
  assertEquals(testing, import.meta.resolve("@troupe/sdk/testing"));
  assertEquals(others["troupe:author"], toFileUrl(join(actor.folder, "actor.js")).href);
});

Deno.test("the nearest deno.json counts: with comments, relative targets, scopes, another zod", async () => {
  await using actor = await testActor({
    "deno.jsonc": `{
      // Comments are allowed.
      "imports": { "lib": "./lib/mod.js", "zod": "npm:zod@3.25.0", "@troupe/sdk": "./mine.js" },
      "scopes": { "./lib/": { "deep": "./deep.js" } },
    }`,
    "a/actor.js": HANDLE,
  });
  const url = (path: string) => toFileUrl(join(actor.folder, path)).href;
  const names = await namesIn(actor.folder, "a/actor.js");
  assertEquals(names.lib, url("lib/mod.js"));
  assertEquals(names.zod, "npm:zod@3.25.0");
  // The contract is with the SDK of the Troupe that builds, whatever an editor is told.
  assertEquals(names["@troupe/sdk"], import.meta.resolve("@troupe/sdk"));
  await using work = await makeWorkFolder(join(actor.folder, "a/actor.js"));
  const { scopes } = JSON.parse(await Deno.readTextFile(join(work.path, "deno.json")));
  assertEquals(scopes[url("lib/")], { deep: url("deep.js") });
  // What the SDK imports for itself is no name of the author's.
  assertEquals(Object.keys(scopes).length, 2);
  assertEquals("whatwg-url-minimum" in names, false);
});

Deno.test("an import map of its own", async () => {
  await using actor = await testActor({
    "deno.json": '{ "importMap": "./maps/map.json" }',
    "maps/map.json": '{ "imports": { "lib": "../lib.js" } }',
    "actor.js": HANDLE,
  });
  assertEquals((await namesIn(actor.folder)).lib, toFileUrl(join(actor.folder, "lib.js")).href);
});

Deno.test("in a workspace: the root's names, the member's before them, and the packages", async () => {
  await using actor = await testActor({
    "deno.json": '{ "workspace": ["./actors", "./libs/*"], "imports": { "a": "./a.js", "b": "./b.js" } }',
    "actors/deno.json": '{ "imports": { "b": "./other.js" } }',
    "libs/words/deno.json":
      '{ "name": "@me/words", "exports": { ".": "./mod.js", "./count": "./count.js" } }',
    "actors/one/actor.js": HANDLE,
  });
  const url = (path: string) => toFileUrl(join(actor.folder, path)).href;
  const names = await namesIn(actor.folder, "actors/one/actor.js");
  assertEquals(names.a, url("a.js"));
  assertEquals(names.b, url("actors/other.js"));
  assertEquals(names["@me/words"], url("libs/words/mod.js"));
  assertEquals(names["@me/words/count"], url("libs/words/count.js"));
});

Deno.test("a workspace above that the nearest deno.json is no member of does not count", async () => {
  await using actor = await testActor({
    "deno.json": '{ "workspace": ["./libs"], "imports": { "a": "./a.js" } }',
    "alone/deno.json": "{}",
    "alone/actor.js": HANDLE,
  });
  assertEquals((await namesIn(actor.folder, "alone/actor.js")).a, undefined);
});

Deno.test("a deno.json that cannot be used is named, with the field", async () => {
  await using actor = await testActor({ "deno.json": '{ "imports": { "a": 1 } }', "actor.js": HANDLE });
  const error = await assertRejects(() => makeWorkFolder(join(actor.folder, "actor.js")), BuildError);
  assertStringIncludes(error.message, join(actor.folder, "deno.json"));
  assertStringIncludes(error.message, "imports.a");
});

Deno.test("the author's lock file counts", async () => {
  const lock = '{ "version": "5", "specifiers": { "npm:zod@4": "4.6.7" } }';
  await using actor = await testActor({ "deno.json": "{}", "deno.lock": lock, "actor.js": HANDLE });
  await using work = await makeWorkFolder(join(actor.folder, "actor.js"));
  assertEquals(await Deno.readTextFile(join(work.path, "deno.lock")), lock);
});

Deno.test("the folder is gone afterwards, also when it could not be made", async () => {
  await using actor = await testActor({ "deno.json": "{", "actor.js": HANDLE });
  const temporary = () => [...Deno.readDirSync(join(actor.folder, "tmp"))].map(({ name }) => name);
  await Deno.mkdir(join(actor.folder, "tmp"));
  const source = join(actor.folder, "actor.js");
  const dir = join(actor.folder, "tmp");
  await assertRejects(() => makeWorkFolder(source, { dir }), BuildError);
  assertEquals(temporary(), []);
  await actor.write("deno.json", "{}");
  {
    await using _work = await makeWorkFolder(source, { dir });
    assertEquals(temporary().length, 1);
  }
  assertEquals(temporary(), []);
});

Deno.test("the same sources come to the same script and digest, wherever they are", async () => {
  const files = {
    "actor.ts": `
import { a } from "./lib/a.ts";
import data from "./data.json" with { type: "json" };
import * as z from "zod/mini";
export const handle = (n: number) => [a(n), data, z.number().parse(n)];
`,
    "lib/a.ts": "export const a = (n: number): number => n;\n",
    "data.json": '{ "a": 1 }',
  };
  const made = await Promise.all([1, 2].map(async () => {
    await using actor = await testActor(files);
    await using work = await makeWorkFolder(join(actor.folder, "actor.ts"));
    const { graph, kit } = await plainGraph(work);
    return { ...await bundle(work, { graph, kit }), inputs: await digestInputs({ graph, work }) };
  }));
  assertEquals(made[0], made[1]);
  assertEquals(made[0]?.lines.files.toSorted(), ["actor.ts", "data.json", "lib/a.ts"]);
});

Deno.test("what changes the digest of the inputs", async (t) => {
  await using actor = await testActor({
    "deno.json": '{ "imports": { "x": "./a.js", "y": "./b.js" } }',
    "actor.js": 'import x from "x";\nimport y from "y";\nexport const handle = () => [x, y];\n',
    "a.js": "export default 1;\n",
    "b.js": "export default 2;\n",
  });
  const digest = async () => {
    await using work = await makeWorkFolder(join(actor.folder, "actor.js"));
    const { graph } = await plainGraph(work);
    return await digestInputs({ graph, work });
  };
  const first = await digest();
  const seen = new Set([first]);
  const changes: [string, string, string][] = [
    ["a file that is imported", "a.js", "export default 3;\n"],
    ["what names mean", "deno.json", '{ "imports": { "x": "./b.js", "y": "./a.js" } }'],
    [
      "the compiler's options",
      "deno.json",
      '{ "imports": { "x": "./b.js", "y": "./a.js" }, "compilerOptions": { "jsx": "react" } }',
    ],
    ["an import more", "b.js", 'import z from "zod";\nexport default z;\n'],
  ];
  for (const [name, file, text] of changes) {
    await t.step(name, async () => {
      await actor.write(file, text);
      const changed = await digest();
      assert(!seen.has(changed));
      seen.add(changed);
    });
  }
  await t.step("a file that is not imported changes nothing", async () => {
    const before = await digest();
    await actor.write("c.js", "export default 1;\n");
    assertEquals(await digest(), before);
  });
});

Deno.test("an actor of this tree finds the SDK as its editor does", async () => {
  const split = fromFileUrl(new URL("../../../actors/examples/editorial/split", import.meta.url));
  const names = await namesIn(split, "actor.ts");
  assertEquals(names["@troupe/sdk"], import.meta.resolve("@troupe/sdk"));
  assertEquals(names["fast-check"]?.startsWith("npm:fast-check@"), true);
});
