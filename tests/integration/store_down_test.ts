// A store that is away for a while loses nothing: its server is killed under load and comes back, or another process
// holds its file.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { openStore } from "@troupe/host/crew/open_store";
import { runSink } from "@troupe/host/crew/sink";
import type { CrewStore } from "@troupe/host/crew/store";
import { createLogger } from "@troupe/host/observe/logs";
import type { Transport } from "@troupe/host/transport";
import { openTransport } from "@troupe/host/transport/open";
import { DatabaseSync } from "node:sqlite";
import { lacksPostgres, PostgresServer } from "../servers/postgres.ts";
import { greet, TestMesh } from "./_mesh_folder.ts";
import { UpProcess } from "./_up_process.ts";

const COUNT = 2_000;
/** Everything that is looked for here comes within this time, in milliseconds, or does not come. */
const PATIENCE_MS = 60_000;

/** Submits envelopes, as many as there are numbers in a range. */
async function submit(transport: Transport, { from, to }: { from: number; to: number }): Promise<void> {
  const body = (n: number) =>
    new TextEncoder().encode(
      `{"id":"id-${n}","route":{"prev":[],"curr":"greet","next":[]},"payload":{"name":"${n}"}}`,
    );
  const outcomes = await transport.publish(
    Array.from({ length: to - from }, (_, i) => ({ queue: "greet", body: body(from + i) })),
  );
  assert(outcomes.every(({ kind }) => kind === "ok"));
}

/** Asks until the answer is one that fits. */
async function until<T>(ask: () => Promise<T>, fits: (answer: T) => boolean): Promise<T> {
  const giveUp = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (fits(answer)) return answer;
    assert(Date.now() < giveUp, `it did not come: ${Deno.inspect(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function readiness(port: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://127.0.0.1:${port}/readyz`);
  return { status: response.status, text: await response.text() };
}

/** Every result is there, to the letter, and once. */
async function checkAll(store: CrewStore): Promise<void> {
  const { results, dead, byPhase, conflicts } = await until(
    () => store.counts(),
    ({ results }) => results >= COUNT,
  );
  assertEquals([results, dead, byPhase, conflicts], [COUNT, 0, { succeeded: COUNT }, 0]);
  for (let n = 0; n < COUNT; n++) {
    assertEquals((await store.result(`id-${n}`))?.payload, `{"said":"hello, ${n}"}`);
  }
}

async function underLoad(
  address: string,
  away: (mesh: { store: CrewStore; up: UpProcess; port: string; more: () => Promise<void> }) => Promise<void>,
): Promise<void> {
  await using mesh = await TestMesh.make({ greet: greet("hello") });
  const store = await openStore(address);
  await using up = new UpProcess([mesh.dir, "--store", address, "--metrics-port", "0", "--log", "json"]);
  await up.says(/mesh is up: 1 actor/);
  const [, port = ""] = await up.says(/http:\/\/127\.0\.0\.1:(\d+)/);
  const transport = await openTransport(`embedded:${join(mesh.data, "mesh.db")}`);
  // Another replica of x-sink, which takes its share.
  const sink = runSink({ transport, store, logger: createLogger({ format: "json", write: () => {} }) });
  await submit(transport, { from: 0, to: COUNT / 2 });
  await until(() => store.counts(), ({ results }) => results > 0);
  await away({ store, up, port, more: () => submit(transport, { from: COUNT / 2, to: COUNT }) });
  await checkAll(store);
  await until(() => readiness(port), ({ status }) => status === 200);
  assertEquals(sink.problem(), "");
  await until(
    () => transport.depth("x-sink"),
    ({ ready, delayed, leased }) => ready + delayed + leased === 0,
  );
  await sink.stop();
  await transport.close();
  await store.close();
  up.kill("SIGTERM");
  assertEquals(await up.code, 0);
}

Deno.test({
  name:
    "Postgres is killed under load and comes back: every result is there once, and it was said what was wrong",
  ignore: lacksPostgres(),
  async fn() {
    const server = await PostgresServer.start();
    try {
      await underLoad(server.address(), async ({ port, more, up }) => {
        await server.kill9();
        await more();
        const { text } = await until(() => readiness(port), ({ status }) => status === 503);
        assertStringIncludes(text, "x-sink");
        assertStringIncludes(text, `the database 127.0.0.1:${server.port}/postgres cannot record`);
        await up.says(/nothing can be recorded/);
        assert(!up.output.includes(server.password) && !text.includes(server.password));
        await server.restart();
      });
    } finally {
      await server.stop();
    }
  },
});

Deno.test("another process holds the SQLite file: every result is there once, and it was said what was wrong", async () => {
  const folder = await Deno.makeTempDir({ prefix: "troupe_store_down_" });
  try {
    const path = join(folder, "results.db");
    await underLoad(`sqlite:${path}`, async ({ port, more, up }) => {
      using other = new DatabaseSync(path);
      other.exec("PRAGMA busy_timeout = 60000; BEGIN IMMEDIATE");
      await more();
      const { text } = await until(() => readiness(port), ({ status }) => status === 503);
      assertStringIncludes(text, "database is locked");
      await up.says(/nothing can be recorded/);
      other.exec("COMMIT");
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
