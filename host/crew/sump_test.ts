import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { gate, utf8, withBench } from "../_testing.ts";
import { wrapDead } from "./dead_letter.ts";
import { openSqliteStore } from "./sqlite_store.ts";
import type { DeadRecord, Recorded, Store } from "./store.ts";
import { runSump } from "./sump.ts";

interface Setting {
  readonly store: Store;
  /** Sends bodies to the sump one after the other, and gives what was recorded of each. */
  send(...bodies: Uint8Array[]): Promise<Recorded[]>;
}

async function withSump(run: (setting: Setting) => Promise<void>): Promise<void> {
  await withBench({}, async ({ folder, transport, logger }) => {
    const store = await openSqliteStore({ path: join(folder, "results.db") });
    let recorded = gate<Recorded>();
    const onRecorded = (_: DeadRecord, what: Recorded) => recorded.open(what);
    const sump = runSump({ transport, logger, store, onRecorded });
    const send = async (...bodies: Uint8Array[]) => {
      const all: Recorded[] = [];
      for (const body of bodies) {
        recorded = gate<Recorded>();
        await transport.publish([{ queue: "x-sump", body }]);
        all.push(await recorded.opened);
      }
      return all;
    };
    try {
      await run({ store, send });
    } finally {
      await sump.stop();
      await store.close();
    }
    assertEquals(await transport.depth("x-sump"), { ready: 0, delayed: 0, leased: 0 });
  });
}

const AT = new Date("2026-05-01T12:00:00Z");
const letter = (body: Uint8Array, reason = "troupe.TooLarge") =>
  wrapDead({ reason, message: "m", queue: "b", actor: "a", at: AT, body });
const envelope = (id: string, prev: string[] = [], headers = {}) =>
  utf8(JSON.stringify({ id, route: { prev, curr: "b", next: [] }, headers, payload: null }));

Deno.test("a dead envelope keeps its bytes, reason, queue, actor and time", async () => {
  await withSump(async ({ store, send }) => {
    const body = utf8(
      '{"payload" : [9007199254740993, -0] , "id":"1","route":{"prev":[],"curr":"b","next":[]}}',
    );
    assertEquals(await send(letter(body)), ["new"]);
    const { items: [record] } = await store.dead({ id: "1" });
    assertEquals(record, {
      key: "1/0/0",
      id: "1",
      root: "1",
      queue: "b",
      actor: "a",
      reason: "troupe.TooLarge",
      message: "m",
      error: "",
      body,
      diedAt: AT.getTime(),
    });
  });
});

Deno.test("the same death is recorded once; another hop or another replay is another death", async () => {
  await withSump(async ({ store, send }) => {
    assertEquals(
      await send(
        letter(envelope("1")),
        letter(envelope("1")),
        letter(envelope("1", ["a"])),
        letter(envelope("1", [], { "x-troupe-replay": 1 })),
        letter(envelope("2")),
      ),
      ["new", "repeat", "new", "new", "new"],
    );
    assertEquals((await store.dead({ id: "1" })).items.map(({ key }) => key), ["1/0/0", "1/1/0", "1/0/1"]);
  });
});

Deno.test("bytes that are no envelope are kept, each message of them", async () => {
  await withSump(async ({ store, send }) => {
    const noise = Uint8Array.of(0xff, 0, 0x0a);
    assertEquals(
      await send(letter(noise, "troupe.MalformedEnvelope"), letter(noise, "troupe.MalformedEnvelope")),
      [
        "new",
        "new",
      ],
    );
    const { items } = await store.dead();
    assertEquals(items.map(({ id, body, queue }) => [id, body, queue]), [["", noise, "b"], ["", noise, "b"]]);
  });
});

Deno.test("what someone has put there himself is kept too, whatever it is", async () => {
  await withSump(async ({ store, send }) => {
    const bodies = [
      envelope("1"),
      Uint8Array.of(1, 2),
      new Uint8Array(0),
      utf8('{"x-troupe-dead-letter":1}'),
    ];
    assertEquals(await send(...bodies), ["new", "new", "new", "new"]);
    const { items } = await store.dead();
    assertEquals(items.map(({ body }) => body), bodies);
    assertEquals(items.map(({ reason }) => reason), [
      "troupe.SentToSump",
      "troupe.MalformedEnvelope",
      "troupe.MalformedEnvelope",
      "troupe.MalformedEnvelope",
    ]);
  });
});
