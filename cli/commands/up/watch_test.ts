import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { DatabaseSync } from "node:sqlite";
import { isSource, SourceWatcher } from "./watch.ts";

Deno.test("outputs, hidden files and editors' own files are no sources", () => {
  for (const path of ["actor.ts", "split/actor.yaml", "split/lib/words.js", "score.wasm"]) {
    assert(isSource(path), path);
  }
  for (
    const path of [
      "split/build/split.wasm",
      ".troupe/mesh.db",
      "node_modules/x/index.js",
      ".git/HEAD",
      "actor.ts~",
      ".actor.ts.swp",
      ".#actor.ts",
      "split/4913",
      "../elsewhere/actor.ts",
    ]
  ) assert(!isSource(path), path);
});

/** A folder with a `data` folder in it, watched; `next` waits for a change to be taken up. */
async function watched(
  test: (mesh: { dir: string; data: string; next: () => Promise<void> }) => Promise<void>,
  onChange: (dir: string) => Promise<void> = async () => {},
): Promise<void> {
  const dir = await Deno.realPath(await Deno.makeTempDir({ prefix: "troupe_watch_" }));
  const data = join(dir, "data");
  await Deno.mkdir(data);
  let tell: () => void = () => {};
  let told = new Promise<void>((resolve) => tell = resolve);
  const failures: unknown[] = [];
  const watcher = await SourceWatcher.open({
    dir,
    except: [data],
    async onChange() {
      await onChange(dir);
      tell();
    },
    onFailure: (error) => failures.push(error),
  });
  const next = async () => {
    await told;
    told = new Promise((resolve) => tell = resolve);
  };
  try {
    await test({ dir, data, next });
    assertEquals(failures, []);
  } finally {
    await watcher.close();
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("changes are told in turn, and none that comes meanwhile is lost", async () => {
  const seen: string[] = [];
  let running = 0;
  await watched(async ({ dir, data, next }) => {
    await Deno.writeTextFile(join(data, "mesh.db"), "not a source");
    await Deno.writeTextFile(join(dir, "actor.js"), "one");
    await next();
    await next();
    assertEquals(seen, ["one", "two"]);
  }, async (dir) => {
    assertEquals(++running, 1);
    seen.push(await Deno.readTextFile(join(dir, "actor.js")));
    if (seen.length === 1) {
      // A change while this one is being taken up, which lasts until the watcher has heard of it.
      await Deno.writeTextFile(join(dir, "actor.js"), "two");
      await new Promise((resolve) => setTimeout(resolve, 400));
    }
    running--;
  });
});

Deno.test("folders that come later are watched too, however deep", () =>
  watched(async ({ dir, next }) => {
    await Deno.mkdir(join(dir, "judge", "lib"), { recursive: true });
    await next();
    await Deno.writeTextFile(join(dir, "judge", "lib", "words.js"), "1");
    await next();
    await Deno.remove(join(dir, "judge"), { recursive: true });
    await next();
    await Deno.writeTextFile(join(dir, "actor.js"), "1");
    await next();
  }));

Deno.test({
  name: "a database in the mesh's state keeps its locks while sources change",
  // Elsewhere there is no list of locks.
  ignore: Deno.build.os !== "linux",
  fn: () =>
    watched(async ({ dir, data, next }) => {
      const path = join(data, "mesh.db");
      using db = new DatabaseSync(path);
      db.exec("PRAGMA journal_mode = WAL; CREATE TABLE t (x)");
      const { ino } = await Deno.stat(`${path}-shm`);
      // What another process looks at before it removes the log on closing.
      const locks = () =>
        Deno.readTextFileSync("/proc/locks").split("\n").filter((line) =>
          line.includes(` POSIX `) && line.includes(` ${Deno.pid} `) && line.includes(`:${ino} `)
        ).length;
      const before = locks();
      assert(before > 0);
      for (const text of ["1", "2"]) {
        db.exec("INSERT INTO t VALUES (1)");
        await Deno.writeTextFile(join(dir, "actor.js"), text);
        await next();
        assertEquals(locks(), before);
      }
    }),
});
