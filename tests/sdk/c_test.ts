// Actors in C as an author meets them: the SDK's own tests, a new actor from its first test to a sandbox, what the build
// says of mistakes, and what an instance keeps.

import { buildActor, BuildError } from "@troupe/cli/build";
import { type ActorSpec, parseActorSpec } from "@troupe/controller/spec";
import { prepareComponent } from "@troupe/host/component/prepare";
import { parseEnvelope } from "@troupe/host/envelope";
import type { HopResult } from "@troupe/host/hop";
import { configOf } from "@troupe/host/granted/config";
import { startStage } from "@troupe/host/stage/supervisor";
import { openSqliteState } from "@troupe/host/state/sqlite_store";
import { lacks } from "@troupe/tests/require";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { encodeHex } from "@std/encoding/hex";
import { fromFileUrl, join } from "@std/path";
import { stateService } from "../../host/granted/state_service.ts";
import { call, hop, openComponent } from "../../host/stage/child/_restored_testing.ts";

const ROOT = fromFileUrl(new URL("../..", import.meta.url));
const SDK = join(ROOT, "sdk", "c");
const MISSING = lacks("zig", "python3 -m pip install ziglang==0.17.1, and a link to the zig in it") ||
  lacks("make", "Debian: apt-get install make") || lacks("cc", "Debian: apt-get install gcc");

const ran = async (program: string, args: string[], cwd: string): Promise<string> => {
  const { success, stdout, stderr } = await new Deno.Command(program, { args, cwd }).output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert(success, `${program} ${args.join(" ")}:\n${text}`);
  return text;
};

interface Folder extends AsyncDisposable {
  readonly path: string;
}

async function temporary(): Promise<Folder> {
  const path = await Deno.realPath(await Deno.makeTempDir({ prefix: "troupe-c-test-" }));
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

async function specOf(folder: string): Promise<ActorSpec> {
  const file = join(folder, "actor.yaml");
  return parseActorSpec(await Deno.readTextFile(file), { file });
}

/** An actor of one file. */
async function actor(folder: string, source: string, spec = ""): Promise<ActorSpec> {
  await Deno.writeTextFile(join(folder, "actor.c"), source);
  await Deno.writeTextFile(
    join(folder, "actor.yaml"),
    `apiVersion: troupe.dev/v1alpha1\nkind: Actor\nmetadata: { name: tested }\n` +
      `spec:\n  component: { file: build/tested.wasm }\n${spec}`,
  );
  return await specOf(folder);
}

/** One of the sources in `c/`. */
const guest = (name: string) => Deno.readTextFile(new URL(`c/${name}.c`, import.meta.url));

/** Builds an actor and has it handle payloads in its sandbox. */
async function hops(spec: ActorSpec, payloads: readonly unknown[]) {
  await buildActor(spec, { check: true });
  await using cache = await temporary();
  const { name, limits, grants, isolation } = spec;
  const component = await prepareComponent(spec.component, { cacheDir: cache.path, grants, limits });
  const store = await openSqliteState({ path: ":memory:" });
  const logs: string[] = [];
  const stage = await startStage({
    ...{ actor: name, component, limits, isolation, grants, cacheDir: cache.path },
    config: await configOf(grants),
    ...(grants.state ? { services: { state: stateService(() => Promise.resolve(store.bucket("b"))) } } : {}),
    onLog: ({ level, message }) => void logs.push(`${level}: ${message}`),
  });
  try {
    const results: HopResult[] = [];
    for (const [n, payload] of payloads.entries()) {
      const body = { id: `hop-${n}`, route: { prev: [], curr: name, next: [] }, payload };
      results.push(await stage.run(parseEnvelope(new TextEncoder().encode(JSON.stringify(body)))));
    }
    return { results, logs };
  } finally {
    await stage.close();
    await store.close();
  }
}

const payloadsOf = (result?: HopResult) =>
  result?.ok ? result.emits.map(({ payload }) => JSON.parse(payload)) : [];
const failureOf = (result?: HopResult) => result?.ok === false ? result.failure : undefined;

Deno.test("C: the binding is that of the contract", async () => {
  const parts = [["actor.wit", "binding.c", /WIT-SHA256 (\w+)/], [
    "timers.wit",
    "wasi.c",
    /TIMERS-SHA256 (\w+)/,
  ]] as const;
  for (const [wit, source, stated] of parts) {
    const contract = await Deno.readFile(join(ROOT, "sdk", "wit", wit));
    const digest = encodeHex(await crypto.subtle.digest("SHA-256", contract));
    const binding = await Deno.readTextFile(join(SDK, "src", source));
    assertEquals(stated.exec(binding)?.[1], digest, `${wit}: see the head of sdk/c/src/binding.c`);
  }
});

Deno.test({
  name: "C: the SDK's own tests",
  ignore: MISSING,
  async fn() {
    await using build = await temporary();
    const text = await ran("make", ["test", `BUILD=${build.path}`], SDK);
    assertMatch(text, /arena and heap: ok/);
    assertMatch(text, /sdk: ok/);
    assertMatch(text, /JSON that chance made: \d+ taken/);
    assertMatch(text, /cases passed, 0 failed/);
  },
});

Deno.test({
  name: "C: examples of the headers and of the README compile",
  ignore: MISSING,
  async fn() {
    const sources: string[] = [];
    for (const header of ["troupe.h", "troupe_state.h", "troupe_testing.h"]) {
      const text = await Deno.readTextFile(join(SDK, header));
      for (const [block] of text.matchAll(/(?:^ \* {5}.*\n(?: \*\n(?= \* {5}))?)+/gm)) {
        const code = block.replaceAll(/^ \*(?: {5})?/gm, "");
        const lines = code.split("\n");
        const start = lines.findIndex((line) => line.startsWith("#include"));
        if (start >= 0) sources.push(lines.slice(start).join("\n"));
        else sources.push(`troupe_json example(troupe_json task) {\n${code}\nreturn task;\n}`);
      }
    }
    const readme = await Deno.readTextFile(join(SDK, "README.md"));
    const blocks = [...readme.matchAll(/^```c\n([\s\S]*?)^```/gm)].map(([, code = ""]) => code);
    sources.push(...blocks);
    assert(sources.length >= 6, `${sources.length} examples`);
    await using folder = await temporary();
    for (const source of sources) {
      const head =
        '#include <assert.h>\n#include "troupe_testing.h"\ntroupe_json example(troupe_json task);\n';
      await Deno.writeTextFile(join(folder.path, "example.c"), head + source);
      const strict = ["-std=c11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", `-I${SDK}`];
      await ran("cc", [...strict, "example.c"], folder.path);
    }
    // The page's test, with the page's actor.
    await Deno.writeTextFile(join(folder.path, "readme.c"), blocks.join("\n"));
    const kit = ["-std=c11", "-DTROUPE_TESTING", `-I${SDK}`, join(SDK, "troupe.c"), "-lm"];
    await ran("cc", ["readme.c", ...kit, "-o", "readme"], folder.path);
    await ran(join(folder.path, "readme"), [], folder.path);
  },
});

Deno.test({
  name: "C: a new actor is tested, built and run; elsewhere it is built to the same bytes",
  ignore: MISSING,
  async fn() {
    await using folder = await temporary();
    const troupe = ["run", "-A", "--config", join(ROOT, "deno.json"), join(ROOT, "cli", "main.ts")];
    await ran(Deno.execPath(), [...troupe, "new", "greet", "--language", "c"], folder.path);
    const greet = join(folder.path, "greet");
    await ran("make", ["test"], greet);
    const spec = await specOf(greet);
    const built = await buildActor(spec, { check: true });
    assert(built.built && built.component);
    assertEquals((await buildActor(spec, { check: true })).built, false);
    const { results } = await hops(spec, [{ name: "Ada" }, {}]);
    assertEquals(payloadsOf(results[0]), [{ greeting: "Hello, Ada!" }]);
    assertEquals(failureOf(results[1])?.type, "troupe.Fatal");
    assertMatch(failureOf(results[1])?.traceback ?? "", /at handle \(actor\.c:\d+\)/);
    const elsewhere = join(folder.path, "a longer way", "greet");
    await Deno.mkdir(elsewhere, { recursive: true });
    for (const name of ["actor.c", "actor_test.c", "Makefile", "actor.yaml"]) {
      await Deno.copyFile(join(greet, name), join(elsewhere, name));
    }
    const again = await buildActor(await specOf(elsewhere), { check: true });
    assertEquals(again.component?.digest, built.component.digest);
  },
});

const MISTAKES: readonly [what: string, source: string, code: string, message: RegExp][] = [
  [
    "an error",
    "#include <troupe.h>\ntroupe_json handle(troupe_json task) { return tusk; }\n",
    "troupe.SourceError",
    /\/actor\.c:2:\d+: error: use of undeclared identifier 'tusk'/,
  ],
  [
    "a warning that is given unasked",
    '#include <troupe.h>\ntroupe_json handle(troupe_json task) { troupe_format("%d", "x"); return task; }\n',
    "troupe.SourceError",
    /\/actor\.c:2:\d+: error: .*-Wformat/,
  ],
  ["no handler", "#include <troupe.h>\n", "troupe.BadHandler", /troupe_json handle\(troupe_json payload\)/],
  [
    "a file",
    "#include <stdio.h>\n#include <troupe.h>\n" +
    'troupe_json handle(troupe_json task) { FILE *f = fopen("x", "r"); if (f) fclose(f); return task; }\n',
    "troupe.AbsentGlobal",
    /leave fopen and its kin out/,
  ],
];

for (const [what, source, code, message] of MISTAKES) {
  Deno.test({
    name: `C: what the build says of ${what}`,
    ignore: MISSING,
    async fn() {
      await using folder = await temporary();
      const spec = await actor(folder.path, source);
      const error = await assertRejects(() => buildActor(spec, { check: true }), BuildError, undefined);
      assertEquals(error.code, code, error.message);
      assertMatch(error.message, message);
    },
  });
}

Deno.test("C: without a compiler, the build says how to get one", async () => {
  await using folder = await temporary();
  const spec = await actor(folder.path, "");
  const before = [Deno.env.get("PATH") ?? "", Deno.env.get("WASI_SDK_PATH")] as const;
  Deno.env.set("PATH", folder.path);
  Deno.env.delete("WASI_SDK_PATH");
  try {
    const error = await assertRejects(() => buildActor(spec, { check: true }), BuildError);
    assertEquals(error.code, "troupe.ToolchainMissing");
    assertMatch(error.message, /python3 -m pip install ziglang==/);
  } finally {
    Deno.env.set("PATH", before[0]);
    if (before[1] !== undefined) Deno.env.set("WASI_SDK_PATH", before[1]);
  }
});

Deno.test({
  name: "C: what is left of the C library works",
  ignore: MISSING,
  async fn() {
    await using folder = await temporary();
    const spec = await actor(folder.path, await guest("library"), "  grants: { env: { GREETING: hello } }\n");
    const { results, logs } = await hops(spec, [1]);
    const expected = { text: "hello!", slept: true, drawn: 0, late: true, "no home": true, task: 1 };
    assertEquals(payloadsOf(results[0]), [expected], JSON.stringify(results[0]));
    assertEquals(logs, ["info: printed 1", "warn: to stderr", "info: and the rest"]);
  },
});

Deno.test({
  name: "C: state is kept from hop to hop, in a sandbox as in the test kit",
  ignore: MISSING,
  async fn() {
    await using folder = await temporary();
    const spec = await actor(folder.path, await guest("keeping"), "  grants: { state: true }\n");
    const { results } = await hops(spec, ["a", "b"]);
    const same = {
      first: true,
      late: false,
      removed: true,
      keys: ["count", "list"],
      refusal: "troupe.NotACounter",
    };
    assertEquals(payloadsOf(results[0]), [{ ...same, list: ["a"], sum: -3 }], JSON.stringify(results[0]));
    assertEquals(
      payloadsOf(results[1]),
      [{ ...same, list: ["a", "b"], sum: -6 }],
      JSON.stringify(results[1]),
    );
    const kit = `#undef NDEBUG\n#include <assert.h>\n#include <troupe_testing.h>\n
      int main(void) {
        troupe_bucket bucket = {0};
        troupe_hop hop = troupe_run(handle, "\\"a\\"", .bucket = &bucket);
        assert(!hop.failed && troupe_is_json(hop.payloads, ${
      JSON.stringify(JSON.stringify(payloadsOf(results[0])))
    }));
        troupe_bucket_clear(&bucket);
      }`;
    await Deno.writeTextFile(join(folder.path, "actor_test.c"), kit);
    const sources = ["actor.c", "actor_test.c", join(SDK, "troupe.c"), "-lm", "-o", "actor_test"];
    await ran("cc", ["-std=c11", "-DTROUPE_TESTING", `-I${SDK}`, ...sources], folder.path);
    await ran(join(folder.path, "actor_test"), [], folder.path);
  },
});

Deno.test({
  name: "C: after 100,000 calls an instance has the memory that it began with, and restored ones forget them",
  ignore: MISSING,
  async fn() {
    await using folder = await temporary();
    const spec = await actor(folder.path, await guest("counting"));
    const { component } = await buildActor(spec, { check: true });
    const open = await openComponent(await Deno.readFile(component?.path ?? ""));
    const instance = open.fresh();
    const bytes = instance.memoryBytes();
    let last: string | undefined;
    for (let n = 0; n < 100_000; n++) {
      last = (await call(instance, n % 3 === 0 ? '"failing"' : "1")).returned ?? last;
    }
    assertEquals(instance.memoryBytes(), bytes);
    assertMatch(last ?? "", /"calls":99999|"calls":100000/);
    const made = open.made();
    const restored = open.restored();
    for (let n = 0; n < 100; n++) {
      const { returned } = await hop(restored, "1");
      assertMatch(returned ?? "", /"calls":1,/);
    }
    assertEquals(open.made() - made, 1);
  },
});

Deno.test({
  name:
    "C: want of memory is a failure with a name, and too deep a stack a trap; the next envelope is served",
  ignore: MISSING,
  async fn() {
    await using folder = await temporary();
    const spec = await actor(folder.path, await guest("full"), "  limits: { memory: 16Mi }\n");
    const { results } = await hops(spec, ["memory", "on", "stack", "on"]);
    const [memory, after, stack, last] = results;
    assertEquals(failureOf(memory)?.type, "OutOfMemory", JSON.stringify(memory));
    assertMatch(failureOf(memory)?.message ?? "", /limits\.memory/);
    assertEquals(failureOf(stack)?.type, "troupe.Trap", JSON.stringify(stack));
    assertEquals([payloadsOf(after), payloadsOf(last)], [["on"], ["on"]]);
  },
});
