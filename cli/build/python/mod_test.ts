import { assert, assertEquals, assertNotEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { lacks } from "@troupe/tests/require";
import { BuildError } from "../errors.ts";
import { loadProblem } from "./load_problem.ts";
import { PYTHON } from "./mod.ts";
import { findComponentize, VERSION } from "./toolchain.ts";
import { inputFiles } from "./work_folder.ts";
import { worldOf } from "./world.ts";

async function withActor(
  files: Readonly<Record<string, string>>,
  run: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.mkdir(join(folder, name, ".."), { recursive: true });
      await Deno.writeTextFile(join(folder, name), text);
    }
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Digest of the inputs, and versions. */
async function opened(folder: string) {
  await using source = await PYTHON.open({ file: join(folder, "actor.py"), folder, actor: "a" });
  return { inputs: await source.inputs(), tools: await source.tools() };
}

Deno.test({
  name: "the same modules come to the same digest wherever they are; others, or other packages, to another",
  ignore: lacks("componentize-py", `python3 -m pip install componentize-py==${VERSION}`),
  async fn() {
    const files = { "actor.py": "def handle(x): return x\n", "deep/part.py": "" };
    const digest = async (more: Record<string, string> = {}) => {
      let made = "";
      await withActor({ ...files, ...more }, async (folder) => {
        made = (await opened(folder)).inputs;
      });
      return made;
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
  ignore: lacks("componentize-py", `python3 -m pip install componentize-py==${VERSION}`),
  fn: () =>
    withActor({ "actor.py": "", "vendor/attrs-25.1.0.dist-info/METADATA": "" }, async (folder) => {
      const { tools } = await opened(folder);
      assertEquals(tools["pypi:attrs"], "25.1.0");
      assertEquals(tools["componentize-py"], VERSION);
    }),
});

Deno.test("tests and what describes the actor are no part of it; packages are beside it", () =>
  withActor(
    { "actor.py": "", "test_actor.py": "", "deep/part_test.py": "", "conftest.py": "", "vendor/p.py": "" },
    async (folder) => {
      const names = (await inputFiles(folder)).map(({ name }) => name);
      assertEquals(names.filter((name) => /^(actor|vendor)\//.test(name)), ["actor/actor.py", "vendor/p.py"]);
      assert(names.includes("sdk/troupe/__init__.py"));
      assert(names.includes("wit/deps/troupe/actor.wit"));
    },
  ));

Deno.test("without componentize-py, or with another one, the command is told that installs it", async () => {
  const { PATH = "", HOME = "" } = Deno.env.toObject();
  await withActor({ "bin/componentize-py": "#!/bin/sh\necho componentize-py 0.1.0\n" }, async (folder) => {
    Deno.env.set("HOME", folder);
    try {
      Deno.env.set("PATH", folder);
      const missing = await assertRejects(findComponentize, BuildError);
      assertEquals(missing.code, "troupe.ToolchainMissing");
      assertStringIncludes(missing.message, `python3 -m pip install componentize-py==${VERSION}`);
      await Deno.chmod(join(folder, "bin/componentize-py"), 0o755);
      Deno.env.set("PATH", `${folder}/bin`);
      const other = await assertRejects(findComponentize, BuildError);
      assertStringIncludes(other.message, `${folder}/bin/componentize-py is 0.1.0`);
    } finally {
      Deno.env.set("PATH", PATH);
      Deno.env.set("HOME", HOME);
    }
  });
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
