// Actors that keep something, as their authors write them, in a mesh that is run by the command.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { runTroupe, troupe } from "../mesh_process.ts";
import { lacksRedis, RedisServer } from "../servers/redis.ts";
import { actorYaml, TestMesh } from "./_mesh_folder.ts";

/** Counts its payload in a bucket, and in a list of its own that knows every envelope. */
const COUNTS = `import { mesh } from "@troupe/sdk";
import { state } from "@troupe/sdk/state";

export function handle(word) {
  const seen = state.update("seen", (ids = []) => [...new Set([...ids, mesh.get(".id")])]);
  return { count: state.add("words/" + word), seen: seen.length, words: state.keys("words/") };
}
`;
const granted = (name: string, state: string) => actorYaml(name, `  grants: { state: ${state} }\n`);
const payloads = (text: string) => text.split("\n").filter(Boolean).map((line) => JSON.parse(line).payload);

async function twoActors(): Promise<TestMesh> {
  const mesh = await TestMesh.make({ one: COUNTS, two: COUNTS });
  await mesh.writeYaml("one", granted("one", "{ bucket: words }"));
  await mesh.writeYaml("two", granted("two", "{ bucket: words }"));
  return mesh;
}

/** Sends so many words to both actors, works them off, and gives what they said. */
async function countOff(
  mesh: TestMesh,
  { each, up = [], data = mesh.data }: { each: number; up?: string[]; data?: string },
) {
  const before = payloads(await troupe(["results", "--json", "--data", data], { codes: [0, 1] })).length;
  for (const actor of ["one", "two"]) {
    await troupe(["send", actor, "--file", "-", "--data", data], { stdin: '"tea"\n'.repeat(each) });
  }
  await troupe(["up", mesh.dir, "--until-idle", "--no-watch", "--data", data, ...up]);
  return payloads(await troupe(["results", "--json", "--data", data])).slice(before);
}

Deno.test("two actors count in a bucket that they share, exactly, and go on where they were when the mesh is started anew", async () => {
  await using mesh = await twoActors();
  await troupe(["up", mesh.dir, "--until-idle", "--no-watch"]);
  for (const [round, first] of [1, 31].entries()) {
    const said = await countOff(mesh, { each: 15 });
    const counts = said.map(({ count }) => count).sort((a, b) => a - b);
    assertEquals(counts, Array.from({ length: 30 }, (_, n) => first + n));
    assertEquals(Math.max(...said.map(({ seen }) => seen)), 30 * (round + 1));
    assertEquals(said[0].words, ["words/tea"]);
  }
  assert((await Deno.stat(join(mesh.data, "state.db"))).isFile);
});

Deno.test("an actor that is not granted state is refused with what to write, and the others run", async () => {
  await using mesh = await twoActors();
  await mesh.writeYaml("two", actorYaml("two"));
  const { stderr } = await runTroupe(["up", mesh.dir, "--until-idle", "--no-watch"]);
  assertStringIncludes(stderr, "troupe:actor/state@0.1.0");
  assertStringIncludes(stderr, "spec.grants.state in actor.yaml");
  assertStringIncludes(stderr, "mesh is up: 1 actor (one)");
});

Deno.test({
  name: "state is kept in Redis where a mesh's file or an option says so",
  ignore: lacksRedis(),
  async fn() {
    const server = await RedisServer.start();
    const env = { TROUPE_STATE_PASSWORD: server.password };
    for (const [name, value] of Object.entries(env)) Deno.env.set(name, value);
    try {
      await using mesh = await twoActors();
      const address = `redis://${server.user}@127.0.0.1:${server.port}`;
      const spec =
        `apiVersion: troupe.dev/v1alpha1\nkind: Mesh\nmetadata: { name: shop }\nspec: { state: "${address}" }\n`;
      await Deno.writeTextFile(join(mesh.dir, "mesh.yaml"), spec);
      await troupe(["up", mesh.dir, "--until-idle", "--no-watch"]);
      await countOff(mesh, { each: 3 });
      const count = (namespace: string) =>
        server.command("HGET", `${namespace}:state:{shared/words}:value`, "words/tea");
      assertEquals(await count("troupe"), "6");
      await countOff(mesh, { each: 2, up: ["--state", `${address}/0?namespace=other`] });
      assertEquals([await count("troupe"), await count("other")], ["6", "4"]);
    } finally {
      for (const name of Object.keys(env)) Deno.env.delete(name);
      await server.stop();
    }
  },
});
