// Actors that are paused and resumed, envelopes that are called off: by commands, while a mesh runs and while it does not.

import { assert, assertEquals } from "@std/assert";
import { openSqliteStore } from "@troupe/host/crew/sqlite_store";
import type { StoredResult } from "@troupe/host/crew/store";
import { join } from "@std/path";
import { runTroupe } from "../mesh_process.ts";
import { lacksRabbitmq, RabbitmqServer, withCredentials } from "../servers/rabbitmq.ts";
import { actorYaml, TestMesh } from "./_mesh_folder.ts";
import { UpProcess } from "./_up_process.ts";

const PASS_ON = "export const handle = (payload) => payload;\n";
const SPLIT = `export function* handle(payload) {
  for (let n = 0; n < 5; n++) yield n;
}
`;

async function troupe(
  mesh: TestMesh,
  ...args: string[]
): Promise<{ code: number; out: string; err: string }> {
  const { code, stdout, stderr } = await runTroupe([...args, "--data", mesh.data]);
  return { code, out: stdout.trim(), err: stderr.trim() };
}

/** Phases of the results, by how often each came. */
async function phases(mesh: TestMesh): Promise<Record<string, number>> {
  const store = await openSqliteStore({ path: join(mesh.data, "results.db") });
  try {
    return { ...(await store.counts()).byPhase };
  } finally {
    await store.close();
  }
}

async function resultsOf(mesh: TestMesh, phase: string): Promise<readonly StoredResult[]> {
  const store = await openSqliteStore({ path: join(mesh.data, "results.db") });
  try {
    return (await store.results({ phase })).items;
  } finally {
    await store.close();
  }
}

async function ready(mesh: TestMesh, ...args: string[]): Promise<void> {
  await using up = new UpProcess([mesh.dir, "--until-idle", ...args]);
  assertEquals(await up.code, 0);
}

/** The same on every transport. @param args What chooses it. */
async function pausesAndResumes(...args: string[]): Promise<void> {
  await using mesh = await TestMesh.make({ one: PASS_ON, two: PASS_ON });
  await ready(mesh, ...args);
  {
    await using up = new UpProcess([mesh.dir, ...args]);
    await up.says(/mesh is up: 2 actors/);
    assertEquals(await troupe(mesh, "pause", "two"), { code: 0, out: "", err: "two is paused." });
    // The other actor goes on.
    assertEquals((await troupe(mesh, "send", "one", "1", "--wait")).code, 0);
    assertEquals((await troupe(mesh, "send", "two", "2")).code, 0);
    up.kill("SIGTERM");
    await up.code;
  }
  assertEquals(await phases(mesh), { succeeded: 1 });
  assertEquals((await troupe(mesh, "pause", "two")).err, "two was paused before.");
  await using up = new UpProcess([mesh.dir, "--until-idle", ...args]);
  // What waits for an actor that is paused is not worked off, and that is said.
  assert(await up.code !== 0, up.output);
  assert(/1 envelope.*two|two.*1 envelope/.test(up.output), up.output);
  assertEquals(await phases(mesh), { succeeded: 1 });
  assertEquals((await troupe(mesh, "resume", "two")).err, "two is resumed.");
  await ready(mesh, ...args);
  assertEquals(await phases(mesh), { succeeded: 2 });
  assertEquals((await troupe(mesh, "resume", "two")).err, "two was not paused.");
}

Deno.test("troupe pause: what comes waits, whether hosts run or begin later; troupe resume: it goes on", async () => {
  await pausesAndResumes();
});

if (!lacksRabbitmq()) {
  Deno.test("troupe pause and resume, on RabbitMQ", async () => {
    const server = await RabbitmqServer.start();
    try {
      await withCredentials(server, () => pausesAndResumes("--transport", server.address()));
    } finally {
      await server.stop();
    }
  });
}

Deno.test("troupe cancel: an envelope, and everything that it was fanned out into, ends canceled", async () => {
  await using mesh = await TestMesh.make({ split: SPLIT, last: PASS_ON });
  await ready(mesh);
  await troupe(mesh, "pause", "last");
  const { out: id } = await troupe(mesh, "send", "split,last", "0");
  const { out: other } = await troupe(mesh, "send", "split,last", "0");
  const { out: whole } = await troupe(mesh, "send", "last", "0");
  {
    // Five slices of each come to the actor that is paused.
    await using up = new UpProcess([mesh.dir, "--until-idle"]);
    await up.code;
  }
  assertEquals(await phases(mesh), {});
  assertEquals((await troupe(mesh, "cancel", id)).err, `${id} is called off.`);
  assertEquals((await troupe(mesh, "cancel", whole, "--only")).err, `${whole} is called off.`);
  assertEquals((await troupe(mesh, "cancel", whole, "--only")).err, `${whole} was called off before.`);
  await troupe(mesh, "resume", "last");
  await ready(mesh);
  assertEquals(await phases(mesh), { canceled: 6, succeeded: 5 });
  const roots = new Set((await resultsOf(mesh, "canceled")).map(({ root }) => root));
  assertEquals([...roots].toSorted(), [id, whole].toSorted());
  assert(!roots.has(other));
});

Deno.test("troupe cancel: what waits for an answer is called off, and what comes to wait later does not", async () => {
  await using mesh = await TestMesh.make({ one: PASS_ON });
  await ready(mesh);
  await using up = new UpProcess([mesh.dir]);
  await up.says(/mesh is up/);
  const { out: waits } = await troupe(mesh, "send", "x-pause,one", "1");
  while ((await troupe(mesh, "parked", "--json")).out === "");
  const { err } = await troupe(mesh, "cancel", waits, "later");
  assert(err.includes(`${waits} is called off, and so is 1 envelope that waited.`), err);
  assert(err.includes("later is called off."), err);
  await troupe(mesh, "send", "x-pause,one", "2", "--id", "later");
  while ((await resultsOf(mesh, "canceled")).length < 2) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assertEquals((await troupe(mesh, "parked", "--json")).out, "");
  assertEquals(
    (await resultsOf(mesh, "canceled")).map(({ id }) => id).toSorted(),
    [waits, "later"].toSorted(),
  );
});

Deno.test("spec.rate holds an actor back; what is no rate is refused with the line", async () => {
  await using mesh = await TestMesh.make({ one: PASS_ON });
  await mesh.writeYaml("one", actorYaml("one", "  rate: 20/s\n"));
  const ids = Array.from({ length: 50 }, (_, n) => `${n}`);
  await ready(mesh);
  assertEquals((await troupe(mesh, "send", "one", ...ids)).code, 0);
  await ready(mesh);
  const store = await openSqliteStore({ path: join(mesh.data, "results.db") });
  const hops = (await Promise.all((await store.results()).items.map(({ root }) => store.hops(root)))).flat();
  await store.close();
  const starts = hops.map(({ startedAt }) => startedAt).toSorted((a, b) => a - b);
  assertEquals(starts.length, 50);
  const [first = 0, last = 0] = [starts[0], starts.at(-1)];
  // 20 at once, and 20 a second from then on; a clock that is read in milliseconds may be off by two.
  assert(last - first >= (50 - 20 - 1) / 20 * 1000 - 2, `50 hops in ${last - first} ms`);
  await mesh.writeYaml("one", actorYaml("one", "  rate: often\n"));
  await using up = new UpProcess([mesh.dir]);
  assertEquals(await up.code, 1);
  assert(/spec\.rate.*has to be a rate, such as 100\/m/s.test(up.output), up.output);
});

Deno.test("a name that no actor can have, and the crew, are refused", async () => {
  await using mesh = await TestMesh.make({ one: PASS_ON });
  await ready(mesh);
  for (const name of ["x-sink", "No Name"]) {
    const { code, err } = await troupe(mesh, "pause", name);
    assertEquals(code, 2);
    assert(err.includes(JSON.stringify(name)), err);
  }
});
