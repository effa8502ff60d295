// Actors in Go as an author meets them: the SDK's own tests, a new actor from its first test to a sandbox, what the
// library of Go can do there, and what an instance keeps.

import { buildActor } from "@troupe/cli/build";
import { cannotTest } from "@troupe/tests/languages";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { type TestActor, testActor, type TestActorOptions } from "../../cli/build/_testing.ts";
import { writeOverlay } from "../../cli/build/go/core_module.ts";
import { ENVIRONMENT } from "../../cli/build/go/toolchain.ts";
import { sdkFolder } from "../../cli/build/sdk_folders.ts";
import { temporaryFolder } from "../../cli/build/temporary_folder.ts";
import { hop, openComponent } from "../../host/stage/child/_restored_testing.ts";
import { testNewActor } from "./_new_actor_testing.ts";
import { assertWrittenFor, blocksIn, conformanceActor, failureOf, hops, payloadOf, ran } from "./_testing.ts";

const SDK = sdkFolder("go");
const ignore = cannotTest("go");

/** An actor of these files. */
async function actorOf(
  files: Readonly<Record<string, string>>,
  options: TestActorOptions = {},
): Promise<TestActor> {
  const module =
    `module tested\n\ngo 1.24\n\nrequire troupe.dev/troupe v0.0.0\n\nreplace troupe.dev/troupe => ${SDK}\n`;
  return await testActor({ "go.mod": module, ...files }, options);
}

/** The source of one of the actors in `go/`. */
async function guest(name: string): Promise<Readonly<Record<string, string>>> {
  return { "main.go": await Deno.readTextFile(new URL(`go/${name}/main.go`, import.meta.url)) };
}

/** The folder of Go itself. */
async function goRoot(): Promise<string> {
  return (await ran("go", ["env", "GOROOT"], { cwd: SDK })).trim();
}

async function assertFormatted(folder: string): Promise<void> {
  // Some installations have it there only.
  const gofmt = join(await goRoot(), "bin", "gofmt");
  assertEquals(await ran(gofmt, ["-l", "."], { cwd: folder }), "");
}

/** Vets the SDK as it is in a component. What builds of actors compile of the library of Go is used again for it. */
async function vetForComponents(): Promise<void> {
  await using work = await temporaryFolder();
  const overlay = await writeOverlay(work.path, { runtime: join(await goRoot(), "src/runtime") });
  const env = { ...ENVIRONMENT, GOWORK: "off" };
  await ran("go", ["vet", "-trimpath", "-overlay", overlay, "./..."], { cwd: SDK, env });
}

Deno.test("go: the binding is that of the contract", async () => {
  for (const contract of ["actor.wit", "timers.wit"]) {
    const stated = new RegExp(`${contract} (\\w{64})`);
    await assertWrittenFor({ contract, binding: join(SDK, "component_wasip1.go"), stated });
  }
});

Deno.test({
  name: "go: the SDK's own tests, its examples, and the cases of conformance in its test kit",
  ignore,
  async fn() {
    for (const cwd of [SDK, conformanceActor("go")]) {
      await assertFormatted(cwd);
      // It vets what it tests.
      assertMatch(await ran("go", ["test", "./..."], { cwd }), /^ok /m);
    }
    await vetForComponents();
  },
});

Deno.test({
  name: "go: the actor of the README passes the test of the README",
  ignore,
  async fn() {
    const [source = "", kept, test, ...more] = await blocksIn(join(SDK, "README.md"), "go");
    assertEquals(more, []);
    const head = 'package main\n\nimport (\n\t"testing"\n\n\t"troupe.dev/troupe/troupetest"\n)\n\n';
    const imports = 'import (\n\t"troupe.dev/troupe"\n\t"troupe.dev/troupe/state"\n)\n\n';
    await using actor = await actorOf({
      "main.go": source,
      "main_test.go": head + test,
      "visit.go": `package main\n\n${imports}${kept}`,
    });
    await assertFormatted(actor.folder);
    assertMatch(await ran("go", ["test", "-v"], { cwd: actor.folder }), /^--- PASS: TestSplits/m);
  },
});

const MAIN = 'package main\n\nimport "troupe.dev/troupe"\n\n';

testNewActor({
  language: "go",
  ignore,
  async runTests(folder) {
    await assertFormatted(folder);
    assertMatch(await ran("go", ["test"], { cwd: folder }), /^ok /m);
  },
  same: "bytes",
  source: "main.go",
  mistakes: [
    {
      what: "an error",
      source: `${MAIN}func main() { troupe.Handle(hande) }\n`,
      code: "troupe.SourceError",
      message: /^~\/main\.go:5:29: undefined: hande/m,
    },
    {
      what: "a module that is not there",
      source: 'package main\n\nimport _ "example.invalid/x"\n\nfunc main() {}\n',
      code: "troupe.SourceError",
      message: /^~\/main\.go:3:8: .*example\.invalid\/x/m,
    },
    {
      what: "no handler",
      source: "package main\n\nfunc main() {}\n",
      code: "troupe.BadHandler",
      message: /troupe\.Handle\(handle\)/,
    },
    {
      what: "no program",
      source: "package actor\n",
      files: { "main_test.go": "package actor\n" },
      code: "troupe.BadHandler",
      message: /package main with func main\(\)/,
    },
  ],
});

Deno.test({
  name: "go: what its library can do in a sandbox, what ends it, and what an instance keeps",
  ignore,
  async fn(t) {
    const long = "x".repeat(30_000);
    const variables = { LANGUAGE: "en", LONG: long, MORE: `${long}${long.slice(27_232)}` };
    await using actor = await actorOf({
      ...await guest("library"),
      "words/one": long,
      "words/deeper/two": long,
    }, {
      spec: `limits: { memory: 64Mi }
grants: { env: ${JSON.stringify(variables)}, files: [{ from: ./words, path: /words }] }`,
    });
    const { component } = await buildActor(actor.spec, { check: true });

    await t.step("what it is granted, it finds where Go has it", async () => {
      const { results } = await hops(actor, [
        { do: "environment" },
        { do: "read", path: "/words/one" },
        { do: "list", path: "/words" },
        { do: "read", path: "/words/none" },
        { do: "read", path: "/etc/passwd" },
        { do: "write", path: "/words/new" },
      ]);
      const [environment, read, list, ...refused] = results;
      const counted = (payloadOf(environment) as string[]).map((text) =>
        text.replace(/x+/, (all) => `${all.length} x`)
      );
      assertEquals(counted, ["LANGUAGE=en", "LONG=30000 x", "MORE=32768 x"]);
      assertEquals(payloadOf(read), long);
      assertEquals(payloadOf(list), ["deeper", "one"]);
      for (const result of refused) assertEquals(failureOf(result).type, "fs.PathError");
      assertMatch(failureOf(refused[0]).message, /No such file/);
      assertMatch(failureOf(refused[2]).message, /Read-only/);
    });

    await t.step("goroutines and clocks work, and what is written becomes lines of the log", async () => {
      const { results, logs } = await hops(actor, [{ do: "goroutines", n: 100 }, { do: "clock" }, {
        do: "say",
      }]);
      assertEquals(results.map(payloadOf), [4950, [true, true], 1]);
      assertEquals(logs, ["warn: hop n=1", "error: default n=2", "info: log", "info: out", "warn: err"]);
    });

    await t.step("what ends the program fails one envelope", async () => {
      const ends = ["panic elsewhere", "deadlock", "deep", "memory", "exit"];
      const { results, logs } = await hops(actor, ends.flatMap((what) => [{ do: what }, {}]));
      const types = results.map((result) => result.ok ? payloadOf(result) : failureOf(result).type);
      const [trap, memory] = ["troupe.Trap", "troupe.MemoryLimit"];
      assertEquals(types, [trap, 1, trap, 1, trap, 1, memory, 1, trap, 1]);
      assert(logs.includes("warn: panic: elsewhere"), logs.join("\n"));
      assert(logs.includes("warn: fatal error: all goroutines are asleep - deadlock!"), logs.join("\n"));
    });

    await t.step(
      "an ordinary envelope leaves an instance that is put back, and all are told other numbers",
      async () => {
        const open = await openComponent(await Deno.readFile(component?.path ?? ""));
        const restored = open.restored();
        const seen: string[][] = [];
        for (let n = 0; n < 20; n++) {
          const { returned } = await hop(restored, '{"do":"random"}');
          seen.push(JSON.parse(returned ?? "null"));
          assertEquals((await hop(restored, '{"do":"allocate","n":500}')).returned, "500");
          assertEquals((await hop(restored, "{}")).returned, "1");
        }
        assertEquals([open.why, open.made()], [undefined, 1]);
        for (const which of [0, 1, 2]) assertEquals(new Set(seen.map((all) => all[which])).size, 20);
      },
    );

    await t.step("before an envelope, all instances are alike", async () => {
      const open = await openComponent(await Deno.readFile(component?.path ?? ""));
      const [one, other] = [open.fresh(), open.fresh()];
      assertEquals(await open.stateOf(one), await open.stateOf(other));
    });
  },
});

Deno.test({
  name: "go: what it keeps is there for the next envelope, and what may not be is refused",
  ignore,
  async fn() {
    await using actor = await actorOf(await guest("keeper"), { spec: "grants: { state: true }" });
    const { results } = await hops(actor, ["cart", "cart", ""]);
    const rest = (sum: number) => [sum, 2, false, true, ["raw"], true, true];
    assertEquals(payloadOf(results[0]), [["tea"], ...rest(-(2 ** 40))]);
    assertEquals(payloadOf(results[1]), [["tea", "tea"], ...rest(-(2 ** 41))]);
    assertEquals(failureOf(results[2]).type, "guest.troupe.BadStateRequest");
  },
});

Deno.test({
  name: "go: secrets are there by name, and only for whoever is granted them",
  ignore,
  async fn() {
    await using granted = await actorOf({ ...await guest("secrets"), "key": "s3cret-value" }, {
      spec: "grants: { secrets: { KEY: { file: ./key } } }",
    });
    const { results } = await hops(granted, [["KEY", "OTHER"]]);
    assertEquals(payloadOf(results[0]), [0, true, 12, false, 0]);
    await using plain = await actorOf(await guest("secrets"));
    await assertRejects(() => hops(plain, [[]]), Error, "wasi:config/store");
  },
});
