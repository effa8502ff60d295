import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { runDeno, runTroupe, temporaryFolder } from "../_testing.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
const CONFIG = new URL("../../../deno.json", import.meta.url).pathname;

Deno.test("it starts a sandbox, and prints what that says", async () => {
  await using folder = await temporaryFolder();
  const { code, stdout, stderr } = await runTroupe(["doctor"], { cwd: folder.path });
  assertEquals([code, stderr], [0, ""]);
  assertStringIncludes(stdout, `deno ${Deno.version.deno}`);
  assertMatch(stdout, /^seccomp +(on|off) /m);
  assertMatch(stdout, /^cgroup +(on|off) /m);
});

Deno.test("for programs; with --require-hardening the exit code says whether a host would start", async () => {
  await using folder = await temporaryFolder();
  const { code, stdout } = await runTroupe(["doctor", "--json", "--require-hardening"], { cwd: folder.path });
  const found = JSON.parse(stdout);
  assertEquals(code, found.hardened ? 0 : 1);
  assertEquals(found.versions.deno, Deno.version.deno);
});

/** Runs a command where the system's tools are covered up, in a mount namespace of its own. */
async function withoutTools(args: readonly string[], cwd: string) {
  const cover = ["unshare", "setpriv", "prlimit"].map((tool) =>
    `if [ -e /usr/bin/${tool} ]; then mount --bind /dev/null /usr/bin/${tool}; fi`
  );
  const { code, stdout, stderr } = await new Deno.Command("/usr/bin/unshare", {
    args: [
      "--user",
      "--map-root-user",
      "--mount",
      "/bin/sh",
      "-c",
      `${cover.join("\n")}\nexec "$@"`,
      "sh",
      ...args,
    ],
    env: { NO_COLOR: "1" },
    stdin: "null",
    cwd,
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** Whether this system lets us cover them up. */
async function canCover(): Promise<boolean> {
  if (Deno.build.os !== "linux") return false;
  try {
    return (await withoutTools(["/bin/sh", "-c", "test ! -f /usr/bin/prlimit"], "/")).code === 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

Deno.test({
  name: "where tools are missing, it says which, and neither a mesh nor a host starts that requires them",
  ignore: !await canCover(),
  async fn(t) {
    await using folder = await temporaryFolder();
    const cwd = folder.path;
    const deno = [Deno.execPath(), "run", "-A", "--quiet", "--config", CONFIG];

    await t.step("doctor", async () => {
      const { code, stdout } = await withoutTools([...deno, MAIN, "doctor", "--require-hardening"], cwd);
      assertEquals(code, 1);
      assertMatch(stdout, /^memory-bound +off +the system has no prlimit/m);
      assertMatch(stdout, /^- memory-bound: install prlimit/m);
      assertMatch(stdout, /^Missing for --require-hardening: .*memory-bound/m);
    });
    await t.step("up", async () => {
      await runDeno([...deno.slice(1), MAIN, "new", "greet", "--language", "js"], { cwd });
      const { code, stderr } = await withoutTools([
        ...deno,
        MAIN,
        "up",
        "--require-hardening",
        "--until-idle",
      ], cwd);
      assertEquals(code, 1);
      assertMatch(
        stderr,
        /troupe: Actors would run with fewer layers .* memory-bound \(the system has no prlimit/,
      );
    });
    await t.step("a host", async () => {
      const host = new URL("../../../host/main.ts", import.meta.url).pathname;
      const args = [
        ...[join(cwd, "greet/actor.yaml"), "--require-hardening", "--cache", join(cwd, "cache")],
        ...["--transport", `embedded:${join(cwd, "mesh.db")}`],
      ];
      const { code, stderr } = await withoutTools([...deno, host, ...args], cwd);
      assertEquals(code, 1);
      assertMatch(stderr, /^troupe\.HardeningMissing: .*memory-bound \(the system has no prlimit/m);
    });
  },
});
