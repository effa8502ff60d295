import { assert, assertEquals } from "@std/assert";
import { lacksS3 } from "@troupe/tests/servers/s3";
import { withBench } from "../../_testing.ts";
import { dead, failure, result } from "../_records_testing.ts";
import { startSqlite } from "../_store_harness_testing.ts";
import { startSweeper } from "../retention.ts";
import type { CrewStore, ResultRecord } from "../store.ts";
import { BucketArchive } from "./archive.ts";
import { openOn, sharedS3 } from "./_bucket_testing.ts";
import { withObjects } from "./mod.ts";

interface Archived {
  readonly store: CrewStore;
  /** The store without its bucket. */
  readonly records: CrewStore;
  list(prefix?: string): Promise<string[]>;
  text(key: string): Promise<string>;
}

function test(what: string, run: (archived: Archived) => Promise<void>): void {
  Deno.test({
    name: `archive: ${what}`,
    ignore: lacksS3(),
    async fn() {
      const server = await sharedS3();
      const bucket = await server.bucket();
      const sqlite = await startSqlite();
      const records = await sqlite.open();
      const store = withObjects(records, await openOn(server, `${bucket}/m`));
      try {
        await run({
          store,
          records,
          list: (prefix = "") => server.list(bucket, `m/${prefix}`),
          text: (key) => server.text(bucket, `m/${key}`),
        });
      } finally {
        await store.close();
        await sqlite.close();
      }
    },
  });
}

const payloadOf = (text: string) => JSON.parse(text).payload;

test("a result is an envelope, to the letter", async ({ store, text, list }) => {
  const payload = '{"n":9007199254740993,"n":-0, "é":"\\u0000"}';
  await store.recordResults([
    result("b", { root: "a", payload, parentId: "a", headers: '{"x":1}', extra: '"odd":1.0' }),
    failure("c", "ValueError"),
  ]);
  assertEquals(
    await text("results/succeeded/a/b.json"),
    `{"id":"b","parent_id":"a","route":{"prev":["a"],"curr":"","next":[]},"headers":{"x":1},` +
      `"status":{"phase":"succeeded"},"odd":1.0,"payload":${payload}}`,
  );
  assertEquals(await list("results/"), ["m/results/failed/c/c.json", "m/results/succeeded/a/b.json"]);
});

test("what comes again changes nothing, another result is not put, and a replay has an object of its own", async ({ store, list, text }) => {
  const first = failure("a", "E", { payload: "1" });
  assertEquals(await store.recordResults([first]), ["new"]);
  assertEquals(await store.recordResults([{ ...first, arrivedAt: 99 }]), ["repeat"]);
  assertEquals(await store.recordResults([{ ...first, payload: "2" }]), ["conflict"]);
  assertEquals(payloadOf(await text("results/failed/a/a.json")), 1);
  assertEquals(await store.recordResults([result("a", { payload: "3", replay: 1 })]), ["replaced"]);
  assertEquals(await store.recordResults([result("a", { payload: "4" })]), ["conflict"]);
  assertEquals(await list("results/"), ["m/results/failed/a/a.json", "m/results/succeeded/a/a!r1.json"]);
  assertEquals(payloadOf(await text("results/succeeded/a/a!r1.json")), 3);
});

test("what was recorded by a process that ended then is put when it comes again", async ({ store, records, list, text }) => {
  const record = result("a", { payload: "1" });
  await records.recordResults([record]);
  await records.recordDead([dead("d/0/0")]);
  assertEquals(await list("results/"), []);
  assertEquals(await store.recordResults([{ ...record, arrivedAt: 99 }]), ["repeat"]);
  assertEquals(await store.recordDead([dead("d/0/0")]), ["repeat"]);
  assertEquals(payloadOf(await text("results/succeeded/a/a.json")), 1);
  assertEquals(await list("dead/"), ["m/dead/d/d/0.json"]);
});

test("what was joined keeps its place, however late a slice with its id is put", async ({ store, records, text }) => {
  const frame = '{"g":"f","run":"","i":0,"n":2}';
  const slice = result("a", { headers: `{"x-troupe-fan":[${frame}]}`, payload: '"slice"' });
  const joined = result("a", { headers: '{"x-troupe-join":{"g":"f","before":[]}}', payload: '"joined"' });
  // As if its bucket had been slow: the join is recorded, and put, before the slice is.
  assertEquals(await records.recordResults([slice]), ["new"]);
  assertEquals(await store.recordResults([joined]), ["replaced"]);
  const server = await sharedS3();
  const late = await openOn(server, `${(await server.bucket())}/m`);
  const put: string[] = [];
  const archive = new BucketArchive(
    Object.assign(late, {
      put: (_key: string, body: Uint8Array) => {
        put.push(payloadOf(new TextDecoder().decode(body)));
        return Promise.resolve();
      },
    }),
    { store: records },
  );
  await archive.result(slice, "new");
  late.close();
  assertEquals(put, ["slice", "joined"]);
  assertEquals(await store.recordResults([slice]), ["repeat"]);
  assertEquals(payloadOf(await text("results/succeeded/a/a.json")), "joined");
});

test("a dead letter has why it is dead, and what it is", async ({ store, text }) => {
  const body = '{"id":"d","route":{"prev":["a"],"curr":"b","next":[]},"payload":{"n":1.0}}';
  await store.recordDead([
    dead("d/1/2", {
      body: new TextEncoder().encode(body),
      error: '{"type":"E","mro":[],"message":"m"}',
      component: "ff",
      diedAt: 0,
    }),
    dead("a/00/m", { id: "", root: "" }),
  ]);
  const letter = await text("dead/d/d/1!r2.json");
  assert(letter.endsWith(`"envelope":${body}}`), letter);
  const { envelope: _, ...why } = JSON.parse(letter);
  assertEquals(why, {
    key: "d/1/2",
    queue: "a",
    actor: "a",
    reason: "troupe.TooLarge",
    message: "m",
    error: { type: "E", mro: [], message: "m" },
    component: "ff",
    died_at: "1970-01-01T00:00:00.000Z",
  });
  assertEquals(JSON.parse(await text("dead/!none/a/00/m.json")).body, "AP8NCg==");
});

test("names of every kind are kept apart", async ({ store, list }) => {
  const ids = ["a", "a/b", "a.json", "..", "é", "x".repeat(1000), `${"x".repeat(999)}y`, "a!r1"];
  const records = ids.map((id): ResultRecord => result(id, { root: "r" }));
  await store.recordResults([...records, result("a!r1", { id: "other", replay: 1 })]);
  assertEquals((await list("results/")).length, ids.length + 1);
});

test("copies go when they are old, more than a page of them, and the others stay", async ({ store, list }) => {
  const many = Array.from({ length: 1100 }, (_, n) => result(`${n}`));
  await store.recordResults(many);
  await store.recordDead([dead("d/0/0")]);
  await store.claims.put(new Uint8Array(5), { now: Date.now() });
  assertEquals((await list()).length, 1103);
  assertEquals(await store.archive?.forget(Date.now() - 60_000), 0);
  await withBench({}, async ({ logger, lines }) => {
    const keep = { keepMs: 24 * 60_000, keepIdsMs: 24 * 60_000 };
    let now = Date.now() + keep.keepMs - 60_000;
    const sweeper = startSweeper({
      store: { expire: () => Promise.resolve(NOTHING), archive: store.archive! },
      logger,
      retention: keep,
      now: () => now,
    });
    await sweeper.sweep();
    assertEquals((await list()).length, 1103);
    // They are looked at again after a 24th of the time for which they are kept.
    now += 59_000;
    await sweeper.sweep();
    assertEquals((await list()).length, 1103);
    now += 10 * 60_000;
    await sweeper.sweep();
    await sweeper.stop();
    assertEquals(lines.map(({ copies }) => copies), [1101]);
  });
  assertEquals((await list("results/")).concat(await list("dead/")), []);
  assertEquals((await list()).length, 2);
});

const NOTHING = { results: 0, dead: 0, hops: 0, letters: 0, open: 0, ids: 0 };
