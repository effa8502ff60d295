import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { joinGroup } from "./cgroup.ts";

/** Where version 2 is mounted, and a group can be made; undefined where neither is so. */
async function makeGroup(): Promise<string | undefined> {
  if (Deno.build.os !== "linux") return undefined;
  const mounts = await Deno.readTextFile("/proc/self/mounts");
  const mount = /^\S+ (\S+) cgroup2 /m.exec(mounts)?.[1];
  if (mount === undefined) return undefined;
  const path = `${mount}/troupe-test-${crypto.randomUUID()}`;
  try {
    await Deno.mkdir(path);
    return path;
  } catch (error) {
    // Not ours to write to, or read-only, as in most containers.
    if (error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable) {
      return undefined;
    }
    if (error instanceof Error && /read-only/i.test(error.message)) return undefined;
    throw error;
  }
}

const group = await makeGroup();

Deno.test({
  name: "a process is put into a group of its own, which goes when it has ended; remains of others go too",
  ignore: group === undefined,
  async fn() {
    const folder = group ?? "";
    await Deno.mkdir(`${folder}/sandbox-1`);
    const child = new Deno.Command("/bin/cat", { stdin: "piped", stdout: "null" }).spawn();
    try {
      const { layer, remove } = joinGroup(child.pid, folder);
      assertEquals([layer.name, layer.state], ["cgroup", "on"], layer.why);
      const groups = await Deno.readTextFile(`/proc/${child.pid}/cgroup`);
      assertStringIncludes(groups, `/sandbox-${child.pid}\n`);
      await child.stdin.close();
      await child.status;
      remove();
      assertEquals([...Deno.readDirSync(folder)].filter(({ isDirectory }) => isDirectory), []);
    } finally {
      await Deno.remove(folder);
    }
  },
});

Deno.test("without a folder, or with one that is none, it is off and says why", async () => {
  assertEquals(joinGroup(Deno.pid, "").layer, {
    name: "cgroup",
    state: "off",
    why: "none was named (TROUPE_CGROUP)",
  });
  const folder = await Deno.makeTempDir({ prefix: "troupe-cgroup-" });
  try {
    const { layer, remove } = joinGroup(Deno.pid, folder);
    assertEquals(layer.state, "off");
    assertStringIncludes(layer.why, `${folder} cannot be used`);
    remove();
    assert([...Deno.readDirSync(folder)].length === 0);
  } finally {
    await Deno.remove(folder);
  }
});
