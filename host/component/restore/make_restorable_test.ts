import { assert, assertEquals, assertMatch } from "@std/assert";
import { actor, assemble, jsActor } from "../_testing/components.ts";
import { digestOf } from "../digest.ts";
import { temporaryFolder } from "../_testing/temporary_folder.ts";
import { transpile } from "../transpile.ts";
import { makeRestorable, type NamedFile } from "./make_restorable.ts";

const PREFIX = "restore-of-a-test-";
const OPTIONS = { prefix: PREFIX, ownResources: false };

async function files(...modules: string[]): Promise<NamedFile[]> {
  const assembled = await Promise.all(modules.map((text) => assemble(text)));
  return [
    ["component.js", new TextEncoder().encode("export const a = 1;")],
    ...assembled.map((bytes, n): NamedFile => [`component.core${n}.wasm`, bytes]),
  ];
}

function exportsOf([, bytes]: NamedFile): string[] {
  return WebAssembly.Module.exports(new WebAssembly.Module(bytes)).map(({ name }) => name);
}

Deno.test("what modules keep is exported; tables where one of them may change one", async () => {
  const keeps =
    `(module (memory 1) (table 1 funcref) (global i32 (i32.const 0)) (global (mut i32) (i32.const 0)))`;
  const { restorable, files: [, quiet] } = makeRestorable(await files(keeps), OPTIONS);
  assertEquals(restorable, { prefix: PREFIX });
  assertEquals(exportsOf(quiet as NamedFile), [`${PREFIX}memories0`, `${PREFIX}globals1`]);
  const writes =
    `(module (import "a" "t" (table 1 funcref)) (func (table.set 0 (i32.const 0) (ref.null func))))`;
  const { files: [, edited] } = makeRestorable(await files(keeps, writes), OPTIONS);
  assertEquals(exportsOf(edited as NamedFile), [
    `${PREFIX}memories0`,
    `${PREFIX}globals1`,
    `${PREFIX}tables0`,
  ]);
});

Deno.test("what cannot be restored stays as it was", async (t) => {
  const CATCHES = `(module (func (block $caught (try_table (catch_all $caught) (unreachable)))))`;
  const many = `(module ${"(global (mut i32) (i32.const 0))".repeat(501)})`;
  const cases: [string, string, Partial<typeof OPTIONS>, RegExp][] = [
    ["one module", `(module (tag))`, {}, /a section of a kind/],
    ["resources of its own", `(module)`, { ownResources: true }, /resources of its own/],
    ["a guest that catches what is thrown", CATCHES, {}, /may catch what is thrown/],
    ["very many globals", many, {}, /more than 500 globals/],
    ["a name of ours", `(module (memory (export "${PREFIX}memories0") 1))`, {}, /our names/],
  ];
  for (const [name, module, options, why] of cases) {
    await t.step(name, async () => {
      const given = await files(`(module (memory 1))`, module);
      const { restorable, files: made } = makeRestorable(given, { ...OPTIONS, ...options });
      assert("why" in restorable);
      assertMatch(restorable.why, why);
      assertEquals(made, given);
    });
  }
});

Deno.test("components", async (t) => {
  await using folder = await temporaryFolder();
  const verdict = async (bytes: Uint8Array<ArrayBuffer>) => {
    const { files, refusal } = await transpile(bytes, { cacheDir: folder.path, from: "actor.wasm" });
    assert(files, JSON.stringify(refusal));
    return files;
  };
  await t.step("of the JavaScript toolchain", async () => {
    const bytes = await jsActor();
    assertEquals((await verdict(bytes)).restorable, { prefix: `restore-${await digestOf(bytes)}-` });
  });
  await t.step("whose guest waits for the host", async () => {
    const bytes = await actor({
      before:
        `(import "troupe:actor/timers@0.1.0" (instance $timers (export "sleep" (func (param "ms" u32)))))
        (core func $sleep (canon lower (func $timers "sleep")))`,
      core: `(import "timers" "sleep" (func (param i32)))`,
      with: `(with "timers" (instance (export "sleep" (func $sleep))))`,
    });
    assertEquals((await verdict(bytes)).restorable, { prefix: `restore-${await digestOf(bytes)}-` });
  });
  await t.step("that make resources of their own", async () => {
    const bytes = await actor({
      before: `(type $own (resource (rep i32))) (core func $new (canon resource.new $own))`,
      core: `(import "own" "new" (func (param i32) (result i32)))`,
      with: `(with "own" (instance (export "new" (func $new))))`,
    });
    assertEquals((await verdict(bytes)).restorable, { why: "it makes resources of its own" });
  });
});
