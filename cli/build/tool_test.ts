import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { testActor } from "./_testing.ts";
import { askVersion, findTool, runTool } from "./tool.ts";

Deno.test("what a tool prints and how it ends; it has nothing to read", async () => {
  const run = await runTool("/bin/sh", ["-c", "cat; echo out; echo $NO_COLOR$MORE >&2; exit 3"], {
    cwd: "/",
    env: { MORE: "2" },
  });
  assertEquals(run, { success: false, stdout: "out\n", stderr: "12\n", late: false });
});

Deno.test("a tool that takes too long is ended", async () => {
  const run = await runTool("/bin/sh", ["-c", "exec sleep 600"], { cwd: "/", timeoutMs: 1 });
  assertEquals([run.success, run.late], [false, true]);
});

Deno.test("a version, of a tool that tells one", async () => {
  const ask = (script: string) => askVersion("/bin/sh", ["-c", script], /version (\S+)/);
  assertEquals(await ask("echo tool version 1.2.3 of today"), "1.2.3");
  assertEquals(await ask("echo tool"), undefined);
  assertEquals(await ask("echo version 1; exit 1"), undefined);
  await using folder = await testActor({ script: "#!/nowhere/sh\n" });
  const script = join(folder.folder, "script");
  await Deno.chmod(script, 0o755);
  assertEquals(await askVersion(script, [], /(.*)/), undefined);
});

Deno.test("a tool is looked for on PATH, and where its installer puts it", async () => {
  await using folder = await testActor({ "bin/troupe-tool": "", "bin/sh": "" });
  const bin = join(folder.folder, "bin");
  assertEquals(await findTool("troupe-tool"), undefined);
  assertEquals(await findTool("troupe-tool", [bin]), join(bin, "troupe-tool"));
  const onPath = await findTool("sh", [bin]);
  assertEquals(onPath === join(bin, "sh"), false);
});
