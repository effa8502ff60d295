// Actors in Rust: the SDK's own tests, and an author's way from `troupe new` to a sandbox.

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { IGNORE, payloadsOf, run, runTroupe, temporaryFolder, withActor } from "./_rust_testing.ts";

const SDK = fromFileUrl(new URL("../../sdk/rust", import.meta.url));
const CONFORMANCE = fromFileUrl(new URL("../../sdk/conformance/actors/rust", import.meta.url));

Deno.test({
  name: "rust: the SDK's tests, the examples of its docs, and the conformance cases in its test kit",
  ignore: IGNORE,
  async fn() {
    const sdk = await run("cargo", ["test", "--quiet", "--all-features"], { cwd: SDK });
    assertEquals(sdk.code, 0, sdk.text);
    const env = { CARGO_TARGET_DIR: join(SDK, "target") };
    const cases = await run("cargo", ["test", "--quiet"], { cwd: CONFORMANCE, env });
    assertEquals(cases.code, 0, cases.text);
  },
});

Deno.test("rust: a new actor", { ignore: IGNORE }, async (t) => {
  await using one = await temporaryFolder();
  await using other = await temporaryFolder();
  const made = await runTroupe(["new", "greet", "--language", "rust"], { cwd: one.path });
  assertEquals(made.code, 0, made.text);
  const folder = join(one.path, "greet");

  await t.step("passes its tests", async () => {
    const tested = await run("cargo", ["test"], {
      cwd: folder,
      env: { CARGO_TARGET_DIR: join(SDK, "target") },
    });
    assertEquals(tested.code, 0, tested.text);
    assertStringIncludes(tested.text, "2 passed");
  });

  await t.step("is built, and runs", async () => {
    const built = await runTroupe(["build", "."], { cwd: folder });
    assertEquals(built.code, 0, built.text);
    await withActor(folder, async ({ handle }) => {
      assertEquals(payloadsOf(await handle({ name: "Ada" })), [{ greeting: "Hello, Ada!" }]);
      const nobody = await handle({});
      assert(!nobody.ok);
      assertEquals(nobody.failure.type, "troupe.Fatal");
      assertMatch(nobody.failure.traceback ?? "", /at src\/lib\.rs:\d+:\d+/);
      const wrong = await handle(7);
      assertEquals(wrong.ok ? "" : wrong.failure.type, "serde_json.Error");
    });
  });

  await t.step("comes to the same bytes elsewhere, with nothing in them of where that is", async () => {
    const copy = join(other.path, "elsewhere");
    await Deno.mkdir(join(copy, "src"), { recursive: true });
    for (const name of ["actor.yaml", "Cargo.toml", "Cargo.lock", "src/lib.rs"]) {
      await Deno.copyFile(join(folder, name), join(copy, name));
    }
    const built = await runTroupe(["build", "."], { cwd: copy });
    assertEquals(built.code, 0, built.text);
    const [first, second] = await Promise.all(
      [folder, copy].map((at) => Deno.readFile(join(at, "build/greet.wasm"))),
    );
    assertEquals(second, first);
    const [record, again] = await Promise.all(
      [folder, copy].map((at) => Deno.readTextFile(join(at, "build/greet.wasm.built"))),
    );
    assertEquals(again, record);
    const text = new TextDecoder("latin1").decode(first);
    for (const place of [one.path, other.path, SDK, Deno.env.get("HOME") ?? "/root"]) {
      assertEquals(text.includes(place), false, `${place} is in the component`);
    }
  });

  await t.step("that cannot be compiled is told of in the compiler's words", async () => {
    const file = join(folder, "src/lib.rs");
    const source = await Deno.readTextFile(file);
    await Deno.writeTextFile(file, source.replace("task.name)", "task.nme)"));
    const { code, text } = await runTroupe(["build", "."], { cwd: folder });
    assertEquals(code, 1);
    assertMatch(text, /no field `nme` on type `Task`/);
    assertMatch(text, /--> src\/lib\.rs:\d+:\d+/);
    // The signature is checked with a sentence of the SDK's own.
    await Deno.writeTextFile(
      file,
      source.replace("-> troupe::Result<Greeting>", "-> u8").replace("Ok(Greeting", "drop(Greeting"),
    );
    assertStringIncludes(
      (await runTroupe(["build", "."], { cwd: folder })).text,
      "cannot be an actor's function",
    );
    await Deno.writeTextFile(file, source.replace("#[troupe::actor]", "#[allow(dead_code)]"));
    assertStringIncludes((await runTroupe(["build", "."], { cwd: folder })).text, "write #[troupe::actor]");
  });
});

Deno.test("rust: without its tools it is said how to get them", async (t) => {
  await using folder = await temporaryFolder();
  const cwd = join(folder.path, "greet");
  await runTroupe(["new", "greet", "--language", "rust"], { cwd: folder.path });
  const tools = join(folder.path, "tools");
  await Deno.mkdir(tools);
  const build = async () => {
    const { code, text } = await runTroupe(["build", "."], {
      cwd,
      env: { PATH: tools, CARGO_HOME: folder.path },
    });
    assertEquals(code, 1);
    return text;
  };
  const put = async (name: string, script: string) =>
    await Deno.writeTextFile(join(tools, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });

  await t.step("none", async () => {
    assertMatch(await build(), /Rust is not on this machine.*https:\/\/www\.rust-lang\.org\/tools\/install/s);
  });
  await put("cargo", "exit 1");
  await t.step("too old", async () => {
    await put("rustc", `echo "release: 1.70.0"; echo /nowhere`);
    assertMatch(await build(), /Rust 1\.70\.0 is too old.*"rustup update"/s);
  });
  await t.step("without the target", async () => {
    await put("rustc", `echo "release: 1.95.0"; echo /nowhere`);
    assertMatch(await build(), /no libraries for wasm32-wasip2.*"rustup target add wasm32-wasip2"/s);
  });
});
