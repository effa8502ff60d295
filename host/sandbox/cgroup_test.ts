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
/** Whether groups in it can bound their threads: not where a hierarchy of version 1 has the controller. */
const boundsThreads = group !== undefined &&
  (await Deno.readTextFile(`${group}/cgroup.controllers`)).trim().split(" ").includes("pids");

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
      if (boundsThreads) {
        assertEquals(await Deno.readTextFile(`${folder}/sandbox-${child.pid}/pids.max`), "256\n");
        assertEquals(layer.why, "");
      } else assertStringIncludes(layer.why, "no controller");
      await child.stdin.close();
      await child.status;
      remove();
      assertEquals([...Deno.readDirSync(folder)].filter(({ isDirectory }) => isDirectory), []);
    } finally {
      await Deno.remove(folder);
    }
  },
});

Deno.test("where groups can bound their threads, the folder is told to let them", async () => {
  // A folder that looks like a group, as far as it is read: what the kernel makes of it is not there.
  const folder = await Deno.makeTempDir({ prefix: "troupe-cgroup-" });
  try {
    await Deno.writeTextFile(`${folder}/cgroup.controllers`, "cpu memory pids\n");
    await Deno.writeTextFile(`${folder}/cgroup.subtree_control`, "\n");
    const { layer } = joinGroup(Deno.pid, folder);
    assertEquals(await Deno.readTextFile(`${folder}/cgroup.subtree_control`), "+pids");
    assertEquals(layer.state, "off");
    assertStringIncludes(layer.why, "pids.max");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
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
