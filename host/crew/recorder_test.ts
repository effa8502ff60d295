import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { HOP_TOPIC, type HopRecord } from "../hop_record.ts";
import { createLogger } from "../observe/logs.ts";
import { openEmbedded } from "../transport/embedded/mod.ts";
import type { Transport } from "../transport/transport.ts";
import { recordHops } from "./recorder.ts";
import { openSqliteStore } from "./sqlite_store.ts";
import type { Store } from "./store.ts";

interface Setting {
  readonly transport: Transport;
  readonly store: Store;
  readonly lines: string[];
  readonly logger: ReturnType<typeof createLogger>;
}

async function withStore(run: (setting: Setting) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "troupe_recorder_" });
  const transport = await openEmbedded({ path: join(folder, "queues.db") });
  const store = await openSqliteStore({ path: join(folder, "results.db") });
  const lines: string[] = [];
  const logger = createLogger({ format: "json", write: (line) => lines.push(line) });
  try {
    await run({ transport, store, lines, logger });
  } finally {
    await transport.close();
    await store.close();
    await Deno.remove(folder, { recursive: true });
  }
}

const RECORD: HopRecord = {
  id: "1",
  parentId: "0",
  root: "0",
  actor: "a",
  hop: 0,
  attempt: 1,
  startedAt: 1,
  finishedAt: 2,
  verdict: "failed",
  error: { type: "E", message: "m" },
  children: [{ id: "1", to: "x-sink" }],
  host: "h:1",
  payload: "{}",
};

const utf8 = (text: string) => new TextEncoder().encode(text);
const send = (transport: Transport, value: unknown) =>
  transport.broadcast(HOP_TOPIC, utf8(JSON.stringify(value)));
/** What was broadcast before has been heard when this resolves. */
const heard = (transport: Transport) => transport.queues();

Deno.test("records that are broadcast are written, together, without waiting for the end", async () => {
  await withStore(async ({ transport, logger }) => {
    const batches: (readonly HopRecord[])[] = [];
    let written: () => void = () => {};
    const writing = new Promise<void>((resolve) => written = resolve);
    const store = {
      recordHops: (records: readonly HopRecord[]) => {
        batches.push(records);
        written();
        return Promise.resolve();
      },
    };
    const recorder = recordHops({ transport, store, logger });
    send(transport, RECORD);
    send(transport, { ...RECORD, id: "2" });
    await writing;
    assertEquals(batches, [[RECORD, { ...RECORD, id: "2" }]]);
    await recorder.stop();
    assertEquals(batches.length, 1);
  });
});

Deno.test("stop() writes what was heard, and hears no more", async () => {
  await withStore(async ({ transport, store, logger }) => {
    const recorder = recordHops({ transport, store, logger });
    send(transport, RECORD);
    await heard(transport);
    await recorder.stop();
    assertEquals(await store.hops("0"), [RECORD]);
    send(transport, { ...RECORD, id: "2" });
    await heard(transport);
    await recorder.stop();
    assertEquals([(await store.hops("0")).length, recorder.dropped], [1, 0]);
  });
});

Deno.test("what is no record is counted, and does no harm to the others", async () => {
  await withStore(async ({ transport, store, logger }) => {
    const recorder = recordHops({ transport, store, logger });
    const malformed: unknown[] = [
      null,
      [],
      {},
      { ...RECORD, id: 1 },
      { ...RECORD, startedAt: 0.5 },
      { ...RECORD, startedAt: 1e300 },
      { ...RECORD, startedAt: "1" },
      { ...RECORD, hop: -1 },
      { ...RECORD, verdict: "great" },
      { ...RECORD, children: [{ id: "1" }] },
    ];
    for (const value of malformed) send(transport, value);
    for (const bytes of [utf8("{"), Uint8Array.of(0xff, 0xfe)]) transport.broadcast(HOP_TOPIC, bytes);
    transport.broadcast("another topic", utf8("{"));
    send(transport, RECORD);
    await heard(transport);
    await recorder.stop();
    assertEquals(recorder.dropped, malformed.length + 2);
    assertEquals(await store.hops("0"), [RECORD]);
  });
});

Deno.test("more records than can wait are dropped and counted, not kept in memory", async () => {
  await withStore(async ({ transport, logger }) => {
    let written = 0;
    const store = {
      recordHops: (records: readonly HopRecord[]) => Promise.resolve(void (written += records.length)),
    };
    const recorder = recordHops({ transport, store, logger });
    const bytes = utf8(JSON.stringify(RECORD));
    for (let n = 0; n < 20_007; n++) transport.broadcast(HOP_TOPIC, bytes);
    await heard(transport);
    await recorder.stop();
    assertEquals([written, recorder.dropped], [20_000, 7]);
  });
});

Deno.test("records that cannot be written are counted as dropped, said once, and later ones are written", async () => {
  await withStore(async ({ transport, store, logger, lines }) => {
    let broken = true;
    let failed: () => void = () => {};
    const failure = new Promise<void>((resolve) => failed = resolve);
    const faulty = {
      recordHops(records: readonly HopRecord[]) {
        if (!broken) return store.recordHops(records);
        failed();
        return Promise.reject(new Error("the disk is gone"));
      },
    };
    const recorder = recordHops({ transport, store: faulty, logger });
    send(transport, RECORD);
    send(transport, RECORD);
    await failure;
    broken = false;
    send(transport, { ...RECORD, id: "2" });
    await heard(transport);
    await recorder.stop();
    assertEquals(recorder.dropped, 2);
    assertEquals((await store.hops("0")).map(({ id }) => id), ["2"]);
    assertEquals(lines.map((line) => JSON.parse(line)).map(({ level, count }) => [level, count]), [[
      "warn",
      2,
    ]]);
  });
});
