import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { encodeHex } from "@std/encoding/hex";
import { join, toFileUrl } from "@std/path";
import { DatabaseSync } from "node:sqlite";
import { openSqliteFile, SqliteFileError, type SqliteSchema } from "./file.ts";

const SCHEMA: SqliteSchema = {
  applicationId: 0x74657374,
  version: 3,
  tables: "CREATE TABLE t (n INTEGER NOT NULL) STRICT; CREATE INDEX t_n ON t (n)",
};

async function inFolder(run: (folder: string) => unknown): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "troupe_sqlite_" });
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const pragma = (db: DatabaseSync, name: string) => Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0];

Deno.test("openSqliteFile() makes the tables once, and finds what was kept", async () => {
  await inFolder((folder) => {
    const path = join(folder, "a.db");
    const made = openSqliteFile(path, SCHEMA);
    made.exec("INSERT INTO t VALUES (7)");
    assertEquals([pragma(made, "application_id"), pragma(made, "user_version")], [0x74657374, 3]);
    made.close();
    const again = openSqliteFile(path, SCHEMA);
    assertEquals(again.prepare("SELECT n FROM t").all().map(({ n }) => n), [7]);
    again.close();
  });
});

Deno.test("openSqliteFile() syncs every commit to disk, and does not wait long for others", async () => {
  await inFolder((folder) => {
    const db = openSqliteFile(join(folder, "a.db"), SCHEMA);
    const FULL = 2;
    assertEquals([pragma(db, "journal_mode"), pragma(db, "synchronous")], ["wal", FULL]);
    assertEquals(pragma(db, "busy_timeout"), 500);
    db.close();
  });
});

Deno.test("openSqliteFile() refuses what is not its own, says why, and leaves it as it was", async () => {
  await inFolder(async (folder) => {
    const made = (name: string, statements: string): string => {
      const path = join(folder, name);
      const db = new DatabaseSync(path);
      db.exec(statements);
      db.close();
      return path;
    };
    const text = join(folder, "notes.txt");
    await Deno.writeTextFile(text, "not a database, and long enough to be told from one. ".repeat(50));
    const cases: [path: string, problem: string][] = [
      [made("theirs.db", "CREATE TABLE theirs (x)"), "something else"],
      [made("marked.db", "PRAGMA application_id = 77"), "something else"],
      [
        made("newer.db", `${SCHEMA.tables}; PRAGMA application_id = 0x74657374; PRAGMA user_version = 4`),
        "version 4",
      ],
      [
        made("older.db", `${SCHEMA.tables}; PRAGMA application_id = 0x74657374; PRAGMA user_version = 2`),
        "version 2",
      ],
      [text, "not a database"],
    ];
    for (const [path, problem] of cases) {
      const before = encodeHex(await Deno.readFile(path));
      const error = assertThrows(() => openSqliteFile(path, SCHEMA), SqliteFileError, problem);
      assertStringIncludes(error.message, path);
      assertEquals([error.code, error.family], ["troupe.SqliteFile", "user"]);
      assert(encodeHex(await Deno.readFile(path)) === before, `${path} was changed`);
    }
  });
});

Deno.test("openSqliteFile() says what to do where no file can be", async () => {
  await inFolder(async (folder) => {
    const locked = join(folder, "folder.db");
    await Deno.mkdir(locked);
    for (const path of [join(folder, "no", "such", "folder.db"), locked]) {
      const error = assertThrows(() => openSqliteFile(path, SCHEMA), SqliteFileError, "Name another file");
      assertStringIncludes(error.message, path);
    }
  });
});

Deno.test("openSqliteFile() that fails while it makes the tables leaves none behind", async () => {
  await inFolder((folder) => {
    const path = join(folder, "a.db");
    const broken = { ...SCHEMA, tables: `${SCHEMA.tables}; CREATE TABLE` };
    assertThrows(() => openSqliteFile(path, broken), SqliteFileError);
    openSqliteFile(path, SCHEMA).close();
  });
});

Deno.test("openSqliteFile() can be called by several processes at once, on a file that is not there yet", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "a.db");
    const script = join(folder, "open.ts");
    await Deno.writeTextFile(
      script,
      `import { openSqliteFile } from ${JSON.stringify(import.meta.resolve("./file.ts"))};
      Deno.stdout.writeSync(new Uint8Array(1));
      await Deno.stdin.read(new Uint8Array(1));
      const db = openSqliteFile(${JSON.stringify(path)}, ${JSON.stringify(SCHEMA)});
      db.exec("INSERT INTO t VALUES (1)");
      db.close();`,
    );
    const config = new URL("../../deno.json", import.meta.url);
    const children = Array.from({ length: 4 }, () =>
      new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", "--config", config.pathname, toFileUrl(script).href],
        stdin: "piped",
        stdout: "piped",
        stderr: "inherit",
      }).spawn());
    // All of them stand before the door, and then it is opened.
    const readers = children.map(({ stdout }) => stdout.getReader());
    await Promise.all(readers.map((reader) => reader.read()));
    await Promise.all(children.map(async ({ stdin }) => {
      const writer = stdin.getWriter();
      await writer.write(new Uint8Array(1));
      await writer.close();
    }));
    await Promise.all(readers.map((reader) => reader.cancel()));
    assertEquals((await Promise.all(children.map(({ status }) => status))).map(({ code }) => code), [
      0,
      0,
      0,
      0,
    ]);
    const db = openSqliteFile(path, SCHEMA);
    assertEquals(db.prepare("SELECT count(*) AS n FROM t").get()?.n, 4);
    db.close();
  });
});
