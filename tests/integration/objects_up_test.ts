// A mesh with a bucket: large payloads travel through it, what ended is copied into it, and a server that is away for a
// while loses nothing.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { openStore } from "@troupe/host/crew/open_store";
import { openTransport } from "@troupe/host/transport/open";
import { runTroupe, troupe } from "../mesh_process.ts";
import { lacksS3, S3Server } from "../servers/s3.ts";
import { greet, TestMesh } from "./_mesh_folder.ts";
import { UpProcess } from "./_up_process.ts";

const MIB = 1024 * 1024;
const COUNT = 1_200;
/** Everything that is looked for here comes within this time, in milliseconds, or does not come. */
const PATIENCE_MS = 60_000;
const ACTORS = {
  double: `export const handle = ({ text }) => ({ text: text + text });\n`,
  size: `export const handle = ({ text }) => ({ length: text.length });\n`,
};

/** Runs on a server of its own, whose keys are in the environment. */
function test(name: string, run: (server: S3Server, bucket: string) => Promise<void>): void {
  Deno.test({
    name,
    ignore: lacksS3(),
    async fn() {
      const server = await S3Server.start();
      try {
        const bucket = await server.bucket();
        await server.withKeys(() => run(server, bucket));
      } finally {
        await server.stop();
      }
    },
  });
}

test(
  "large payloads travel through a bucket, also to a mesh that had none before",
  async (server, bucket) => {
    await using mesh = await TestMesh.make(ACTORS);
    const where = ["--data", mesh.data];
    const text = "0123456789abcdef".repeat(1.5 * MIB / 16);
    const send = (id: string, [curr, ...next]: string[]) =>
      troupe(["send", "--envelope", "--file", "-", ...where], {
        stdin: JSON.stringify({ id, route: { prev: [], curr, next }, payload: { text } }),
      });
    const untilIdle = async (...args: string[]) => {
      await using up = new UpProcess([mesh.dir, "--until-idle", ...args]);
      assertEquals(await up.code, 0, up.output);
    };
    await untilIdle();
    await send("before", ["size"]);
    const objects = server.address(`${bucket}/m`);
    await untilIdle("--objects", objects);
    // A command that names nothing finds the bucket.
    await send("after", ["double", "size"]);
    await send("whole", ["double"]);
    assertEquals((await server.list(bucket, "m/claims/")).length, 1);
    await untilIdle("--objects", objects);
    assertEquals((await server.list(bucket, "m/claims/")).length, 2);
    const payloadOf = async (id: string) =>
      JSON.parse(await server.text(bucket, `m/results/succeeded/${id}/${id}.json`)).payload;
    assertEquals(await payloadOf("before"), { length: 1.5 * MIB });
    assertEquals(await payloadOf("after"), { length: 3 * MIB });
    assertEquals((await payloadOf("whole")).text === text + text, true);
    const store = await openStore(join(mesh.data, "results.db"));
    // Only the one of before is in the store.
    assertEquals([(await store.counts()).byPhase, await store.claims.forget(Date.now() + 1000)], [
      { succeeded: 3 },
      1,
    ]);
    await store.close();
    const { code, stderr } = await runTroupe(["up", mesh.dir, "--until-idle"]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "keeps large payloads in s3://");
  },
);

test("a bucket that cannot be used is told at the start, with what to do", async (server, bucket) => {
  await using mesh = await TestMesh.make(ACTORS);
  const up = (objects: string) => runTroupe(["up", mesh.dir, "--until-idle", "--objects", objects]);
  const missing = await up(server.address("none-such"));
  assertEquals(missing.code, 1);
  assertStringIncludes(missing.stderr, "There is no bucket s3://none-such");
  const denied = await server.withKeys(() => up(server.address(bucket)), { AWS_SECRET_ACCESS_KEY: "geheim" });
  assertEquals(denied.code, 1);
  assertStringIncludes(denied.stderr, "Set AWS_ACCESS_KEY_ID");
  assert(!denied.stderr.includes("geheim"), denied.stderr);
});

test(
  "the server is killed under load and comes back: every result has its object, and it was said what was wrong",
  async (server, bucket) => {
    await using mesh = await TestMesh.make({ greet: greet("hello") });
    const objects = server.address(`${bucket}/m`);
    await using up = new UpProcess([mesh.dir, "--objects", objects, "--metrics-port", "0", "--log", "json"]);
    await up.says(/mesh is up: 1 actor/);
    const [, port = ""] = await up.says(/http:\/\/127\.0\.0\.1:(\d+)/);
    const transport = await openTransport(`embedded:${join(mesh.data, "mesh.db")}`);
    const submit = async (from: number, to: number) => {
      const outcomes = await transport.publish(Array.from({ length: to - from }, (_, i) => ({
        queue: "greet",
        body: new TextEncoder().encode(
          `{"id":"${from + i}","route":{"prev":[],"curr":"greet","next":[]},"payload":{"name":"${
            from + i
          }"}}`,
        ),
      })));
      assert(outcomes.every(({ kind }) => kind === "ok"));
    };
    await submit(0, COUNT / 2);
    await until(() => server.list(bucket, "m/results/"), ({ length }) => length > 0);
    await server.kill9();
    await submit(COUNT / 2, COUNT);
    const readiness = async () => await (await fetch(`http://127.0.0.1:${port}/readyz`)).text();
    const text = await until(readiness, (text) => text.includes(`s3://${bucket}/m`));
    assertStringIncludes(text, "x-sink");
    await up.says(/nothing can be recorded/);
    for (const said of [text, up.output]) assert(!said.includes(server.keys.AWS_SECRET_ACCESS_KEY));
    await server.restart();
    await until(() => server.list(bucket, "m/results/"), ({ length }) => length === COUNT);
    for (let n = 0; n < COUNT; n += 100) {
      const { payload } = JSON.parse(await server.text(bucket, `m/results/succeeded/${n}/${n}.json`));
      assertEquals(payload, { said: `hello, ${n}` });
    }
    await until(readiness, (text) => text.includes("ready") && !text.includes("s3://"));
    await until(
      () => transport.depth("x-sink"),
      ({ ready, delayed, leased }) => ready + delayed + leased === 0,
    );
    await transport.close();
    up.kill("SIGTERM");
    assertEquals(await up.code, 0);
  },
);

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
