import { assert, assertEquals, assertRejects } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { DatabaseSync } from "node:sqlite";
import { unlessStuck } from "../_testing.ts";
import { SqliteFileError } from "../sqlite/file.ts";
import { bytes, text } from "./_state_harness_testing.ts";
import { StateClosedError, StateUnavailableError } from "./errors.ts";
import { openSqliteState } from "./sqlite_store.ts";

async function inFolder(run: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "troupe_state_" });
  try {
    await unlessStuck(run(join(folder, "state.db")));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a file that is locked is waited for, and then it is said that nothing was done", async () => {
  await inFolder(async (path) => {
    const store = await openSqliteState({ path, patienceMs: 700 });
    const bucket = store.bucket("b");
    const other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE");
    const error = await assertRejects(() => bucket.add("n", 1n), StateUnavailableError, path);
    assertEquals([error.code, error.family, error.undone], ["troupe.StateUnavailable", "system", true]);
    assert(store.problem().includes("locked"), store.problem());
    // Whoever reads does not wait.
    assertEquals(await bucket.get("n"), undefined);
    other.exec("COMMIT");
    assertEquals(await bucket.add("n", 10n), 10n);
    assertEquals(store.problem(), "");
    other.close();
    await store.close();
  });
});

Deno.test("what waits for a file when the store is closed is not done", async () => {
  await inFolder(async (path) => {
    const store = await openSqliteState({ path });
    const other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE");
    const refused = assertRejects(() => store.bucket("b").add("n", 1n), StateClosedError);
    await store.close();
    await refused;
    other.exec("COMMIT");
    assertEquals(other.prepare("SELECT count(*) AS n FROM entry").get()?.n, 0);
    other.close();
  });
});

Deno.test("a file that is damaged, or something else's, is named", async () => {
  await inFolder(async (path) => {
    const other = new DatabaseSync(path);
    other.exec("CREATE TABLE t (n)");
    other.close();
    await assertRejects(() => openSqliteState({ path }), SqliteFileError, path);
  });
});

Deno.test("processes that are killed while they write leave what was acknowledged, and no more than was asked", async () => {
  await inFolder(async (path) => {
    const writer = fromFileUrl(new URL("_writer_testing.ts", import.meta.url));
    const acknowledged = await Promise.all(["a", "b"].map(async (name) => {
      const child = new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-lock", writer, path, name],
        stdout: "piped",
      }).spawn();
      let lines = "";
      for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
        lines += chunk;
        if (lines.includes("\n50\n")) child.kill("SIGKILL");
      }
      await child.status;
      return Number(lines.split("\n").at(-2));
    }));
    const store = await openSqliteState({ path });
    const bucket = store.bucket("b");
    for (const [i, name] of ["a", "b"].entries()) {
      const told = acknowledged[i] as number;
      const count = Number(text((await bucket.get(`${name}/count`))?.value));
      assert(
        told >= 50 && told <= count && count <= told + 1,
        `${told} were acknowledged, ${count} are there`,
      );
      assertEquals((await bucket.keys(`${name}/`)).length, count + 1);
    }
    await store.close();
  });
});

Deno.test("what buckets hold is counted, whatever was done", async () => {
  await inFolder(async (path) => {
    let now = 1;
    const store = await openSqliteState({ path, now: () => now });
    const bucket = store.bucket("b");
    for (let n = 0; n < 20; n++) {
      await bucket.set(`k${n % 7}`, bytes("x".repeat(n)), n % 3 ? {} : { ttlMs: 5 });
      if (n % 4 === 0) await bucket.delete(`k${(n + 1) % 7}`);
      if (n % 5 === 0) now += 5;
    }
    await store.collect();
    const db = new DatabaseSync(path);
    assertEquals(
      { ...db.prepare("SELECT entries, bytes FROM bucket").get() },
      {
        ...db.prepare("SELECT count(*) AS entries, sum(length(key) + length(value)) AS bytes FROM entry")
          .get(),
      },
    );
    db.close();
    await store.close();
  });
});
