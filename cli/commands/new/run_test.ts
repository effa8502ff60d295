import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { runDeno, runTroupe, temporaryFolder } from "../_testing.ts";
import { TEMPLATES } from "./templates.ts";

/** Files of a new actor, beside those that every actor has. */
const FILES: Readonly<Record<string, readonly string[]>> = {
  ts: ["actor.ts", "actor_test.ts", "deno.json"],
  js: ["actor.js", "actor_test.js", "deno.json"],
  rust: ["Cargo.toml", "src/lib.rs"],
  go: ["go.mod", "main.go", "main_test.go"],
  python: ["actor.py", "test_actor.py", "pyproject.toml"],
  c: ["actor.c", "actor_test.c", "Makefile"],
};

// That each passes its tests, is built and runs, is tested in tests/sdk.
for (const language of Object.keys(TEMPLATES)) {
  Deno.test(`a new actor in ${language}: its files, and what to do with them`, async () => {
    await using folder = await temporaryFolder();
    const cwd = folder.path;
    const made = await runTroupe(["new", "greet", "--language", language, "--dir", "mesh/actors"], { cwd });
    assertEquals(made.code, 0, made.stderr);
    const names = ["actor.yaml", ".gitignore", ...FILES[language] ?? []];
    assertEquals(made.stdout.trim().split("\n"), names.map((name) => `mesh/actors/greet/${name}`));
    assertStringIncludes(made.stderr, "cd mesh/actors/greet\n");
    assertStringIncludes(made.stderr, `troupe send greet '{"name":"Ada"}' --wait`);
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
