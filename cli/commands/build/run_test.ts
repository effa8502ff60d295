import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { dirname, join } from "@std/path";
import { runTroupe, temporaryFolder } from "../_testing.ts";

function specOf(name: string): string {
  return `
apiVersion: troupe.dev/v1alpha1
kind: Actor
metadata: { name: ${name} }
spec: { component: { file: build/${name}.wasm } }
`;
}

async function write(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await Deno.mkdir(dirname(join(folder, name)), { recursive: true });
    await Deno.writeTextFile(join(folder, name), text);
  }
}

const MESH = {
  "one/actor.yaml": specOf("one"),
  "one/actor.js": "export const handle = (payload) => payload;\n",
  "two/actor.yaml": specOf("two"),
  "two/actor.ts": "export function handle(n: number): string {\n  return n;\n}\n",
};

Deno.test("a mesh in which one actor cannot be built", async (t) => {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  await write(cwd, MESH);

  await t.step("the others are, and what is wrong is said", async () => {
    const { code, stdout, stderr } = await runTroupe(["build"], { cwd });
    assertEquals(code, 1);
    assertMatch(stdout, /^one +built +[\d.]+ MiB +sha256:[0-9a-f]{64} +[\d.]+ m?s$/m);
    assertMatch(stdout, /^two +failed$/m);
    assertStringIncludes(stdout, join(cwd, "two/actor.ts:2:3"));
    assertStringIncludes(stdout, "Type 'number' is not assignable to type 'string'");
    assertEquals(stderr, "2 actors: 1 built, 1 failed.\n");
  });

  await t.step("as JSON, a line for each", async () => {
    const { code, stdout, stderr } = await runTroupe(["build", ".", "--json"], { cwd });
    const [one, two] = stdout.trim().split("\n").map((line) => JSON.parse(line));
    assertEquals([code, stderr], [1, ""]);
    assertEquals([one.actor, one.state, one.file], ["one", "up-to-date", join(cwd, "one/build/one.wasm")]);
    assertEquals(one.size, (await Deno.stat(one.file)).size);
    assertEquals([two.actor, two.state, two.code], ["two", "failed", "troupe.TypeMismatch"]);
  });

  await t.step("without looking at types", async () => {
    const { code, stdout } = await runTroupe(["build", "two", "--no-check"], { cwd });
    assertEquals(code, 0);
    assertMatch(stdout, /^two +built/);
  });
});

Deno.test("what is built and imports what it is not granted: it is said before it is run", async () => {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  await write(cwd, {
    "actor.yaml": specOf("keeper"),
    "actor.js":
      'import { state } from "@troupe/sdk/state";\nexport const handle = () => state.add("n", 1);\n',
  });
  const { code, stdout } = await runTroupe(["build"], { cwd });
  assertEquals(code, 0);
  assertMatch(stdout, /^keeper +built/m);
  assertMatch(stdout, /^it would be refused:\n {2}.*troupe:actor\/state.*grants/m);
  await write(cwd, { "actor.yaml": specOf("keeper").replace("spec: {", "spec: { grants: { state: true },") });
  assertEquals((await runTroupe(["build"], { cwd })).stdout.includes("refused"), false);
});

Deno.test("a folder without an actor, and a spec that is wrong", async () => {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  const none = await runTroupe(["build"], { cwd });
  assertEquals([none.code, none.stdout], [1, ""]);
  assertStringIncludes(none.stderr, "has no actor.yaml");
  await write(cwd, { "actor.yaml": specOf("one").replace("kind", "kin") });
  const wrong = await runTroupe(["build"], { cwd });
  assertEquals(wrong.code, 1);
  assertStringIncludes(wrong.stderr, "actor.yaml:3: kin is not a field of an Actor; did you mean kind?");
});
