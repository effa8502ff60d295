// The command and the demo, with the queues on a real RabbitMQ; and where the password is not to be found.

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { troupe } from "../mesh_process.ts";
import { lacksRabbitmq, RabbitmqServer, withCredentials } from "../servers/rabbitmq.ts";
import { greet, TestMesh } from "./_mesh_folder.ts";
import { UpProcess } from "./_up_process.ts";

const DEMO = fromFileUrl(new URL("../../cli/demo/main.ts", import.meta.url));

if (!lacksRabbitmq()) {
  const server = await RabbitmqServer.start();
  Deno.test.afterAll(() => server.stop());
  let meshes = 0;

  /** An address without user and password, of a mesh that nobody has used. */
  const address = () => `rabbitmq://127.0.0.1:${server.port}/?namespace=mesh-${++meshes}`;

  /** Children inherit the credentials from the environment, as a deployment gives them. */
  const test = (what: string, run: () => Promise<void>) =>
    Deno.test(`on RabbitMQ, ${what}`, () => withCredentials(server, run));

  const meshYaml = (transport: string) =>
    `apiVersion: troupe.dev/v1alpha1\nkind: Mesh\nmetadata: { name: shop }\nspec: { transport: "${transport}" }\n`;
  const lines = (text: string) => text.split("\n").filter(Boolean).map((line) => JSON.parse(line));

  test("a mesh's file is enough: up, send, results and trace find its queues", async () => {
    await using mesh = await TestMesh.make({ greet: greet("hello"), again: greet("hello again") });
    await Deno.writeTextFile(join(mesh.dir, "mesh.yaml"), meshYaml(address()));
    await using up = new UpProcess([mesh.dir, "--log", "json", "--log-level", "debug"]);
    await up.says(/mesh is up: 2 actors/);
    const [result] = lines(
      await troupe(["send", "greet", '{"name":"Ada"}', "--id", "ada", "--wait", "--data", mesh.data]),
    );
    assertEquals(result.payload, { said: "hello, Ada" });
    assertMatch(await troupe(["trace", "ada", "--data", mesh.data]), /ada +succeeded at greet/);
    assertEquals(lines(await troupe(["results", "--json", "--data", mesh.data])).map(({ id }) => id), [
      "ada",
    ]);
    assertMatch(await server.control("list_connections", "client_properties"), /troupe up /);

    // No sandbox gets to know what the host knows, and the log tells nobody.
    const children = await Deno.readTextFile(`/proc/${up.pid}/task/${up.pid}/children`);
    const sandboxes = children.trim().split(" ");
    assert(sandboxes.length >= 2, "there is no sandbox");
    for (const pid of sandboxes) {
      const environment = await Deno.readTextFile(`/proc/${pid}/environ`);
      assert(environment !== "" && !environment.includes("RABBITMQ"), `sandbox ${pid} has ${environment}`);
    }
    up.kill("SIGTERM");
    assertEquals(await up.code, 0);
    assert(!up.output.includes("s3cret"), "the password is in the log");
    const note = await Deno.readTextFile(join(mesh.data, "transport.json"));
    assert(note.includes("rabbitmq://127.0.0.1") && !note.includes(server.user), note);
  });

  test("what was sent while nothing ran is worked off with --until-idle, and the state keeps to its transport", async () => {
    await using mesh = await TestMesh.make({ greet: greet("hello") });
    const transport = address();
    const until = [mesh.dir, "--until-idle", "--transport", transport];
    {
      await using first = new UpProcess(until);
      assertEquals(await first.code, 0);
    }
    const payloads = Array.from({ length: 300 }, (_, n) => JSON.stringify({ name: String(n) })).join("\n");
    const ids = (await troupe(["send", "greet", "--file", "-", "--data", mesh.data], { stdin: payloads }))
      .trim()
      .split("\n");
    await using second = new UpProcess(until);
    assertEquals(await second.code, 0, second.output.slice(-4_000));
    const found = lines(await troupe(["results", "--json", "--data", mesh.data]));
    assertEquals(found.map(({ id }) => id).toSorted(), ids.toSorted());

    await using other = new UpProcess([mesh.dir, "--until-idle"]);
    assertEquals(await other.code, 1);
    assertStringIncludes(other.output, "belongs to a mesh on rabbitmq://127.0.0.1");
    assertStringIncludes(other.output, `remove ${join(mesh.data, "transport.json")}`);
  });

  test("kill -9 under load, and a restart: every result is there once", async () => {
    await using mesh = await TestMesh.make({
      greet: greet("hello"),
      pass: "export const handle = (x) => x;\n",
    });
    const args = [mesh.dir, "--transport", address(), "--no-watch"];
    const ids: string[] = [];
    for (let round = 0; round < 3; round++) {
      await using up = new UpProcess(args);
      await up.says(/^mesh is up/m);
      const payloads = Array.from({ length: 400 }, (_, n) => JSON.stringify({ name: `${round}-${n}` })).join(
        "\n",
      );
      const sent = await troupe(["send", "greet,pass", "--file", "-", "--data", mesh.data], {
        stdin: payloads,
      });
      ids.push(...sent.trim().split("\n"));
      up.kill("SIGKILL");
      await up.code;
    }
    await using last = new UpProcess([...args, "--until-idle"]);
    assertEquals(await last.code, 0);
    const found = lines(await troupe(["results", "--json", "--data", mesh.data]));
    assertEquals(
      found.filter(({ phase }) => phase === "succeeded").map(({ id }) => id).toSorted(),
      ids.toSorted(),
    );
  });

  test("SIGTERM leaves the rest in its queue; --until-idle ends only after the broker was killed and is back", async () => {
    await using mesh = await TestMesh.make({
      greet: greet("hello"),
      pass: "export const handle = (x) => x;\n",
    });
    const args = [mesh.dir, "--transport", address(), "--no-watch", "--log", "json", "--log-level", "debug"];
    const send = async (who: string) => {
      const payloads = Array.from({ length: 400 }, (_, n) => JSON.stringify({ name: `${who}-${n}` })).join(
        "\n",
      );
      const from = ["send", "greet,pass", "--file", "-", "--data", mesh.data];
      return (await troupe(from, { stdin: payloads })).trim().split("\n");
    };
    const ids: string[] = [];
    await using first = new UpProcess(args);
    await first.says(/mesh is up/);
    ids.push(...await send("first"));
    first.kill("SIGTERM");
    assertEquals(await first.code, 0);
    ids.push(...await send("second"));
    await using second = new UpProcess([...args, "--until-idle"]);
    await second.says(/mesh is up/);
    await server.kill9();
    await second.says(/transport: lost/);
    await server.restart();
    assertEquals(await second.code, 0, second.output.slice(-4_000));
    const found = lines(await troupe(["results", "--json", "--data", mesh.data]));
    assertEquals(
      found.filter(({ phase }) => phase === "succeeded").map(({ id }) => id).toSorted(),
      ids.toSorted(),
    );
    assert(!second.output.includes("s3cret"), "the password is in the log");
  });

  test("a wrong password, and a broker that is not there, are named without the password", async () => {
    await using mesh = await TestMesh.make({ greet: greet("hello") });
    const wrong = `rabbitmq://${server.user}:not-${encodeURIComponent("s3cret:x")}@127.0.0.1:${server.port}/`;
    await using refused = new UpProcess([
      mesh.dir,
      "--transport",
      wrong,
      "--log",
      "json",
      "--log-level",
      "debug",
    ]);
    assertEquals(await refused.code, 1);
    assertStringIncludes(refused.output, "ACCESS_REFUSED");
    assert(!/s3cret/.test(refused.output), refused.output);
    // The note that a mistake would leave kept the right address out.
    await using away = new UpProcess([
      mesh.dir,
      "--transport",
      "rabbitmq://127.0.0.1:1/",
      "--log",
      "json",
      "--log-level",
      "debug",
    ]);
    assertEquals(await away.code, 1);
    assertStringIncludes(away.output, "127.0.0.1:1");
    assert(!away.output.includes("s3cret"), away.output);
  });

  test("the demo comes to the same", async () => {
    const folder = await Deno.makeTempDir({ prefix: "troupe_demo_" });
    try {
      await Deno.writeTextFile(join(folder, "a.md"), "# One\n\nThe cat sat.\n\n# Two\n\nOn the mat.\n");
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", DEMO, folder, "--data", join(folder, ".data"), "--transport", address()],
        stdin: "null",
      }).output();
      assertEquals(code, 0, new TextDecoder().decode(stderr));
      assertMatch(new TextDecoder().decode(stdout), /1 document in.*20 results, 0 dead[^]*lost 0/);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
