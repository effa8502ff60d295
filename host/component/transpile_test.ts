import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { actor } from "./_testing/components.ts";
import { runHandle } from "./_testing/run.ts";
import { temporaryFolder } from "./_testing/temporary_folder.ts";
import { TranspileError } from "./errors.ts";
import { transpile, type TranspileBounds, type Transpiled } from "./transpile.ts";

// One folder for all: the sandbox's own code is made once.
const folder = await Deno.makeTempDir({ prefix: "troupe-transpile-" });
Deno.test.afterAll(() => Deno.remove(folder, { recursive: true }));

function transpiled(bytes: Uint8Array<ArrayBuffer>, bounds: TranspileBounds = {}): Promise<Transpiled> {
  return transpile(bytes, { cacheDir: folder, from: "actor.wasm", bounds });
}

/** What comes of a call of `handle`. */
async function answer({ files, refusal }: Transpiled, payload: string): Promise<unknown> {
  assert(files, JSON.stringify(refusal));
  const { returned, thrown } = await runHandle(
    { glue: files.glue.bytes, modules: files.modules },
    { payload, cacheDir: folder },
  );
  assertEquals(thrown, undefined);
  return returned;
}

Deno.test("an actor runs as it was", async () => {
  const made = await transpiled(await actor());
  assertEquals(made.files?.modules.map(({ name }) => name), ["component.core.wasm"]);
  assertEquals(await answer(made, `{"text": "ä"}`), `{"text": "ä"}`);
});

Deno.test("words of JavaScript are names like others", async () => {
  const words = [
    "class",
    "default",
    "await",
    "arguments",
    "eval",
    "constructor",
    "prototype",
    "toString",
    "then",
    "0",
  ];
  const core = words.map((word) => `(func (export "${word}"))`).join(" ") +
    words.map((word) => `(import "${word}" "${word}" (func))`).join(" ");
  const before = words.map((word, n) =>
    `(core module $m${n} (func (export "${word}"))) (core instance $i${n} (instantiate $m${n}))`
  ).join(" ");
  const given = words.map((word, n) => `(with "${word}" (instance $i${n}))`).join(" ");
  // Imports stand before everything else in a module.
  const ordered = core.replace(/^(.*?)(\(import.*)$/s, "$2 $1");
  const made = await transpiled(await actor({ before, core: ordered, with: given }));
  assertEquals(await answer(made, "1"), "1");
});

Deno.test("words of JavaScript are labels like others", async () => {
  const words = [
    "class",
    "default",
    "await",
    "arguments",
    "eval",
    "constructor",
    "prototype",
    "this",
    "null",
    "new",
  ];
  const parameters = words.map((word) => `(param "${word}" u32)`).join(" ");
  const made = await transpiled(
    await actor({
      core: `(func (export "odd") ${"(param i32)".repeat(words.length)})`,
      after: `(alias core export $main "odd" (core func $odd)) (type $init (func ${parameters}))
        (func $init (type $init) (canon lift (core func $odd))) (export "init" (func $init))`,
    }),
  );
  assertEquals(await answer(made, "1"), "1");
});

Deno.test("what is refused is not transpiled", async () => {
  const { facts, files, refusal } = await transpiled(
    await actor({ before: `(import "wasi:sockets/tcp@0.2.0" (instance))` }),
  );
  assertEquals(facts.imports.map(({ name }) => name), [
    "troupe:actor/failures@0.1.0",
    "wasi:sockets/tcp@0.2.0",
  ]);
  assertEquals([files, refusal], [undefined, undefined]);
});

Deno.test("what only a validator finds", async (t) => {
  const cases: [string, Uint8Array<ArrayBuffer>, RegExp][] = [
    [
      "a function that is not valid",
      await actor({ core: "(func (result i32))" }),
      /type mismatch/,
    ],
    [
      "an instruction that the engine lacks",
      await actor({
        core: `(func (param i64 i64) (result i64 i64) (i64.mul_wide_u (local.get 0) (local.get 1)))`,
      }),
      /core module that is not valid .component\.core\.wasm/,
    ],
    [
      "a label that is none",
      await actor({ before: `(type (record (field "Not A Label" u8)))` }),
      /cannot be transpiled: .*Not A Label.* is not in kebab case/,
    ],
  ];
  for (const [name, bytes, said] of cases) {
    await t.step(name, async () => {
      const { files, refusal } = await transpiled(bytes);
      assertEquals([files, refusal?.code], [undefined, "troupe.BadComponent"]);
      assertMatch(refusal?.message ?? "", said);
    });
  }
});

Deno.test("bounds", async (t) => {
  const bytes = await actor();
  await t.step("of the glue", async () => {
    const { files, refusal } = await transpiled(bytes, { glueBytes: 1_000 });
    assertEquals([files, refusal?.code], [undefined, "troupe.TooLarge"]);
    assertMatch(refusal?.message ?? "", /glue would have \d{5,} bytes, and 1000 is the limit/);
  });
  const cases: [string, TranspileBounds, string][] = [
    ["of time", { timeMs: 1 }, "more than 0.001 s"],
    ["of output", { outputBytes: 1_000 }, "1000 is the limit"],
    ["of memory", { memoryBytes: 16 * 2 ** 20 }, "the sandbox ended with"],
  ];
  for (const [name, bounds, said] of cases) {
    await t.step(name, async () => {
      const error = await assertRejects(() => transpiled(bytes, bounds), TranspileError);
      assertStringIncludes(error.message, "actor.wasm cannot be inspected and transpiled: ");
      assertStringIncludes(error.message, said);
    });
  }
});

Deno.test("few bytes that would become much glue", async () => {
  const types = Array.from({ length: 13 }, (_, n) => `(type $t${n + 1} (tuple $t${n} $t${n}))`).join(" ");
  const bytes = await actor({
    core: `(func (export "init") (param i32))`,
    before: `(type $t0 string) ${types}`,
    after: `(alias core export $main "init" (core func $core)) (type $type (func (param "all" $t13)))
      (func $init (type $type) (canon lift (core func $core) (memory $memory) (realloc $realloc)))
      (export "init" (func $init))`,
  });
  const { files, facts } = await transpiled(bytes);
  assert(bytes.length < 1_000 && files === undefined);
  assertStringIncludes(facts.excess, "a type beyond all measure");
});

Deno.test("the folder for the sandbox's code may be used by several at once", async () => {
  await using other = await temporaryFolder();
  const bytes = await actor();
  const made = await Promise.all(
    [1, 2, 3].map(() => transpile(bytes, { cacheDir: other.path, from: "a", bounds: {} })),
  );
  for (const { files } of made) assertEquals(files?.glue.bytes, made[0]?.files?.glue.bytes);
});
