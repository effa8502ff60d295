import { assertEquals, assertInstanceOf } from "@std/assert";
import { join } from "@std/path";
import { DatabaseSync } from "node:sqlite";
import { type Bench, gate, take, utf8, withBench } from "../_testing.ts";
import { unwrapDead } from "./dead_letter.ts";
import { runSink } from "./sink.ts";
import { openSqliteStore } from "./sqlite_store.ts";
import type { Recorded, ResultRecord, Store } from "./store.ts";

interface Setting extends Bench {
  readonly store: Store;
  readonly path: string;
  /** What was recorded, in order. */
  readonly told: [id: string, Recorded][];
  /** Sends bodies to the sink, and waits until so many have been recorded. */
  send(...bodies: (Uint8Array | string)[]): Promise<void>;
  /** Resolves when the store could not write. */
  readonly failed: Promise<void>;
  readonly problem: () => string;
}

async function withSink(run: (setting: Setting) => Promise<void>): Promise<void> {
  await withBench({}, async (bench) => {
    const path = join(bench.folder, "results.db");
    const failed = gate();
    const store = await openSqliteStore({ path, onFailure: () => failed.open() });
    const told: [string, Recorded][] = [];
    let waiting = 0;
    let recorded = gate();
    const onRecorded = ({ id }: ResultRecord, what: Recorded) => {
      told.push([id, what]);
      if (--waiting === 0) recorded.open();
    };
    const sink = runSink({ transport: bench.transport, logger: bench.logger, store, onRecorded });
    const send = async (...bodies: (Uint8Array | string)[]) => {
      waiting = bodies.length;
      recorded = gate();
      await bench.transport.publish(bodies.map((body) => ({
        queue: "x-sink",
        body: typeof body === "string" ? utf8(body) : body,
      })));
      await recorded.opened;
    };
    try {
      await run({ ...bench, store, path, told, send, failed: failed.opened, problem: () => sink.problem() });
    } finally {
      await sink.stop();
      await store.close();
    }
  });
}

interface Parts {
  readonly payload?: string;
  readonly phase?: string;
  readonly replay?: number;
}

function envelope(id: string, { payload = "1", phase = "succeeded", replay }: Parts = {}): string {
  const headers = replay === undefined ? {} : { "x-troupe-replay": replay };
  const status = { phase, ...(phase === "failed" ? { error: { type: "E", message: "m" } } : {}) };
  return `{"id":"${id}","route":{"prev":["a"],"curr":"","next":[]},"headers":${JSON.stringify(headers)},` +
    `"status":${JSON.stringify(status)},"payload":${payload}}`;
}

Deno.test("a result is kept once, by its id: the first is final, what differs is told apart and said", async () => {
  await withSink(async ({ send, store, told, lines, transport }) => {
    await send(envelope("1", { payload: '{ "n": 9007199254740993 }' }));
    await send(envelope("1", { payload: '{ "n": 9007199254740993 }' }));
    await send(envelope("1", { payload: "2" }));
    assertEquals(told, [["1", "new"], ["1", "repeat"], ["1", "conflict"]]);
    const result = await store.result("1");
    assertEquals([result?.payload, result?.repeats, result?.conflicts], ['{ "n": 9007199254740993 }', 1, 1]);
    assertEquals(lines.map(({ level, id }) => [level, id]), [["warn", "1"]]);
    assertEquals(await transport.depth("x-sink"), { ready: 0, delayed: 0, leased: 0 });
  });
});

Deno.test("a replay replaces a failure, and never what has succeeded", async () => {
  await withSink(async ({ send, store, told }) => {
    await send(envelope("f", { phase: "failed" }));
    await send(envelope("s"));
    await send(envelope("f", { replay: 1 }), envelope("s", { replay: 1, payload: "2" }));
    assertEquals(told.slice(2).sort(), [["f", "replaced"], ["s", "conflict"]]);
    assertEquals([(await store.result("f"))?.phase, (await store.result("f"))?.replay], ["succeeded", 1]);
    assertEquals((await store.result("s"))?.payload, "1");
  });
});

Deno.test("what is no envelope goes on to x-sump, to the byte, with the reason", async () => {
  await withSink(async ({ transport, store, told }) => {
    const bodies = [utf8("{"), Uint8Array.of(0xff, 0), utf8('{"id":"1"}'), new Uint8Array(0)];
    await transport.publish(bodies.map((body) => ({ queue: "x-sink", body })));
    const letters = (await take(transport, "x-sump", bodies.length)).map(({ body }) => unwrapDead(body));
    const byLength = (a: Uint8Array, b: Uint8Array) => a.length - b.length;
    assertEquals(letters.map((letter) => letter?.body as Uint8Array).sort(byLength), bodies.sort(byLength));
    for (const letter of letters) {
      assertEquals([letter?.reason, letter?.queue, letter?.actor], [
        "troupe.MalformedEnvelope",
        "x-sink",
        "x-sink",
      ]);
    }
    assertEquals([told, (await store.counts()).results], [[], 0]);
  });
});

Deno.test("while the store cannot write, nothing is acknowledged and nothing is lost", async () => {
  await withSink(async ({ send, transport, store, path, told, failed, problem }) => {
    await send(envelope("before"));
    const other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE");
    const ids = Array.from({ length: 50 }, (_, n) => `${n}`);
    const sending = send(...ids.map((id) => envelope(id)));
    await failed;
    const { ready, delayed, leased } = await transport.depth("x-sink");
    assertEquals([ready + delayed + leased, told.length], [50, 1]);
    assertEquals(problem(), "database is locked");
    other.exec("COMMIT");
    other.close();
    await sending;
    assertEquals(problem(), "");
    const { results, repeats, conflicts } = await store.counts();
    assertEquals([results, repeats, conflicts], [51, 0, 0]);
  });
});

Deno.test("a store that was closed under the sink loses nothing: what comes waits in its queue", async () => {
  await withBench({}, async ({ folder, transport, logger, nextLine }) => {
    const path = join(folder, "results.db");
    const closed = await openSqliteStore({ path });
    await closed.close();
    const broken = runSink({ transport, logger, store: closed });
    const line = nextLine("cannot be recorded");
    await transport.publish([{ queue: "x-sink", body: utf8(envelope("1")) }]);
    assertInstanceOf((await line).error, Object);
    await broken.stop();
    const store = await openSqliteStore({ path });
    const recorded = gate<Recorded>();
    const sink = runSink({ transport, logger, store, onRecorded: (_, what) => recorded.open(what) });
    assertEquals(await recorded.opened, "new");
    await sink.stop();
    await store.close();
  });
});
