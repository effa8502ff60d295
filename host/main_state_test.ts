import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { lacksRedis, RedisServer } from "@troupe/tests/servers/redis";
import { envelopeText, read } from "./_host_testing.ts";
import { MainProcess } from "./_main_process_testing.ts";
import { type Bench, take, utf8, withBench } from "./_testing.ts";
import { stateActor } from "./granted/_state_actor_testing.ts";
import type { Delivery } from "./transport/transport.ts";

const component = await stateActor();

/** Writes an actor called `a` that may keep something, and gives the arguments that run it. */
async function actorArguments({ folder }: Bench, transport = `embedded:${join(folder, "queues.db")}`) {
  await Deno.writeFile(join(folder, "a.wasm"), component);
  const spec = {
    apiVersion: "troupe.dev/v1alpha1",
    kind: "Actor",
    metadata: { name: "a" },
    spec: { component: { file: "a.wasm" }, grants: { state: true } },
  };
  await Deno.writeTextFile(join(folder, "actor.yaml"), JSON.stringify(spec));
  return [join(folder, "actor.yaml"), "--transport", transport, "--cache", join(folder, "cache")];
}

/** Has the actor count once, in a process of its own. */
async function countOnce({ transport }: Bench, args: readonly string[], env: Record<string, string> = {}) {
  await using main = new MainProcess(args, { TROUPE_STATE: "", ...env });
  await main.line('"it runs"');
  await transport.publish([{
    queue: "a",
    body: utf8(envelopeText(crypto.randomUUID(), { next: [], payload: [["add", "n", "1"]] })),
  }]);
  const [delivery] = await take(transport, "x-sink", 1);
  main.kill("SIGTERM");
  assertEquals((await main.end()).code, 0);
  return JSON.parse(read(delivery as Delivery).payload);
}

Deno.test("what an actor keeps is beside the queues, or where an option or the environment says, when the next replica starts", async () => {
  await withBench({ queues: [] }, async (bench) => {
    const args = await actorArguments(bench);
    assertEquals([await countOnce(bench, args), await countOnce(bench, args)], [["1"], ["2"]]);
    assertEquals((await Deno.stat(join(bench.folder, "state.db"))).isFile, true);
    const other = join(bench.folder, "other.db");
    assertEquals(await countOnce(bench, [...args, "--state", other]), ["1"]);
    assertEquals(await countOnce(bench, args, { TROUPE_STATE: `sqlite:${other}` }), ["2"]);
  });
});

Deno.test({
  name: "a host that keeps state in Redis ends in order, and with what to do when it is not let in",
  ignore: lacksRedis(),
  async fn() {
    const server = await RedisServer.start();
    try {
      await withBench({ queues: [] }, async (bench) => {
        const args = [
          ...await actorArguments(bench),
          "--state",
          `redis://${server.user}@${server.host}:${server.port}`,
        ];
        assertEquals(await countOnce(bench, args, { TROUPE_STATE_PASSWORD: server.password }), ["1"]);
        await using main = new MainProcess(args, { TROUPE_STATE_PASSWORD: "geheim" });
        const { code, stderr } = await main.end();
        assertEquals(code, 1);
        assertStringIncludes(stderr, "troupe.RedisSetup");
        assertStringIncludes(stderr, "TROUPE_STATE_PASSWORD");
        assertEquals(stderr.includes("geheim"), false);
      });
    } finally {
      await server.stop();
    }
  },
});
