import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { DatabaseSync } from "node:sqlite";
import { SqliteFileError } from "../sqlite/file.ts";
import { result } from "./_records_testing.ts";
import { openSqliteStore } from "./sqlite_store.ts";
import type { Store } from "./store.ts";

async function withStore(run: (store: Store, path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "troupe_store_" });
  const path = join(folder, "results.db");
  const store = await openSqliteStore({ path });
  try {
    await run(store, path);
  } finally {
    await store.close();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("several processes record into one file, and an id has one result", async () => {
  await withStore(async (store, path) => {
    const script = `
      import { openSqliteStore } from ${JSON.stringify(import.meta.resolve("./sqlite_store.ts"))};
      const [path, name] = Deno.args;
      const store = await openSqliteStore({ path });
      const record = ${JSON.stringify(result(""))};
      const recorded = await Promise.all(Array.from({ length: 200 }, (_, n) =>
        store.recordResults([{ ...record, id: "shared-" + n }, { ...record, id: name + "-" + n }])));
      const fresh = recorded.flat().filter((what) => what === "new").length;
      const repeats = recorded.flat().filter((what) => what === "repeat").length;
      await store.close();
      console.log(JSON.stringify([fresh, repeats]));`;
    const file = `${path}.ts`;
    await Deno.writeTextFile(file, script);
    const outputs = await Promise.all(["p", "q", "r"].map((name) =>
      new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "-A",
          "--no-check",
          "--config",
          new URL("../../deno.json", import.meta.url).pathname,
          file,
          path,
          name,
        ],
        stderr: "inherit",
      }).output()
    ));
    const told = outputs.map(({ stdout }) =>
      JSON.parse(new TextDecoder().decode(stdout)) as [number, number]
    );
    assertEquals(told.reduce((sum, [fresh]) => sum + fresh, 0), 200 + 3 * 200);
    assertEquals(told.reduce((sum, [, repeats]) => sum + repeats, 0), 2 * 200);
    const counts = await store.counts();
    assertEquals([counts.results, counts.repeats, counts.conflicts], [800, 400, 0]);
  });
});

Deno.test("while another holds the file, nothing is lost, and the store says what it waits for", async () => {
  const folder = await Deno.makeTempDir({ prefix: "troupe_store_" });
  const path = join(folder, "results.db");
  let told: (error: unknown) => void = () => {};
  const failed = new Promise<unknown>((resolve) => told = resolve);
  const store = await openSqliteStore({ path, onFailure: (error) => told(error) });
  const other = new DatabaseSync(path);
  try {
    assertEquals(store.problem(), "");
    other.exec("BEGIN IMMEDIATE");
    const recording = store.recordResults([result("1")]);
    assertEquals(String(await failed), "Error: database is locked");
    assertEquals(store.problem(), "database is locked");
    other.exec("COMMIT");
    assertEquals(await recording, ["new"]);
    assertEquals(store.problem(), "");
  } finally {
    other.close();
    await store.close();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a file that is something else is refused by name", async () => {
  await withStore(async (_, path) => {
    const theirs = `${path}.txt`;
    await Deno.writeTextFile(theirs, "not a database, and long enough to be told from one".repeat(99));
    await assertRejects(() => openSqliteStore({ path: theirs }), SqliteFileError, theirs);
  });
});

Deno.test("an index serves whoever asks for what is open", async () => {
  await withStore((_store, path) => {
    const db = new DatabaseSync(path, { readOnly: true });
    const plan = db.prepare(
      "EXPLAIN QUERY PLAN SELECT * FROM letter WHERE seq > 0 AND state = 'open' ORDER BY seq",
    )
      .all().map(({ detail }) => String(detail)).join(" ");
    db.close();
    assert(plan.includes("letter_state") && !plan.includes("TEMP B-TREE"), plan);
    return Promise.resolve();
  });
});
