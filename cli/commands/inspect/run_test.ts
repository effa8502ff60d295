import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { actor, assemble } from "../../../host/component/_testing/components.ts";
import { runTroupe, temporaryFolder } from "../_testing.ts";

const SOCKETS = '(import "wasi:sockets/tcp@0.2.0" (instance))';

Deno.test("what is wrong with a file is said by its name, with exit code 1", async (t) => {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  const cases: [string, Uint8Array, string, string, string][] = [
    [
      "text",
      new TextEncoder().encode("export function handle() {}"),
      "not-wasm",
      "troupe.NotWasm",
      "not WebAssembly",
    ],
    ["a core module", await assemble("(module)"), "module", "troupe.NotAComponent", "component new"],
    [
      "another world",
      await assemble("(component)"),
      "component",
      "troupe.WrongWorld",
      'does not export the function "handle"',
    ],
    [
      "sockets",
      await actor({ before: SOCKETS }),
      "component",
      "troupe.ImportDenied",
      "no grant gives sockets",
    ],
  ];
  for (const [name, bytes, kind, code, said] of cases) {
    await t.step(name, async () => {
      await Deno.writeFile(join(cwd, "file.wasm"), bytes);
      const json = await runTroupe(["inspect", "file.wasm", "--json"], { cwd });
      const found = JSON.parse(json.stdout);
      assertEquals([json.code, json.stderr], [1, ""]);
      assertEquals([found.file, found.kind, found.accepted, found.size], [
        "file.wasm",
        kind,
        false,
        bytes.length,
      ]);
      assertEquals(found.refusals[0].code, code);
      assertStringIncludes(found.refusals[0].message, said);
    });
  }
  await t.step("for a person", async () => {
    const { code, stdout } = await runTroupe(["inspect", "file.wasm"], { cwd });
    assertEquals(code, 1);
    assertMatch(stdout, /^file\.wasm: a component, .* bytes\)\nsha256:[0-9a-f]{64}\n/);
    assertMatch(stdout, /^ {2}wasi:sockets\/tcp@0\.2\.0 +what no actor has$/m);
    assertMatch(
      stdout,
      /It would be refused:\n- It imports wasi:sockets\/tcp@0\.2\.0: no grant gives sockets/,
    );
  });
});

Deno.test("a component that would be accepted, as far as the actor's limits go", async (t) => {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  await Deno.writeFile(join(cwd, "file.wasm"), await actor({ pages: 32 }));

  await t.step("without an actor", async () => {
    const { code, stdout } = await runTroupe(["inspect", "file.wasm"], { cwd });
    assertEquals(code, 0);
    assertStringIncludes(stdout, "\nIt would be accepted.\n");
    assertMatch(stdout, /^2\.0 MiB of memory at the start/m);
    assertMatch(stdout, /^ {2}troupe:actor\/failures@0\.1\.0 +nothing: the contract of actors$/m);
    assertMatch(stdout, /^Exports\n {2}handle$/m);
  });
  await t.step("by an actor whose memory is less", async () => {
    await Deno.writeTextFile(
      join(cwd, "actor.yaml"),
      "apiVersion: troupe.dev/v1alpha1\nkind: Actor\nmetadata: { name: a }\n" +
        "spec: { component: { file: file.wasm }, limits: { memory: 1Mi } }\n",
    );
    const { code, stdout } = await runTroupe(["inspect", "file.wasm", "--actor", "actor.yaml"], { cwd });
    assertEquals(code, 1);
    assertStringIncludes(stdout, "raise spec.limits.memory");
  });
});

Deno.test("a file that is not there, and an actor.yaml that is not", async () => {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  const file = await runTroupe(["inspect", "nope.wasm"], { cwd });
  assertEquals([file.code, file.stdout], [1, ""]);
  assertStringIncludes(file.stderr, "there is no such file");
  const spec = await runTroupe(["inspect", "nope.wasm", "--actor", "nope.yaml"], { cwd });
  assertEquals([spec.code, spec.stdout], [2, ""]);
  assertStringIncludes(spec.stderr, "There is no nope.yaml");
});
