// Actors in C as an author meets them: the SDK's own tests, a new actor from its first test to a sandbox, what the C
// library can do there, and what an instance keeps.

import { buildActor } from "@troupe/cli/build";
import { cannotTest } from "@troupe/tests/languages";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { type TestActor, testActor } from "../../cli/build/_testing.ts";
import { sdkFolder } from "../../cli/build/sdk_folders.ts";
import { temporaryFolder } from "../../cli/commands/_testing.ts";
import { call, hop, openComponent } from "../../host/stage/child/_restored_testing.ts";
import { testNewActor } from "./_new_actor_testing.ts";
import { assertWrittenFor, blocksIn, failureOf, hops, payloadOf, ran } from "./_testing.ts";

const SDK = sdkFolder("c");
const ignore = cannotTest("c");

/** An actor of one of the sources in `c/`. */
async function guest(name: string, spec = ""): Promise<TestActor> {
  const source = await Deno.readTextFile(new URL(`c/${name}.c`, import.meta.url));
  return await testActor({ "actor.c": source }, { spec });
}

Deno.test("c: the binding is that of the contract", async () => {
  const binding = (name: string) => join(SDK, "src", name);
  const [actor, timers] = [/WIT-SHA256 (\w+)/, /TIMERS-SHA256 (\w+)/];
  await assertWrittenFor({ contract: "actor.wit", binding: binding("binding.c"), stated: actor });
  await assertWrittenFor({ contract: "timers.wit", binding: binding("wasi.c"), stated: timers });
});

Deno.test({
  name: "c: the SDK's own tests, and the cases of conformance in its test kit",
  ignore,
  async fn() {
    await using build = await temporaryFolder();
    const text = await ran("make", ["test", `BUILD=${build.path}`], { cwd: SDK });
    assertMatch(text, /arena and heap: ok/);
    assertMatch(text, /sdk: ok/);
    assertMatch(text, /JSON that chance made: \d+ taken/);
    assertMatch(text, /cases passed, 0 failed/);
  },
});

Deno.test({
  name: "c: the examples of the headers and of the README are compiled, and the latter tested",
  ignore,
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
    const blocks = await blocksIn(join(SDK, "README.md"), "c");
    sources.push(...blocks);
    assert(sources.length >= 6, `${sources.length} examples`);
    await using folder = await temporaryFolder();
    for (const source of sources) {
      const head =
        '#include <assert.h>\n#include "troupe_testing.h"\ntroupe_json example(troupe_json task);\n';
      await Deno.writeTextFile(join(folder.path, "example.c"), head + source);
      const strict = ["-std=c11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", `-I${SDK}`];
      await ran("cc", [...strict, "example.c"], { cwd: folder.path });
    }
    // The page's test, with the page's actor.
    await Deno.writeTextFile(join(folder.path, "readme.c"), blocks.join("\n"));
    const kit = ["-std=c11", "-DTROUPE_TESTING", `-I${SDK}`, join(SDK, "troupe.c"), "-lm"];
    await ran("cc", ["readme.c", ...kit, "-o", "readme"], { cwd: folder.path });
    await ran(join(folder.path, "readme"), [], { cwd: folder.path });
  },
});

testNewActor({
  language: "c",
  ignore,
  runTests: async (folder) => assertMatch(await ran("make", ["test"], { cwd: folder }), /2 tests passed/),
  same: "bytes",
  traceback: /at handle \(actor\.c:\d+\)/,
  source: "actor.c",
  mistakes: [
    {
      what: "an error",
      source: "#include <troupe.h>\ntroupe_json handle(troupe_json task) { return tusk; }\n",
      code: "troupe.SourceError",
      message: /^~\/actor\.c:2:\d+: error: use of undeclared identifier 'tusk'/m,
    },
    {
      what: "what the compiler warns of unasked",
      source:
        '#include <troupe.h>\ntroupe_json handle(troupe_json task) { troupe_format("%d", "x"); return task; }\n',
      code: "troupe.SourceError",
      message: /^~\/actor\.c:2:\d+: error: .*-Wformat/m,
    },
    {
      what: "no handler",
      source: "#include <troupe.h>\n",
      code: "troupe.BadHandler",
      message: /troupe_json handle\(troupe_json payload\)/,
    },
    {
      what: "files",
      source: "#include <stdio.h>\n#include <troupe.h>\n" +
        'troupe_json handle(troupe_json task) { FILE *f = fopen("x", "r"); if (f) fclose(f); return task; }\n',
      code: "troupe.AbsentGlobal",
      message: /leave fopen and its kin out/,
    },
  ],
});

Deno.test({
  name: "c: what its library can do in a sandbox",
  ignore,
  async fn() {
    await using actor = await guest("library", "grants: { env: { GREETING: hello } }");
    const { results, logs } = await hops(actor, [1]);
    const expected = { text: "hello!", slept: true, drawn: 0, late: true, "no home": true, task: 1 };
    assertEquals(payloadOf(results[0]), expected);
    assertEquals(logs, ["info: printed 1", "warn: to stderr", "info: and the rest"]);
  },
});

Deno.test({
  name: "c: what it keeps is there for the next envelope, in a sandbox as in the test kit",
  ignore,
  async fn() {
    await using actor = await guest("keeping", "grants: { state: true }");
    const { results } = await hops(actor, ["a", "b"]);
    const same = {
      first: true,
      late: false,
      removed: true,
      keys: ["count", "list"],
      refusal: "troupe.NotACounter",
    };
    assertEquals(payloadOf(results[0]), { ...same, list: ["a"], sum: -3 });
    assertEquals(payloadOf(results[1]), { ...same, list: ["a", "b"], sum: -6 });
    // As a text of C.
    const expected = JSON.stringify(JSON.stringify([payloadOf(results[0])]));
    const test = `#undef NDEBUG
#include <assert.h>
#include <troupe_testing.h>

int main(void) {
  troupe_bucket bucket = {0};
  troupe_hop hop = troupe_run(handle, "\\"a\\"", .bucket = &bucket);
  assert(!hop.failed && troupe_is_json(hop.payloads, ${expected}));
  troupe_bucket_clear(&bucket);
}
`;
    await actor.write("actor_test.c", test);
    const sources = ["actor.c", "actor_test.c", join(SDK, "troupe.c"), "-lm", "-o", "actor_test"];
    await ran("cc", ["-std=c11", "-DTROUPE_TESTING", `-I${SDK}`, ...sources], { cwd: actor.folder });
    await ran(join(actor.folder, "actor_test"), [], { cwd: actor.folder });
  },
});

Deno.test({
  name: "c: after 100,000 calls an instance has the memory that it began with, and restored ones forget them",
  ignore,
  async fn() {
    await using actor = await guest("counting");
    const { component } = await buildActor(actor.spec, { check: true });
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
  name: "c: what ends the program fails one envelope",
  ignore,
  async fn() {
    await using actor = await guest("full", "limits: { memory: 16Mi }");
    const { results } = await hops(actor, ["memory", "on", "stack", "on"]);
    const [memory, after, stack, last] = results;
    assertEquals(failureOf(memory).type, "OutOfMemory");
    assertMatch(failureOf(memory).message, /limits\.memory/);
    assertEquals(failureOf(stack).type, "troupe.Trap");
    assertEquals([payloadOf(after), payloadOf(last)], ["on", "on"]);
  },
});
