// Payloads that are too large for a queue: from a sender through hops, fan-outs, joins, pauses, failures and replays, as if
// they travelled.

import { assert, assertEquals } from "@std/assert";
import { openSqliteStore } from "@troupe/host/crew/sqlite_store";
import type { CrewStore } from "@troupe/host/crew/store";
import { DatabaseSync } from "node:sqlite";
import { join } from "@std/path";
import { troupe } from "../mesh_process.ts";
import { lacksRabbitmq, RabbitmqServer, withCredentials } from "../servers/rabbitmq.ts";
import { actorYaml, TestMesh } from "./_mesh_folder.ts";
import { UpProcess } from "./_up_process.ts";

const MIB = 1024 * 1024;
const ACTORS = {
  // One and a half megabytes come in, three go out.
  double: `export const handle = ({ text }) => ({ text: text + text });\n`,
  halve: `export function* handle({ text }) {
  yield { text: text.slice(0, text.length / 2), half: 0 };
  yield { text: text.slice(text.length / 2), half: 1 };
}
`,
  size:
    `export const handle = (parts) => ({ lengths: parts.map(({ text, half }) => [half, text.length]), parts });\n`,
  fails: `export function handle({ text, answered }) {
  if (!answered) throw new RangeError("not like this");
  return { length: text.length };
}
`,
};

async function withStore<T>(mesh: TestMesh, use: (store: CrewStore) => Promise<T>): Promise<T> {
  const store = await openSqliteStore({ path: join(mesh.data, "results.db") });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

/** The same on every transport. @param args What chooses it. */
async function largePayloads(...args: string[]): Promise<void> {
  await using mesh = await TestMesh.make(ACTORS);
  for (const name of Object.keys(ACTORS)) await mesh.writeYaml(name, actorYaml(name, "  isolation: reuse\n"));
  const where = ["--data", mesh.data];
  const untilIdle = async () => {
    await using up = new UpProcess([mesh.dir, "--until-idle", ...args]);
    assertEquals(await up.code, 0, up.output);
  };
  await untilIdle();
  const text = "0123456789abcdef".repeat(1.5 * MIB / 16);
  const payload = JSON.stringify({ text });
  const one = (id: string, route: string[]) =>
    JSON.stringify({ id, route: { prev: [], curr: route[0], next: route.slice(1) }, payload: { text } });
  await troupe(["send", "--envelope", "--file", "-", ...where], {
    stdin: [
      one("doubled", ["double"]),
      one("joined", ["double", "halve", "x-join", "size"]),
      one("asked", ["x-pause", "fails"]),
      one("failed", ["fails"]),
    ].join("\n"),
  });
  if (args.length === 0) assertEquals(largestBody(join(mesh.data, "mesh.db")) < MIB / 2, true);
  await untilIdle();
  await troupe(["answer", "asked", '{"answered":true}', "--timeout", "1ms", ...where], { codes: [0, 3] });
  await untilIdle();
  await withStore(mesh, async (store) => {
    const doubled = JSON.parse((await store.result("doubled"))?.payload ?? "null");
    assertEquals(doubled.text === text + text, true);
    const joined = JSON.parse((await store.result("joined"))?.payload ?? "null");
    assertEquals(joined.lengths, [[0, 1.5 * MIB], [1, 1.5 * MIB]]);
    assertEquals(joined.parts[1].text === text, true);
    assertEquals((await store.result("asked"))?.payload, `{"length":${1.5 * MIB}}`);
    const failed = await store.result("failed");
    assertEquals([failed?.phase, failed?.payload === payload], ["failed", true]);
    for (const id of ["doubled", "joined", "asked", "failed"]) {
      const headers = (await store.result(id))?.headers ?? "";
      assert(!headers.includes("x-troupe-claim"), headers);
    }
  });
  await troupe([
    "dlq",
    "replay",
    "failed",
    "--payload",
    '{"answered":true,"text":"short"}',
    ...where,
  ]);
  await untilIdle();
  await withStore(mesh, async (store) => {
    const [dead, { byPhase }] = [await store.dead(), await store.counts()];
    assertEquals(dead.items, []);
    assertEquals(byPhase, { succeeded: 4, failed: 1 });
    assertEquals(await store.claims.forget(Date.now() + 1000) > 0, true);
  });
}

/** Bytes of the largest message in the queues' file. */
function largestBody(file: string): number {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    return Number(db.prepare("SELECT coalesce(max(length(body)), 0) AS most FROM body").get()?.most);
  } finally {
    db.close();
  }
}

Deno.test("payloads that are too large to travel arrive", async () => {
  await largePayloads();
});

if (!lacksRabbitmq()) {
  Deno.test("payloads that are too large to travel arrive, on RabbitMQ", async () => {
    const server = await RabbitmqServer.start();
    try {
      await withCredentials(server, () => largePayloads("--transport", server.address()));
    } finally {
      await server.stop();
    }
  });
}
