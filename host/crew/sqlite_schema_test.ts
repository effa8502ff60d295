import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { DatabaseSync } from "node:sqlite";
import { upgradeStore } from "./sqlite_schema.ts";
import { openSqliteStore } from "./sqlite_store.ts";

/** A file as the program of version 1 made it: its tables are written down here, so that they do not change with ours. */
const VERSION_1 = `
CREATE TABLE result (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, parent_id TEXT, root TEXT NOT NULL,
  phase TEXT NOT NULL, reason TEXT NOT NULL, actor TEXT NOT NULL, route TEXT NOT NULL, headers TEXT NOT NULL,
  status TEXT NOT NULL, payload TEXT NOT NULL, error TEXT NOT NULL, error_type TEXT NOT NULL, replay INTEGER NOT NULL,
  arrived_at INTEGER NOT NULL, digest TEXT NOT NULL, repeats INTEGER NOT NULL DEFAULT 0,
  conflicts INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX result_root ON result (root);
CREATE INDEX result_phase ON result (phase, seq);
CREATE TABLE dead (seq INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, id TEXT NOT NULL, root TEXT NOT NULL,
  queue TEXT NOT NULL, actor TEXT NOT NULL, reason TEXT NOT NULL, message TEXT NOT NULL, error TEXT NOT NULL,
  body BLOB NOT NULL, died_at INTEGER NOT NULL, repeats INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX dead_id ON dead (id);
CREATE INDEX dead_root ON dead (root);
CREATE TABLE hop (seq INTEGER PRIMARY KEY, id TEXT NOT NULL, root TEXT NOT NULL, started_at INTEGER NOT NULL,
  record TEXT NOT NULL) STRICT;
CREATE INDEX hop_root ON hop (root);
CREATE INDEX hop_id ON hop (id);
PRAGMA application_id = 0x74727073; PRAGMA user_version = 1; PRAGMA journal_mode = WAL`;

const ROUTE = '{"prev":["a"],"curr":"b","next":[]}';

function insertDead(db: DatabaseSync, key: string, id: string, diedAt: number): void {
  db.prepare(`INSERT INTO dead (key, id, root, queue, actor, reason, message, error, body, died_at)
    VALUES (?, ?, ?, 'q', 'a', 'troupe.Fatal', 'm', '', x'00ff', ?)`).run(key, id, id, diedAt);
}

function insertResult(db: DatabaseSync, id: string, phase: string, arrivedAt: number): void {
  const error = phase === "failed" ? '{"type":"E","message":"why"}' : "";
  db.prepare(
    `INSERT INTO result (id, root, phase, reason, actor, route, headers, status, payload, error, error_type,
    replay, arrived_at, digest) VALUES (?, ?, ?, '', 'b', ?, '{}', '{}', '1', ?, ?, 0, ?, 'd')`,
  )
    .run(id, id, phase, ROUTE, error, error && "E", arrivedAt);
}

async function withFolder(run: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "troupe_upgrade_" });
  try {
    await run(join(folder, "results.db"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a file of version 1 is brought to today's in place, with letters of everything that ended badly", async () => {
  await withFolder(async (path) => {
    const old = new DatabaseSync(path);
    old.exec(VERSION_1);
    insertDead(old, "q/sha/1", "", 7);
    insertDead(old, "1/2/3", "1", 5);
    insertDead(old, "ok/0/0", "ok", 4);
    insertResult(old, "ok", "succeeded", 6);
    insertResult(old, "2", "failed", 6);

    const store = await openSqliteStore({ path });
    const { items } = await store.letters.list();
    assertEquals(
      items.map(({ key, kind, type, message, replay, state }) => [key, kind, type, message, replay, state]),
      [
        ["ok/0/0", "dead", "troupe.Fatal", "m", 0, "resolved"],
        ["1/2/3", "dead", "troupe.Fatal", "m", 3, "open"],
        ["2/x-sink/0", "failed", "E", "why", 0, "open"],
        ["q/sha/1", "dead", "troupe.Fatal", "m", 0, "open"],
      ],
    );
    assertEquals((await store.result("2"))?.payload, "1");

    // The program of version 1 may still have it open; what it writes down gets letters as well.
    insertDead(old, "9/0/0", "9", 9);
    insertResult(old, "1", "succeeded", 9);
    assertEquals((await store.letters.letter("9/0/0"))?.state, "open");
    assertEquals((await store.letters.letter("1/2/3"))?.state, "resolved");
    old.close();
    await store.close();
    // Once is enough.
    await (await openSqliteStore({ path })).close();
  });
});

Deno.test("a file of version 2 gets the tables of what waits, and of what is forgotten", async () => {
  await withFolder(async (path) => {
    await (await openSqliteStore({ path })).close();
    const old = new DatabaseSync(path);
    for (
      const table of [
        ...["parked", "parked_body", "fan_in", "fan_slice", "tombstone"],
        ...["paused", "canceled", "control_revision", "claim"],
      ]
    ) {
      old.exec(`DROP TABLE ${table}`);
    }
    for (
      const index of ["result_arrived", "dead_died", "hop_started", "letter_at", "replay_at", "descent_key"]
    ) {
      old.exec(`DROP INDEX ${index}`);
    }
    old.exec("DROP TRIGGER letter_of_buried");
    old.exec("PRAGMA user_version = 2");
    insertResult(old, "1", "failed", 6);
    const store = await openSqliteStore({ path });
    assertEquals((await store.letters.list()).items.map(({ id }) => id), ["1"]);
    assertEquals(old.prepare("SELECT count(*) AS n FROM fan_slice").get()?.n, 0);
    old.close();
    await store.close();
  });
});

Deno.test("any other file is left as it is, and none is made", async () => {
  await withFolder(async (path) => {
    upgradeStore(path);
    assertEquals(await Deno.stat(path).catch((error) => error.constructor), Deno.errors.NotFound);
    await Deno.writeTextFile(path, "no database at all");
    upgradeStore(path);
    assertEquals(await Deno.readTextFile(path), "no database at all");
    await Deno.remove(path);
    const theirs = new DatabaseSync(path);
    theirs.exec("CREATE TABLE t (x); PRAGMA user_version = 1");
    upgradeStore(path);
    assertEquals(theirs.prepare("SELECT count(*) AS n FROM sqlite_schema").get()?.n, 1);
    theirs.close();
  });
});
