import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { pullComponent } from "@troupe/host/oci/pull";
import { lacksRegistry, REGISTRY_USER, RegistryServer } from "@troupe/tests/servers/registry";
import { actor, assemble } from "../../../host/component/_testing/components.ts";
import { runTroupe, temporaryFolder } from "../_testing.ts";

const ignore = lacksRegistry();
const NOBODY = { DOCKER_CONFIG: "/none" };

function specOf(component: object, grants: object = {}): string {
  return JSON.stringify({
    apiVersion: "troupe.dev/v1alpha1",
    kind: "Actor",
    metadata: { name: "one" },
    spec: { component, grants },
  });
}

Deno.test({
  name: "pushing, from a source to an actor that anybody can run",
  ignore,
  async fn(t) {
    await using registry = await RegistryServer.start();
    await using folder = await temporaryFolder();
    const cwd = folder.path;
    const troupe = (...args: string[]) => runTroupe(args, { cwd, env: NOBODY });
    await Deno.writeTextFile(join(cwd, "actor.yaml"), specOf({ file: "build/one.wasm" }));
    await Deno.writeTextFile(join(cwd, "actor.js"), "export const handle = (payload) => payload;\n");
    const name = `${registry.name}/shop/one`;
    let reference = "";

    await t.step("it is built, and its digest is told before it is pushed", async () => {
      const { code, stdout, stderr } = await troupe("push", `${name}:v1`, "--dry-run");
      assertEquals(code, 0, stderr);
      assertMatch(stdout, /^127\.0\.0\.1:\d+\/shop\/one@sha256:[0-9a-f]{64}\n$/);
      assertMatch(stderr, /^It would be pushed \([\d.]+ MiB, tagged v1\)\.\n$/);
      reference = stdout.trim();
    });
    await t.step("standard output has the reference, and nothing else", async () => {
      const { code, stdout, stderr } = await troupe("push", `${name}:v1`, ".");
      assertEquals([code, stdout], [0, `${reference}\n`], stderr);
      assertMatch(stderr, /^Pushed \([\d.]+ MiB, tagged v1\)\.\n$/);
      const { bytes } = await pullComponent({ reference });
      assertEquals(bytes, await Deno.readFile(join(cwd, "build/one.wasm")));
    });
    await t.step("it is there already the next time, under whatever name it is found", async () => {
      const { code, stdout, stderr } = await troupe("push", name, "actor.yaml", "--json");
      assertEquals([code, stderr], [0, ""]);
      const told = JSON.parse(stdout);
      assertEquals([told.reference, told.existed, told.pushed], [reference, true, false]);
      const file = await troupe("push", `${name}:v1`, "build/one.wasm");
      assertEquals([file.code, file.stdout], [0, `${reference}\n`]);
      assertMatch(file.stderr, /^The registry has it already/);
    });
    await t.step("it can be inspected where it is", async () => {
      for (const args of [[`${name}:v1`], [reference]]) {
        const { code, stdout, stderr } = await troupe("inspect", ...args);
        assertEquals([code, stderr], [0, ""]);
        assertStringIncludes(stdout, `${args[0]}: a component, `);
      }
    });
    await t.step("an actor that names it needs nothing built", async () => {
      await Deno.mkdir(join(cwd, "other"));
      await Deno.writeTextFile(join(cwd, "other/actor.yaml"), specOf({ oci: reference }));
      const build = await troupe("build", "other");
      assertEquals(build.code, 0);
      assertStringIncludes(build.stdout, "is fetched when it starts");
      const inspect = await troupe("inspect", "--actor", "other/actor.yaml", "--json");
      const { file, accepted } = JSON.parse(inspect.stdout);
      assertEquals([file, accepted], [reference, true]);
      const push = await troupe("push", name, "other");
      assertEquals([push.code, push.stdout], [2, ""]);
      assertStringIncludes(push.stderr, "fetched from elsewhere");
    });
  },
});

Deno.test({
  name: "what is not pushed",
  ignore,
  async fn(t) {
    await using registry = await RegistryServer.start({ auth: "password" });
    await using folder = await temporaryFolder();
    const cwd = folder.path;
    const name = `${registry.name}/a`;
    await Deno.mkdir(join(cwd, "empty"));
    await Deno.writeFile(join(cwd, "good.wasm"), await actor());
    await Deno.writeFile(join(cwd, "other.wasm"), await assemble("(component)"));
    await Deno.writeFile(join(cwd, "module.wasm"), await assemble("(module)"));
    await Deno.mkdir(join(cwd, "docker"));
    const config = (value: unknown) =>
      Deno.writeTextFile(join(cwd, "docker/config.json"), JSON.stringify(value));
    const env = { DOCKER_CONFIG: join(cwd, "docker") };
    const cases: [string, string[], number, string][] = [
      ["under a name that is none", ["good.wasm", "good.wasm"], 2, '"good.wasm" is no reference'],
      ["what is not there", [name, "nope.wasm"], 2, "There is no nope.wasm"],
      ["a folder without an actor", [name, "empty"], 2, `There is no ${join("empty", "actor.yaml")}`],
      ["a core module", [name, "module.wasm"], 1, "It is a core module"],
      ["a component of something else", [name, "other.wasm"], 1, 'does not export the function "handle"'],
      ["as nobody", [name, "good.wasm"], 1, "sign in"],
    ];
    await config({});
    for (const [name, args, expected, said] of cases) {
      await t.step(name, async () => {
        const { code, stdout, stderr } = await runTroupe(["push", ...args], { cwd, env });
        assertEquals([code, stdout], [expected, ""], stderr);
        assertStringIncludes(stderr, said);
      });
    }
    await t.step("with another password", async () => {
      await config({ auths: { [registry.name]: { ...REGISTRY_USER, password: "geheim" } } });
      const { code, stderr } = await runTroupe(["push", name, "good.wasm"], { cwd, env });
      assertEquals([code, stderr.includes("geheim")], [1, false]);
      assertStringIncludes(stderr, "see that they are right");
    });
    await t.step("with what a helper keeps", async () => {
      await config({ credHelpers: { [registry.name]: "desktop" } });
      const { code, stderr } = await runTroupe(["push", name, "good.wasm"], { cwd, env });
      assertEquals(code, 1);
      assertStringIncludes(stderr, 'the credential helper "desktop"');
    });
    await t.step("but by whoever may", async () => {
      await config({
        auths: { [registry.name]: { auth: btoa(`${REGISTRY_USER.username}:${REGISTRY_USER.password}`) } },
      });
      const { code, stdout, stderr } = await runTroupe(["push", name, "good.wasm"], { cwd, env });
      assertEquals(code, 0, stderr);
      assertMatch(stdout, /^127\.0\.0\.1:\d+\/a@sha256:[0-9a-f]{64}\n$/);
    });
  },
});

Deno.test({
  name: "a component that wants what its actor is not granted is pushed, with a warning",
  ignore,
  async fn() {
    await using registry = await RegistryServer.start();
    await using folder = await temporaryFolder();
    const cwd = folder.path;
    const before = '(import "wasi:sockets/tcp@0.2.0" (instance))';
    await Deno.writeFile(join(cwd, "one.wasm"), await actor({ before }));
    await Deno.writeTextFile(join(cwd, "actor.yaml"), specOf({ file: "one.wasm" }));
    const reference = `${registry.name}/a`;
    const file = await runTroupe(["push", reference, "one.wasm"], { cwd, env: NOBODY });
    assertEquals(file.code, 0, file.stderr);
    assertStringIncludes(file.stderr, "warning: It imports wasi:sockets/tcp@0.2.0, which no actor has");
    const folderRun = await runTroupe(["push", reference], { cwd, env: NOBODY });
    assertEquals([folderRun.code, folderRun.stdout], [0, file.stdout]);
    assertStringIncludes(
      folderRun.stderr,
      "warning: It imports wasi:sockets/tcp@0.2.0: no grant gives sockets",
    );
  },
});
