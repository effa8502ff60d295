import { parseActorSpec } from "@troupe/controller/spec";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { buildActor } from "../../build/mod.ts";
import { hops } from "../../build/_testing.ts";
import { runDeno, runTroupe, temporaryFolder } from "../_testing.ts";

for (const language of ["ts", "js"]) {
  Deno.test(`what is made in ${language} passes its test, builds and runs as it is`, async () => {
    await using folder = await temporaryFolder();
    const cwd = folder.path;
    const made = await runTroupe(["new", "greet", "--language", language, "--dir", "mesh/actors"], { cwd });
    assertEquals(made.code, 0, made.stderr);
    const names = ["actor.yaml", ".gitignore", `actor.${language}`, `actor_test.${language}`, "deno.json"];
    assertEquals(made.stdout.trim().split("\n"), names.map((name) => `mesh/actors/greet/${name}`));
    assertStringIncludes(made.stderr, `troupe send greet '{"name":"Ada"}' --wait`);

    const at = join(cwd, "mesh/actors/greet");
    const tested = await runDeno(["test"], { cwd: at });
    assertEquals(tested.code, 0, tested.stderr + tested.stdout);
    assertStringIncludes(tested.stdout, "2 passed");
    // In the style that deno fmt and deno lint have where nothing else is said.
    assertEquals((await runDeno(["fmt", "--check"], { cwd: at })).code, 0);
    assertEquals((await runDeno(["lint"], { cwd: at })).code, 0);

    const file = join(at, "actor.yaml");
    const spec = parseActorSpec(await Deno.readTextFile(file), { file });
    assertEquals((await buildActor(spec, { check: true })).built, true);
    const [greeted, nobody] = await hops({ spec, folder: at }, [{ name: "Ada" }, {}]);
    assert(greeted?.ok && nobody?.ok === false);
    assertEquals(greeted.emits.map(({ payload }) => payload), ['{"greeting":"Hello, Ada!"}']);
    assertEquals(nobody.failure.type, "troupe.Fatal");
  });
}

Deno.test("below a deno.json that knows the SDK, none is made", async () => {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  const names = ["@troupe/sdk", "@troupe/sdk/testing", "@troupe/host/draft", "@troupe/host/limits"];
  const imports = Object.fromEntries(names.map((name) => [name, import.meta.resolve(name)]));
  const config = { imports: { ...imports, zod: "npm:zod@4.6.7" }, fmt: { lineWidth: 110 } };
  await Deno.writeTextFile(join(cwd, "deno.json"), JSON.stringify(config));
  const { code, stdout, stderr } = await runTroupe(["new", "greet"], { cwd });
  assertEquals(code, 0, stderr);
  assertEquals([stdout.includes("deno.json"), stderr.includes("@troupe/sdk")], [false, false]);
  const tested = await runDeno(["test", "greet"], { cwd });
  assertEquals(tested.code, 0, tested.stderr);
  assertEquals((await runDeno(["fmt", "--check", "greet"], { cwd })).code, 0);
});

Deno.test("a deno.json that does not know the SDK is left as it is, and it is said what to do", async () => {
  await using folder = await temporaryFolder();
  const config = join(folder.path, "deno.json");
  await Deno.writeTextFile(config, "{}");
  const { code, stdout, stderr } = await runTroupe(["new", "greet"], { cwd: folder.path });
  assertEquals(code, 0);
  assertEquals(stdout.includes("deno.json"), false);
  assertStringIncludes(stderr, config);
  assertStringIncludes(stderr, `"@troupe/sdk": "file:`);
  assertEquals(await Deno.readTextFile(config), "{}");
});

Deno.test("what exists is not touched", async () => {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  await Deno.mkdir(join(cwd, "greet"));
  await Deno.writeTextFile(join(cwd, "file"), "");
  for (const [name, dir] of [["greet", "."], ["file", "."], ["greet", "file"]] as const) {
    const { code, stdout, stderr } = await runTroupe(["new", name, "--dir", dir], { cwd });
    assertEquals([code, stdout], [1, ""], stderr);
    assertStringIncludes(stderr, "nothing that exists is touched");
  }
  assertEquals([...Deno.readDirSync(join(cwd, "greet"))], []);
});

Deno.test("names that no actor can have", async (t) => {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  for (const name of ["Greet", "greet_all", "../greet", "a".repeat(64), "x-sink"]) {
    await t.step(name, async () => {
      const { code, stdout, stderr } = await runTroupe(["new", name], { cwd });
      assertEquals([code, stdout], [2, ""]);
      assertStringIncludes(stderr, "cannot be an actor's name");
    });
  }
  assertEquals([...Deno.readDirSync(cwd)], []);
});
