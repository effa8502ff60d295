// The command, with the results in a real Postgres; and where the password is not to be found.

import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { troupe, TroupeCommandError } from "../mesh_process.ts";
import { lacksPostgres, PostgresServer } from "../servers/postgres.ts";
import { greet, TestMesh } from "./_mesh_folder.ts";
import { UpProcess } from "./_up_process.ts";

const FAILS = `export const handle = () => { throw new TypeError("no"); };\n`;
const lines = (text: string) => text.split("\n").filter(Boolean).map((line) => JSON.parse(line));

if (!lacksPostgres()) {
  const server = await PostgresServer.start();
  Deno.test.afterAll(() => server.stop());

  /** The password comes from the environment, as a deployment gives it. */
  const test = (what: string, run: () => Promise<void>) =>
    Deno.test(`on Postgres, ${what}`, async () => {
      Deno.env.set("TROUPE_STORE_PASSWORD", server.password);
      try {
        await run();
      } finally {
        Deno.env.delete("TROUPE_STORE_PASSWORD");
      }
    });
  const address = (schema: string) =>
    `postgres://${server.user}@127.0.0.1:${server.port}/postgres?schema=${schema}`;

  test("a mesh's file is enough: up, results, trace and dlq find the store", async () => {
    await using mesh = await TestMesh.make({ greet: greet("hello"), fails: FAILS });
    await Deno.writeTextFile(
      join(mesh.dir, "mesh.yaml"),
      `apiVersion: troupe.dev/v1alpha1\nkind: Mesh\nmetadata: { name: shop }\nspec: { store: "${
        address("shop")
      }" }\n`,
    );
    await using up = new UpProcess([mesh.dir, "--log", "json", "--log-level", "debug"]);
    await up.says(/mesh is up: 2 actors/);
    const args = ["--data", mesh.data];
    const send = (actor: string, id: string) =>
      troupe(["send", actor, '{"name":"Ada"}', "--id", id, "--wait", ...args], { codes: [0, 1] });
    assertEquals(lines(await send("greet", "ada"))[0].payload, { said: "hello, Ada" });
    await send("fails", "bad");
    assertEquals(lines(await troupe(["results", "--json", ...args])).map(({ id }) => id), ["ada", "bad"]);
    assertMatch(await troupe(["trace", "ada", ...args]), /ada +succeeded at greet/);
    assertMatch(await troupe(["dlq", "list", ...args]), /TypeError/);
    await troupe(["dlq", "replay", "bad", "--to", "fails", "--payload", "1", ...args], { codes: [0, 1] });
    assertEquals(await server.sql("SELECT id FROM shop.result WHERE phase = 'succeeded'"), "ada");

    // The note beside the state has what is needed to find it, and no more.
    const note = await Deno.readTextFile(join(mesh.data, "store.json"));
    assertEquals(JSON.parse(note), { store: address("shop") });
    up.kill("SIGTERM");
    assertEquals(await up.code, 0);
    assert(!up.output.includes(server.password));
  });

  test("a mesh stays in the store in which it began, and is told so when another is named", async () => {
    await using mesh = await TestMesh.make({ greet: greet("hello") });
    const once = ["up", mesh.dir, "--until-idle", "--store"];
    await troupe([...once, address("first")]);
    for (const other of [address("second"), "sqlite"]) {
      const { message } = await assertRejects(() => troupe([...once, other]), TroupeCommandError);
      assertStringIncludes(message, "keeps its results in");
      assertStringIncludes(message, address("first"));
    }
    const { message } = await assertRejects(
      () => troupe(["results", "--data", mesh.data, "--store", "mysql://me:geheim@h/d"]),
      TroupeCommandError,
    );
    assertStringIncludes(message, 'No store is called "mysql"');
    // The first line is the command, as it was given.
    assert(!message.split("\n").slice(1).join("\n").includes("geheim"));
  });

  test("a server that is away is told of with what to do", async () => {
    await using mesh = await TestMesh.make({ greet: greet("hello") });
    const nobody = "postgres://me@127.0.0.1:1/nobody";
    const { message } = await assertRejects(
      () => troupe(["up", mesh.dir, "--until-idle", "--store", nobody]),
      TroupeCommandError,
    );
    assertStringIncludes(message, "cannot be reached: connect ECONNREFUSED");
    assertStringIncludes(message, "127.0.0.1:1/nobody");
    // What was mistyped is not noted.
    await troupe(["up", mesh.dir, "--until-idle"]);
  });
}
