// Processes of a mesh that has a bucket.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { lacksS3, S3Server } from "@troupe/tests/servers/s3";
import { read } from "./_host_testing.ts";
import { MainProcess } from "./_main_process_testing.ts";
import { type Bench, take, utf8, withBench } from "./_testing.ts";
import { withClaims } from "./crew/claiming_transport.ts";
import { openClaims } from "./crew/open_store.ts";
import { openSqliteStore } from "./crew/sqlite_store.ts";
import { watComponent } from "./stage/_testing.ts";
import type { Delivery } from "./transport/transport.ts";

// What fails goes on with the payload that it had.
const FAILS = { handle: "(unreachable)" };
const PAYLOAD = JSON.stringify("é".repeat(300_000));
const LARGE = utf8(`{"id":"1","route":{"prev":[],"curr":"a","next":[]},"payload":${PAYLOAD}}`);

interface Given {
  readonly bench: Bench;
  readonly server: S3Server;
  readonly bucket: string;
  /** What runs an actor that fails. */
  readonly actor: string[];
  /** What runs `x-sink`. */
  readonly sink: string[];
}

function test(name: string, run: (given: Given) => Promise<void>): void {
  Deno.test({
    name,
    ignore: lacksS3(),
    async fn() {
      const server = await S3Server.start();
      try {
        await server.withKeys(() =>
          withBench({ queues: ["a", "x-sink", "x-sump"] }, async (bench) => {
            const { folder } = bench;
            await Deno.writeFile(join(folder, "a.wasm"), await watComponent(FAILS));
            const spec = {
              apiVersion: "troupe.dev/v1alpha1",
              kind: "Actor",
              metadata: { name: "a" },
              spec: { component: { file: "a.wasm" } },
            };
            await Deno.writeTextFile(join(folder, "actor.yaml"), JSON.stringify(spec));
            const transport = ["--transport", `embedded:${join(folder, "queues.db")}`];
            await run({
              bench,
              server,
              bucket: await server.bucket(),
              actor: [join(folder, "actor.yaml"), ...transport, "--cache", join(folder, "cache")],
              sink: ["x-sink", ...transport, "--store", join(folder, "results.db"), "--metrics-port", "0"],
            });
          })
        );
      } finally {
        await server.stop();
      }
    },
  });
}

test("processes meet in a bucket: an actor's host needs no store for payloads that are too large to travel", async ({ bench, server, bucket, actor, sink }) => {
  const { transport, folder, logger } = bench;
  const objects = server.address(`${bucket}/m`);
  await using host = new MainProcess([...actor, "--objects", objects]);
  await using end = new MainProcess(sink, { TROUPE_OBJECTS: objects });
  await Promise.all([host.line("it runs"), end.line("it runs")]);
  const opened = await openClaims({ store: "", objects });
  const sender = withClaims(transport, { claims: () => Promise.resolve(opened.claims), logger });
  assertEquals(await sender.publish([{ queue: "a", body: LARGE }]), [{ kind: "ok" }]);
  const store = await openSqliteStore({ path: join(folder, "results.db") });
  const key = "m/results/failed/1/1.json";
  while (!(await server.list(bucket, "m/results/")).includes(key));
  assertEquals((await store.result("1"))?.payload === PAYLOAD, true);
  assert((await server.text(bucket, key)).endsWith(`"payload":${PAYLOAD}}`));
  // It went twice: to the actor, and on.
  assertEquals((await server.list(bucket, "m/claims/")).length, 1);
  assertEquals(await store.claims.forget(Date.now() + 1000), 0);
  await store.close();
  await opened.close();
  for (const process of [host, end]) {
    process.kill("SIGTERM");
    assertEquals((await process.end()).code, 0);
  }
});

test("a bucket that cannot be used keeps a process from starting, with the reason", async ({ server, bucket, actor, sink }) => {
  const refused = async (args: string[], objects: string, env: Record<string, string> = {}) => {
    await using process = new MainProcess(args, { TROUPE_OBJECTS: objects, ...env });
    const { code, stderr } = await process.end();
    assertEquals(code, 1, stderr);
    return stderr;
  };
  for (const args of [actor, sink]) {
    assertStringIncludes(await refused(args, server.address("none-such")), "troupe.BucketMissing: ");
    assertStringIncludes(await refused(args, "s3://AKIA:geheim@h"), "troupe.BucketAddress: ");
  }
  const denied = await refused(sink, server.address(bucket), { AWS_SECRET_ACCESS_KEY: "geheim" });
  assertStringIncludes(denied, "troupe.BucketDenied: ");
  assert(!denied.includes("geheim"), denied);
  await server.kill9();
  assertStringIncludes(await refused(sink, server.address(bucket)), "troupe.BucketUnavailable: ");
});

test("while the bucket is away a second signal ends at once, and gives back what is in hand", async ({ bench, server, bucket, actor, sink }) => {
  const { transport } = bench;
  const objects = server.address(bucket);
  await using host = new MainProcess([...actor, "--objects", objects]);
  await using end = new MainProcess([...sink, "--objects", objects]);
  await Promise.all([host.line("it runs"), end.line("it runs")]);
  await server.kill9();
  // Whole, as from a sender without a bucket: what becomes of it is put.
  const result = utf8('{"id":"2","route":{"prev":["a"],"curr":"","next":[]},"payload":7}');
  await transport.publish([{ queue: "a", body: LARGE }, { queue: "x-sink", body: result }]);
  await end.line("nothing can be recorded");
  while ((await transport.depth("a")).leased === 0);
  for (const process of [host, end]) {
    process.kill("SIGTERM");
    await process.line("draining");
    process.kill("SIGTERM");
    assertEquals((await process.end()).code, 0);
  }
  for (const [queue, id] of [["a", "1"], ["x-sink", "2"]] as const) {
    const [back] = await take(transport, queue, 1);
    assertEquals([read(back as Delivery).id, back?.deliveries], [id, 0]);
  }
});
