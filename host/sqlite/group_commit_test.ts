import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { DatabaseSync } from "node:sqlite";
import { unlessStuck } from "../_testing.ts";
import { GroupCommit, type Work } from "./group_commit.ts";

class Closed extends Error {}
const closed = () => new Closed("closed");

interface Setting {
  readonly db: DatabaseSync;
  /** Another connection to the file, which sees what is committed. */
  readonly other: DatabaseSync;
  readonly commits: GroupCommit;
  /** Messages of the failures so far. */
  readonly failures: string[];
  /** Resolves with the next failure. */
  nextFailure(): Promise<string>;
}

async function withCommits(run: (setting: Setting) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "troupe_sqlite_" });
  const open = () => {
    const db = new DatabaseSync(join(folder, "a.db"));
    db.exec("PRAGMA busy_timeout = 0; PRAGMA journal_mode = WAL");
    return db;
  };
  const db = open();
  db.exec("CREATE TABLE t (n INTEGER NOT NULL UNIQUE, filler BLOB) STRICT");
  const other = open();
  const failures: string[] = [];
  const awaited: ((failure: string) => void)[] = [];
  const commits = new GroupCommit(db, (error) => {
    assertInstanceOf(error, Error);
    failures.push(error.message);
    for (const resolve of awaited.splice(0)) resolve(error.message);
  });
  const nextFailure = () => new Promise<string>((resolve) => awaited.push(resolve));
  try {
    await unlessStuck(run({ db, other, commits, failures, nextFailure }));
  } finally {
    commits.close();
    db.close();
    other.close();
    await Deno.remove(folder, { recursive: true });
  }
}

const rows = (db: DatabaseSync) => db.prepare("SELECT n FROM t ORDER BY n").all().map(({ n }) => Number(n));
const insert = (db: DatabaseSync, n: number) => () => void db.prepare("INSERT INTO t (n) VALUES (?)").run(n);

Deno.test("what is asked in one turn shares one commit, and is answered after it", async () => {
  await withCommits(async ({ db, other, commits }) => {
    const seen = await Promise.all([1, 2, 3].map(async (n) => {
      const result = await commits.result(() => (insert(db, n)(), n * 10), closed);
      return [result, rows(other)];
    }));
    assertEquals(seen, [[10, [1, 2, 3]], [20, [1, 2, 3]], [30, [1, 2, 3]]]);
    assertEquals(commits.commits, 1);
    await commits.result(insert(db, 4), closed);
    assertEquals(commits.commits, 2);
  });
});

Deno.test("nothing is done before the turn is over, and nothing is answered before the commit", async () => {
  await withCommits(async ({ db, other, commits }) => {
    const order: string[] = [];
    const done = new Promise<void>((resolve) =>
      commits.do({
        run: () => {
          order.push("run");
          insert(db, 1)();
        },
        committed: () => {
          order.push(`committed ${rows(other)}`);
          resolve();
        },
        abandoned: () => order.push("abandoned"),
      })
    );
    order.push(`asked ${rows(db)}`);
    await done;
    assertEquals(order, ["asked ", "run", "committed 1"]);
  });
});

Deno.test("a transaction that finds the file locked is tried again, and nothing of it is done twice", async () => {
  await withCommits(async ({ db, other, commits, failures, nextFailure }) => {
    other.exec("BEGIN IMMEDIATE");
    const failed = nextFailure();
    const done = Promise.all([1, 2].map((n) => commits.result(insert(db, n), closed)));
    assertEquals(await failed, "database is locked");
    assertInstanceOf(commits.failure, Error);
    // What comes meanwhile goes along.
    const later = commits.result(insert(db, 3), closed);
    await nextFailure();
    other.exec("COMMIT");
    await Promise.all([done, later]);
    assertEquals(rows(other), [1, 2, 3]);
    assertEquals([commits.commits, commits.failure], [1, undefined]);
    assert(failures.length >= 2);
  });
});

Deno.test("a full disk is waited for: nothing is lost, and what was done in part is undone", async () => {
  await withCommits(async ({ db, other, commits, nextFailure }) => {
    const pages = Number(db.prepare("PRAGMA page_count").get()?.page_count);
    db.exec(`PRAGMA max_page_count = ${pages}`);
    const failed = nextFailure();
    const large = () => void db.prepare("INSERT INTO t VALUES (2, zeroblob(100000))").run();
    const done = Promise.all([insert(db, 1), large].map((work) => commits.result(work, closed)));
    assertEquals(await failed, "database or disk is full");
    assertEquals(rows(other), []);
    db.exec("PRAGMA max_page_count = 1000000");
    await done;
    assertEquals(rows(other), [1, 2]);
  });
});

Deno.test("work that can never be done is refused, and does not hold up what others asked", async () => {
  await withCommits(async ({ db, other, commits, failures }) => {
    await commits.result(insert(db, 5), closed);
    const bad: [string, () => void, string][] = [
      ["a doubled key", insert(db, 5), "UNIQUE constraint"],
      ["a value of another type", insert(db, 1.5), "REAL value"],
      [
        "a value that cannot be bound",
        () => void db.prepare("INSERT INTO t (n) VALUES (?)").run(undefined as unknown as null),
        "",
      ],
      ["an error of its own", () => {
        throw new RangeError("out of range");
      }, "out of range"],
    ];
    for (const [i, [, run, problem]] of bad.entries()) {
      const before = commits.result(insert(db, 10 + i), closed);
      const refused = assertRejects(() => commits.result(run, closed), Error, problem);
      const after = commits.result(insert(db, 20 + i), closed);
      await Promise.all([before, refused, after]);
    }
    assertEquals(rows(other), [5, 10, 11, 12, 13, 20, 21, 22, 23]);
    assertEquals([failures, commits.failure], [[], undefined]);
  });
});

Deno.test("work that cannot be told of a refusal is abandoned", async () => {
  await withCommits(async ({ db, commits }) => {
    const ends: string[] = [];
    const end = new Promise<void>((resolve) => {
      const work: Work = {
        run: insert(db, 1.5),
        committed: () => resolve(void ends.push("committed")),
        abandoned: () => resolve(void ends.push("abandoned")),
      };
      commits.do(work);
    });
    await end;
    assertEquals(ends, ["abandoned"]);
  });
});

Deno.test("close() does what was asked before, and refuses what is asked after", async () => {
  await withCommits(async ({ db, other, commits }) => {
    const before = commits.result(insert(db, 1), closed);
    commits.close();
    commits.close();
    await before;
    assertEquals(rows(other), [1]);
    await assertRejects(() => commits.result(insert(db, 2), closed), Closed);
    commits.schedule();
    commits.flush();
    assertEquals([rows(other), commits.commits], [[1], 1]);
  });
});

Deno.test("close() abandons what cannot be committed", async () => {
  await withCommits(async ({ db, other, commits }) => {
    other.exec("BEGIN IMMEDIATE");
    const refused = assertRejects(() => commits.result(insert(db, 1), closed), Closed);
    commits.close();
    await refused;
    other.exec("COMMIT");
    assertEquals(rows(other), []);
  });
});

Deno.test("flush() commits at once", async () => {
  await withCommits(({ db, other, commits }) => {
    const ends: string[] = [];
    commits.do({
      run: insert(db, 1),
      committed: () => ends.push("committed"),
      abandoned: () => ends.push("abandoned"),
    });
    commits.flush();
    assertEquals([rows(other), ends], [[1], ["committed"]]);
    return Promise.resolve();
  });
});

Deno.test("also() takes part in each transaction, and what it gives is called after the commit", async () => {
  await withCommits(async ({ db, other, commits }) => {
    const order: string[] = [];
    let n = 100;
    commits.also = () => {
      order.push("also");
      insert(db, n++)();
      return () => order.push(`after ${rows(other)}`);
    };
    await commits.result(insert(db, 1), closed);
    assertEquals(order, ["also", "after 1,100"]);
    const scheduled = new Promise<void>((resolve) => {
      commits.also = () => {
        insert(db, n++)();
        return resolve;
      };
    });
    commits.schedule();
    commits.schedule();
    await scheduled;
    assertEquals([rows(other), commits.commits], [[1, 100, 101], 2]);
  });
});

Deno.test("when also() fails, the transaction is tried again with everything that was asked", async () => {
  await withCommits(async ({ db, other, commits, failures }) => {
    let times = 0;
    commits.also = () => {
      if (++times === 1) throw new Error("for once");
      return undefined;
    };
    await commits.result(insert(db, 1), closed);
    assertEquals([rows(other), failures, times], [[1], ["for once"], 2]);
  });
});
