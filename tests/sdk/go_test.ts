// Actors in Go as an author meets them: the SDK's own tests, a new actor from its first test to a sandbox, what the build
// says of mistakes, what the library of Go can do in a sandbox, and what an instance keeps.

import { buildActor, BuildError } from "@troupe/cli/build";
import { type ActorSpec, parseActorSpec } from "@troupe/controller/spec";
import { parseEnvelope } from "@troupe/host/envelope";
import type { HopResult } from "@troupe/host/hop";
import { lacks } from "@troupe/tests/require";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { encodeHex } from "@std/encoding/hex";
import { fromFileUrl, join } from "@std/path";
import { TestStage } from "../../cli/commands/test/stage.ts";
import { findToolchain } from "../../cli/build/go/toolchain.ts";
import { hop, openComponent } from "../../host/stage/child/_restored_testing.ts";

const ROOT = fromFileUrl(new URL("../..", import.meta.url));
const SDK = join(ROOT, "sdk", "go");
const MISSING = lacks("go", "https://go.dev/doc/install");

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
  const path = await Deno.realPath(await Deno.makeTempDir({ prefix: "troupe-go-test-" }));
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** Files that are not formatted as Go has it. */
async function unformatted(folder: string): Promise<string> {
  // Some installations have it there only.
  const root = (await ran("go", ["env", "GOROOT"], folder)).trim();
  return await ran(join(root, "bin", "gofmt"), ["-l", "."], folder);
}

async function specOf(folder: string): Promise<ActorSpec> {
  const file = join(folder, "actor.yaml");
  return parseActorSpec(await Deno.readTextFile(file), { file });
}

/** An actor of one file. */
async function actor(folder: string, source: string, spec = ""): Promise<ActorSpec> {
  const files = {
    "go.mod":
      `module tested\n\ngo 1.24\n\nrequire troupe.dev/troupe v0.0.0\n\nreplace troupe.dev/troupe => ${SDK}\n`,
    "main.go": source,
    "actor.yaml": `apiVersion: troupe.dev/v1alpha1\nkind: Actor\nmetadata: { name: tested }\n` +
      `spec:\n  component: { file: build/tested.wasm }\n${spec}`,
  };
  for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(join(folder, name), text);
  return await specOf(folder);
}

/** Has an actor handle payloads in its sandbox, with what it is granted. */
async function hops(spec: ActorSpec, payloads: readonly unknown[]) {
  await buildActor(spec, { check: true });
  await using stage = await TestStage.open(spec, {});
  const results: HopResult[] = [];
  const logs: string[] = [];
  for (const [n, payload] of payloads.entries()) {
    const body = { id: `hop-${n}`, route: { prev: [], curr: spec.name, next: [] }, payload };
    const { result, said } = await stage.run(parseEnvelope(new TextEncoder().encode(JSON.stringify(body))));
    results.push(result);
    for (const line of said) if (line.kind === "log") logs.push(`${line.level}: ${line.message}`);
  }
  return { results, logs };
}

const payloadOf = (result?: HopResult) => {
  assert(result?.ok, JSON.stringify(result));
  assertEquals(result.emits.length, 1);
  return JSON.parse(result.emits[0]?.payload ?? "");
};
const failureOf = (result?: HopResult) => result?.ok === false ? result.failure : undefined;

Deno.test("Go: the binding is that of the contract", async () => {
  const binding = await Deno.readTextFile(join(SDK, "component_wasip1.go"));
  for (const file of ["actor.wit", "timers.wit"]) {
    const contract = await Deno.readFile(join(ROOT, "sdk", "wit", file));
    const digest = encodeHex(await crypto.subtle.digest("SHA-256", contract));
    const stated = new RegExp(`${file} (\\w{64})`).exec(binding)?.[1];
    assertEquals(
      stated,
      digest,
      `read what has changed in ${file}: see the head of sdk/go/component_wasip1.go`,
    );
  }
});

Deno.test({
  name: "Go: the SDK's own tests, its examples, and the cases of conformance in its test kit",
  ignore: MISSING,
  async fn() {
    for (const folder of [SDK, join(ROOT, "sdk/conformance/actors/go")]) {
      assertEquals(await unformatted(folder), "");
      // It vets what it tests.
      assertMatch(await ran("go", ["test", "./..."], folder), /^ok /m);
    }
    await ran("env", ["GOOS=wasip1", "GOARCH=wasm", "go", "vet", "./..."], SDK);
  },
});

Deno.test({
  name: "Go: a new actor is tested, built and run; elsewhere it is built to the same bytes",
  ignore: MISSING,
  async fn() {
    await using folder = await temporary();
    const troupe = ["run", "-A", "--config", join(ROOT, "deno.json"), join(ROOT, "cli", "main.ts")];
    await ran(Deno.execPath(), [...troupe, "new", "greet", "--language", "go"], folder.path);
    const greet = join(folder.path, "greet");
    assertEquals(await unformatted(greet), "");
    await ran("go", ["test"], greet);
    const spec = await specOf(greet);
    const built = await buildActor(spec, { check: true });
    assert(built.built && built.component);
    assertEquals((await buildActor(spec, { check: true })).built, false);
    const { results } = await hops(spec, [{ name: "Ada" }, {}]);
    assertEquals(payloadOf(results[0]), { greeting: "Hello, Ada!" });
    assertEquals(failureOf(results[1])?.type, "troupe.Fatal");
    const elsewhere = join(folder.path, "a longer way", "greet");
    await Deno.mkdir(elsewhere, { recursive: true });
    for (const name of ["go.mod", "main.go", "main_test.go", "actor.yaml"]) {
      await Deno.copyFile(join(greet, name), join(elsewhere, name));
    }
    const again = await buildActor(await specOf(elsewhere), { check: true });
    assertEquals(again.component?.digest, built.component.digest);
  },
});

Deno.test({
  name: "Go: the actor of the README passes the test of the README",
  ignore: MISSING,
  async fn() {
    const readme = await Deno.readTextFile(join(SDK, "README.md"));
    const [source, kept, test, ...more] = [...readme.matchAll(/^```go\n([\s\S]*?)^```/gm)].map((
      [, code = ""],
    ) => code);
    assertEquals(more, []);
    await using folder = await temporary();
    await actor(folder.path, source ?? "");
    const head = 'package main\n\nimport (\n\t"testing"\n\n\t"troupe.dev/troupe/troupetest"\n)\n\n';
    await Deno.writeTextFile(join(folder.path, "main_test.go"), head + test);
    const imports = 'import (\n\t"troupe.dev/troupe"\n\t"troupe.dev/troupe/state"\n)\n\n';
    await Deno.writeTextFile(join(folder.path, "visit.go"), `package main\n\n${imports}${kept}`);
    assertEquals(await unformatted(folder.path), "");
    assertMatch(await ran("go", ["test", "-v"], folder.path), /^--- PASS: TestSplits/m);
  },
});

const MAIN = 'package main\n\nimport "troupe.dev/troupe"\n\n';
const MISTAKES: readonly [what: string, source: string, code: string, message: RegExp][] = [
  [
    "an error",
    `${MAIN}func main() { troupe.Handle(hande) }\n`,
    "troupe.SourceError",
    /\/main\.go:5:29: undefined: hande/,
  ],
  ["no handler", "package main\n\nfunc main() {}\n", "troupe.BadHandler", /troupe\.Handle\(handle\)/],
  ["no program", "package actor\n", "troupe.BadHandler", /package main with func main\(\)/],
  [
    "a module that is not there",
    'package main\n\nimport _ "example.invalid/x"\n\nfunc main() {}\n',
    "troupe.SourceError",
    /\/main\.go:3:8: .*example\.invalid\/x/,
  ],
];

for (const [what, source, code, message] of MISTAKES) {
  Deno.test({
    name: `Go: what the build says of ${what}`,
    ignore: MISSING,
    async fn() {
      await using folder = await temporary();
      const spec = await actor(folder.path, source);
      const error = await assertRejects(() => buildActor(spec, { check: true }), BuildError);
      assertEquals(error.code, code, error.message);
      assertMatch(error.message, message);
    },
  });
}

Deno.test("Go: without a toolchain, the build says how to get one", async () => {
  await using folder = await temporary();
  const before = Deno.env.get("PATH") ?? "";
  Deno.env.set("PATH", folder.path);
  try {
    const error = await assertRejects(() => findToolchain(folder.path, []), BuildError);
    assertEquals(error.code, "troupe.ToolchainMissing");
    assertMatch(error.message, /Go is not on this machine.*https:\/\/go\.dev\/doc\/install/);
  } finally {
    Deno.env.set("PATH", before);
  }
});

Deno.test({
  name: "Go: what its library can do in a sandbox, what ends it, and what an instance keeps",
  ignore: MISSING,
  async fn(t) {
    await using folder = await temporary();
    const source = await Deno.readTextFile(new URL("go/main.go", import.meta.url));
    const long = "x".repeat(30_000);
    await Deno.mkdir(join(folder.path, "words/deeper"), { recursive: true });
    for (const name of ["one", "deeper/two"]) {
      await Deno.writeTextFile(join(folder.path, "words", name), long);
    }
    const spec = await actor(
      folder.path,
      source,
      `  limits: { memory: 64Mi }\n  grants:\n    env: { LANGUAGE: en, LONG: ${long}, MORE: ${long}${
        long.slice(27_232)
      } }\n` +
        `    files: [{ from: ./words, path: /words }]\n`,
    );
    const { component } = await buildActor(spec, { check: true });

    await t.step("what it is granted, it finds where Go has it", async () => {
      const { results } = await hops(spec, [
        { do: "environment" },
        { do: "read", path: "/words/one" },
        { do: "list", path: "/words" },
        { do: "read", path: "/words/none" },
        { do: "read", path: "/etc/passwd" },
        { do: "write", path: "/words/new" },
      ]);
      const [environment, read, list, ...refused] = results;
      const counted = payloadOf(environment).map((text: string) =>
        text.replace(/x+/, (all) => `${all.length} x`)
      );
      assertEquals(counted, ["LANGUAGE=en", "LONG=30000 x", "MORE=32768 x"]);
      assertEquals(payloadOf(read), long);
      assertEquals(payloadOf(list), ["deeper", "one"]);
      for (const result of refused) assertEquals(failureOf(result)?.type, "fs.PathError");
      assertMatch(failureOf(refused[0])?.message ?? "", /No such file/);
      assertMatch(failureOf(refused[2])?.message ?? "", /Read-only/);
    });

    await t.step("goroutines and clocks work, and what is written becomes lines of the log", async () => {
      const { results, logs } = await hops(spec, [{ do: "goroutines", n: 100 }, { do: "clock" }, {
        do: "say",
      }]);
      assertEquals(results.map(payloadOf), [4950, [true, true], 1]);
      assertEquals(logs, ["warn: hop n=1", "error: default n=2", "info: log", "info: out", "warn: err"]);
    });

    await t.step("what ends the program fails one envelope", async () => {
      const ends = ["panic elsewhere", "deadlock", "deep", "memory", "exit"];
      const { results, logs } = await hops(spec, ends.flatMap((what) => [{ do: what }, {}]));
      const types = results.map((result) => failureOf(result)?.type ?? payloadOf(result));
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

const KEEPER = `package main

import (
	"time"

	"troupe.dev/troupe"
	"troupe.dev/troupe/state"
)

func main() { troupe.Handle(keep) }

func keep(ctx *troupe.Context, key string) (any, error) {
	bucket := state.Of(ctx)
	items, err := state.Update(bucket, key, func(items []string) ([]string, error) {
		return append(items, "tea"), nil
	})
	if err != nil {
		return nil, err
	}
	sum, err := bucket.Add("counter", -1<<40)
	if err != nil {
		return nil, err
	}
	if err := bucket.Set("raw", []byte{0, 255}, state.For(time.Hour)); err != nil {
		return nil, err
	}
	raw, err := bucket.Entry("raw")
	if err != nil {
		return nil, err
	}
	first, err := bucket.Swap("raw", nil, 1)
	if err != nil {
		return nil, err
	}
	second, err := bucket.Swap("raw", raw, 1)
	if err != nil {
		return nil, err
	}
	keys, err := bucket.Keys("", "counter")
	if err != nil {
		return nil, err
	}
	gone, err := bucket.Delete("raw")
	if err != nil {
		return nil, err
	}
	nothing, err := bucket.Entry("raw")
	troupe.Sleep(time.Millisecond)
	return []any{items, sum, len(raw.Value), first, second, keys, gone, nothing == nil}, err
}
`;

Deno.test({
  name: "Go: what it keeps is there for the next envelope, and what may not be is refused",
  ignore: MISSING,
  async fn() {
    await using folder = await temporary();
    const spec = await actor(folder.path, KEEPER, "  grants: { state: true }\n");
    const { results } = await hops(spec, ["cart", "cart", ""]);
    const rest = (sum: number) => [sum, 2, false, true, ["raw"], true, true];
    assertEquals(payloadOf(results[0]), [["tea"], ...rest(-(2 ** 40))]);
    assertEquals(payloadOf(results[1]), [["tea", "tea"], ...rest(-(2 ** 41))]);
    assertEquals(failureOf(results[2])?.type, "guest.troupe.BadStateRequest");
  },
});

Deno.test({
  name: "Go: secrets are there by name, and only for whoever is granted them",
  ignore: MISSING,
  async fn() {
    await using folder = await temporary();
    await Deno.writeTextFile(join(folder.path, "key"), "s3cret-value");
    const source = `package main

import (
	"os"

	"troupe.dev/troupe"
	"troupe.dev/troupe/config"
)

func main() { troupe.Handle(tell) }

func tell(ctx *troupe.Context, names []string) (any, error) {
	values := []any{len(os.Environ())}
	for _, name := range names {
		value, granted := config.Get(ctx, name)
		values = append(values, granted, len(value))
	}
	return values, nil
}
`;
    const granted = await actor(folder.path, source, "  grants: { secrets: { KEY: { file: ./key } } }\n");
    const { results } = await hops(granted, [["KEY", "OTHER"]]);
    assertEquals(payloadOf(results[0]), [0, true, 12, false, 0]);
    const plain = await actor(folder.path, source);
    await assertRejects(() => hops(plain, [[]]), Error, "wasi:config/store");
  },
});
