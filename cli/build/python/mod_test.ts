import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { join } from "@std/path";
import { cannotBuild } from "@troupe/tests/languages";
import { testActor } from "../_testing.ts";
import { loadProblem } from "./load_problem.ts";
import { PYTHON } from "./mod.ts";
import { VERSION } from "./toolchain.ts";
import { inputFiles } from "./work_folder.ts";
import { worldOf } from "./world.ts";

/** Digest of the inputs, and versions. */
async function opened(folder: string) {
  await using source = await PYTHON.open({ file: join(folder, "actor.py"), folder, actor: "a" });
  return { inputs: await source.inputs(), tools: await source.tools() };
}

Deno.test({
  name: "the same modules come to the same digest wherever they are; others, or other packages, to another",
  ignore: cannotBuild("python"),
  async fn() {
    const files = { "actor.py": "def handle(x): return x\n", "deep/part.py": "" };
    const digest = async (more: Record<string, string> = {}) => {
      await using actor = await testActor({ ...files, ...more });
      return (await opened(actor.folder)).inputs;
    };
    const first = await digest();
    assertEquals(await digest(), first);
    assertEquals(await digest({ "actor.yaml": "x", "test_actor.py": "x", "build/a.wasm": "x" }), first);
    assertNotEquals(await digest({ "deep/part.py": "x = 1\n" }), first);
    assertNotEquals(await digest({ "vendor/package/__init__.py": "" }), first);
  },
});

Deno.test({
  name: "packages that go along are told with their versions",
  ignore: cannotBuild("python"),
  async fn() {
    await using actor = await testActor({ "actor.py": "", "vendor/attrs-25.1.0.dist-info/METADATA": "" });
    const { tools } = await opened(actor.folder);
    assertEquals(tools["pypi:attrs"], "25.1.0");
    assertEquals(tools["componentize-py"], VERSION);
  },
});

Deno.test("tests and what describes the actor are no part of it; packages are beside it", async () => {
  const files = ["actor.py", "test_actor.py", "deep/part_test.py", "conftest.py", "vendor/p.py"];
  await using actor = await testActor(Object.fromEntries(files.map((name) => [name, ""])));
  const names = (await inputFiles(actor.folder)).map(({ name }) => name);
  assertEquals(names.filter((name) => /^(actor|vendor)\//.test(name)), ["actor/actor.py", "vendor/p.py"]);
  assert(names.includes("sdk/troupe/__init__.py"));
  assert(names.includes("wit/deps/troupe/actor.wit"));
});

const told = (problem: Record<string, unknown>) => {
  const whole = {
    ...{ type: "ValueError", message: "", where: null, traceback: "", missing: null, printed: "" },
    ...problem,
  };
  return loadProblem(`AssertionError: …\ntroupe-build ${JSON.stringify(whole)}\n`, "/home/ann/greet");
};

Deno.test("what keeps a module from being loaded is told in the author's terms", () => {
  const cases: [problem: Record<string, unknown>, code: string, message: string][] = [
    [
      { type: "SyntaxError", message: "invalid syntax", where: "/1/deep/part.py:3", traceback: "x = (" },
      "troupe.SourceError",
      "/home/ann/greet/deep/part.py:3: invalid syntax\nx = (",
    ],
    [
      { type: "ModuleNotFoundError", missing: "numpy.random", traceback: 'File "/1/actor.py", line 2' },
      "troupe.SourceError",
      'File "/home/ann/greet/actor.py", line 2\nPackages are taken from the folder "vendor" beside actor.py: ' +
      "python3 -m pip install --target vendor numpy. Those that are not in Python alone cannot be used in an actor.",
    ],
    [
      { traceback: 'File "/2/package/a.py", line 1\nValueError', printed: "hello" },
      "troupe.LoadFailed",
      'File "/home/ann/greet/vendor/package/a.py", line 1\nValueError\nBefore, it printed:\nhello',
    ],
    [
      { type: "BadHandlerError", message: "actor.py has no handle" },
      "troupe.BadHandler",
      "actor.py has no handle",
    ],
  ];
  for (const [problem, code, message] of cases) {
    const error = told(problem);
    assertEquals([error?.code, error?.message], [code, message]);
  }
  assertEquals(loadProblem("something else", "/"), undefined);
});

Deno.test("a component imports what its modules ask for", () => {
  const has = (text: string) =>
    ["state", "http/outgoing-handler", "timers"].filter((name) =>
      worldOf([text]).includes(`/${name}@`) || worldOf([text]).includes(`:${name}@`)
    );
  assertEquals(has("def handle(x): return x"), []);
  for (
    const text of [
      "from troupe import mesh, state",
      "import troupe.state as s",
      "from troupe.state import add",
      "from troupe import (\n    GET,\n    state,\n)",
    ]
  ) assertEquals(has(text), ["state"], text);
  assertEquals(has("from troupe import mesh  # state"), []);
  assertEquals(has("import urllib.request"), ["http/outgoing-handler"]);
  assertEquals(has("from urllib import parse"), []);
  assertEquals(has("time.sleep(1)"), ["timers"]);
});
