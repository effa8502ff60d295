// `troupe up` as a person runs it: what it builds, runs, refuses, and how it ends.

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { MeshProcess, troupe } from "../mesh_process.ts";
import { actorYaml, greet, SLOW, TestMesh } from "./_mesh_folder.ts";
import { UpProcess } from "./_up_process.ts";

/** The payload of the one result of one envelope that is sent now. */
async function ask(data: string, route: string, payload: unknown): Promise<unknown> {
  const printed = await troupe(["send", route, JSON.stringify(payload), "--wait", "--data", data]);
  return JSON.parse(printed).payload;
}

async function results(data: string): Promise<{ id: string; phase: string; payload: unknown }[]> {
  const printed = await troupe(["results", "--json", "--data", data]);
  return printed.split("\n").filter(Boolean).map((line) => JSON.parse(line));
}

/** Waits until an actor has an envelope in hand, as its metrics say. */
async function inHand(port: string, actor: string): Promise<void> {
  for (;;) {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    if (text.includes(`troupe_envelopes_in_flight{actor="${actor}"} 1`)) return;
  }
}

Deno.test("it builds and runs what it can, names what it refuses, and results come", async () => {
  await using mesh = await TestMesh.make({
    greet: greet("hello"),
    thief: `export const handle = () => fetch("http://example.com");\n`,
  });
  await using up = new UpProcess([mesh.dir]);
  await up.says(/^mesh is up: 1 actor \(greet\); thief does not run: .*actor\.js:1:\d+.*fetch/m);
  assertEquals(await ask(mesh.data, "greet", { name: "Ada" }), { said: "hello, Ada" });
  up.kill("SIGTERM");
  assertEquals(await up.code, 0);
  assertMatch(up.output, /^draining/m);
});

Deno.test("changes are taken up while it runs; those that cannot be leave what runs as it is", async () => {
  await using mesh = await TestMesh.make({ greet: greet("hello") });
  await using up = new UpProcess([mesh.dir, "--plain"]);
  await up.says(/^mesh is up/m);
  const said = async () => await ask(mesh.data, "greet", { name: "Ada" });

  await up.saysAfter(/^greet was swapped/m, () => mesh.write("greet", greet("good day")));
  assertEquals(await said(), { said: "good day, Ada" });

  await up.saysAfter(
    /^greet: the newest version does not run; the one before it goes on: [^]*actor\.js:1/m,
    () => mesh.write("greet", "export const handle = (((;\n"),
  );
  assertEquals(await said(), { said: "good day, Ada" });

  await up.saysAfter(/^greet was swapped/m, () => mesh.write("greet", greet("welcome")));
  assertEquals(await said(), { said: "welcome, Ada" });

  await up.saysAfter(
    /the change is not taken up: [^]*actor\.yaml[^]*limits/m,
    () => mesh.writeYaml("greet", actorYaml("greet", "  limit: {}\n")),
  );
  assertEquals(await said(), { said: "welcome, Ada" });

  // The spec alone is new: another host takes the place of the one before.
  await up.saysAfter(
    /^greet was swapped/m,
    () => mesh.writeYaml("greet", actorYaml("greet", "  limits: { concurrency: 2 }\n")),
  );
  assertEquals(await said(), { said: "welcome, Ada" });

  await up.saysAfter(/^part runs/m, () => mesh.write("part", greet("farewell")));
  assertEquals(await ask(mesh.data, "part", { name: "Ada" }), { said: "farewell, Ada" });

  await up.saysAfter(/^part has ended/m, () => Deno.remove(join(mesh.dir, "part"), { recursive: true }));
  assertEquals(await said(), { said: "welcome, Ada" });
});

Deno.test("with --until-idle it works off what is queued and ends", async () => {
  await using mesh = await TestMesh.make({ greet: greet("hello"), broken: "export const x = 1;\n" });
  const options = [mesh.dir, "--until-idle", "--no-check"];
  {
    // Sending needs queues: they are there once it has been started.
    await using up = new UpProcess(options);
    assertEquals(await up.code, 0);
  }
  await troupe(["send", "greet", ...Array(5).fill('{"name":"Ada"}'), "--data", mesh.data]);
  {
    await using up = new UpProcess(options);
    assertEquals(await up.code, 0, up.output);
    assertEquals((await results(mesh.data)).length, 5);
  }
  await troupe(["send", "greet,broken", '{"name":"Ada"}', '{"name":"Bob"}', "--data", mesh.data]);
  await using up = new UpProcess(options);
  assertEquals(await up.code, 1);
  assertMatch(up.output, /^2 envelopes wait for broken, which does not run/m);
});

Deno.test("with --no-restore instances are made anew, which the log says of each sandbox", async () => {
  await using mesh = await TestMesh.make({ greet: greet("hello") });
  const options = [mesh.dir, "--until-idle", "--log", "json", "--log-level", "debug"];
  for (const [more, restores] of [[[], true], [["--no-restore"], false]] as const) {
    await using up = new UpProcess([...options, ...more]);
    assertEquals(await up.code, 0, up.output);
    const [line = "{}"] = up.output.split("\n").filter((line) => line.includes("stage: child-started"));
    assertEquals(JSON.parse(line).restores, restores, up.output);
  }
});

Deno.test("SIGTERM finishes what is in hand and takes no more", async () => {
  await using mesh = await TestMesh.make({ slow: SLOW });
  await mesh.writeYaml("slow", actorYaml("slow", "  limits: { concurrency: 1 }\n"));
  await using up = new UpProcess([mesh.dir, "--metrics-port", "0"]);
  const [, port = ""] = await up.says(/^metrics at http:\/\/127\.0\.0\.1:(\d+)\/metrics/m);
  await up.says(/^mesh is up/m);
  const [first] = (await troupe(["send", "slow", '{"ms":1500}', '{"ms":0}', "--data", mesh.data])).split(
    "\n",
  );
  await inHand(port, "slow");
  up.kill("SIGTERM");
  await up.says(/^draining: no more is taken, 1 envelope in hand/m);
  assertEquals(await up.code, 0);
  assertEquals((await results(mesh.data)).map(({ id }) => id), [first]);
});

Deno.test("a second signal ends at once, and what was in hand is handled at the next start", async () => {
  await using mesh = await TestMesh.make({ slow: SLOW });
  {
    await using up = new UpProcess([mesh.dir, "--metrics-port", "0"]);
    const [, port = ""] = await up.says(/^metrics at http:\/\/127\.0\.0\.1:(\d+)\/metrics/m);
    await up.says(/^mesh is up/m);
    await troupe(["send", "slow", '{"ms":4000}', "--data", mesh.data]);
    await inHand(port, "slow");
    up.kill("SIGINT");
    await up.says(/^draining/m);
    up.kill("SIGINT");
    assertEquals(await up.code, 130);
  }
  assertEquals(await results(mesh.data), []);
  await using up = new UpProcess([mesh.dir, "--until-idle"]);
  assertEquals(await up.code, 0);
  assertEquals((await results(mesh.data)).map(({ payload }) => payload), [{ ms: 4000 }]);
});

Deno.test("kill -9 under load, and a restart: every result is there once", async () => {
  await using mesh = await TestMesh.make({
    spread: `export function* handle({ k }) { for (let i = 0; i < 10; i++) yield { k, i }; }\n`,
    work: `export const handle = ({ k, i }) => ({ k, i, sum: k + i });\n`,
  });
  const process = new MeshProcess({ dir: mesh.dir, data: mesh.data });
  await process.start();
  try {
    const payloads = Array.from({ length: 60 }, (_, k) => JSON.stringify({ k }));
    await troupe(["send", "spread,work", ...payloads, "--data", mesh.data]);
    await process.kill("up");
    await process.kill("both");
  } finally {
    await process.finish();
  }
  const found = (await results(mesh.data)).map(({ payload }) => JSON.stringify(payload)).sort();
  const expected = Array.from(
    { length: 600 },
    (_, n) => JSON.stringify({ k: Math.floor(n / 10), i: n % 10, sum: Math.floor(n / 10) + n % 10 }),
  ).sort();
  assertEquals(found, expected);
});

Deno.test("health and metrics over HTTP; every line of the log is JSON", async () => {
  await using mesh = await TestMesh.make({ greet: greet("hello"), broken: "export const x = 1;\n" });
  await using up = new UpProcess([mesh.dir, "--log", "json", "--log-level", "debug", "--metrics-port", "0"]);
  const [, port] = await up.says(/"port":(\d+)/);
  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: response.status, text: await response.text() };
  };
  await up.says(/"message":"mesh is up/);
  assertEquals(await get("/healthz"), { status: 200, text: '{"status":"alive"}' });
  const readiness = await get("/readyz");
  assertEquals(readiness.status, 503);
  assertEquals(JSON.parse(readiness.text).problems.map(({ part }: { part: string }) => part), ["broken"]);
  await ask(mesh.data, "greet", { name: "Ada" });
  const metrics = await get("/metrics");
  assertMatch(metrics.text, /troupe_hops_total\{actor="greet",verdict="finished"\} 1/);
  assertMatch(metrics.text, /troupe_queue_messages\{queue="greet",state="ready"\} 0/);
  await up.saysAfter(/greet was swapped/, () => mesh.write("greet", greet("hi")));
  await up.saysAfter(/broken runs/, () => mesh.write("broken", greet("hi")));
  assertEquals((await get("/readyz")).status, 200);
  up.kill("SIGTERM");
  assertEquals(await up.code, 0);
  const lines = up.output.trimEnd().split("\n").map((line) => JSON.parse(line));
  const isUp = lines.find(({ message }) => message.startsWith("mesh is up"));
  assertEquals([isUp.level, isUp.running, isUp.refused.length], ["info", ["greet"], 1]);
});

Deno.test("a mesh whose state is in use is refused, and the one that has it goes on", async () => {
  await using mesh = await TestMesh.make({ greet: greet("hello") });
  await using up = new UpProcess([mesh.dir]);
  await up.says(/^mesh is up/m);
  {
    await using second = new UpProcess([mesh.dir]);
    assertEquals(await second.code, 1);
    assertMatch(second.output, /^troupe: A mesh is running already \(process \d+\) with its state in /m);
  }
  assertEquals(await ask(mesh.data, "greet", { name: "Ada" }), { said: "hello, Ada" });
  up.kill("SIGKILL");
  await up.code;
  await using again = new UpProcess([mesh.dir, "--until-idle"]);
  assertEquals(await again.code, 0);
});

Deno.test("what cannot be started is said, and leaves nothing behind", async () => {
  const dir = await Deno.makeTempDir({ prefix: "troupe_mesh_" });
  try {
    for (
      const [folder, problem] of [[dir, "has no actor.yaml"], [join(dir, "none"), "does not exist"]] as const
    ) {
      await using up = new UpProcess([folder]);
      assertEquals(await up.code, 1);
      assertStringIncludes(up.output, problem);
    }
    assertEquals(await Array.fromAsync(Deno.readDir(dir)), []);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("a port that is taken is named; a mesh in which nothing runs ends where nothing can change", async () => {
  await using mesh = await TestMesh.make({ broken: "export const x = 1;\n" });
  {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    await using up = new UpProcess([mesh.dir, "--metrics-port", String(listener.addr.port)]);
    assertEquals(await up.code, 1);
    assertStringIncludes(up.output, `Port ${listener.addr.port} is taken`);
  }
  await using up = new UpProcess([mesh.dir, "--no-watch"]);
  assertEquals(await up.code, 1);
  assert(up.output.includes("no actor runs"), up.output);
});
