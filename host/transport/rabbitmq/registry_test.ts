import { assertEquals, assertRejects } from "@std/assert";
import { Buffer } from "node:buffer";
import { lacksRabbitmq, RabbitmqServer } from "@troupe/tests/servers/rabbitmq";
import { meshTests, type TestMesh } from "./_broker_testing.ts";
import { Connector } from "./connector.ts";
import { RabbitmqError } from "./errors.ts";
import { parseRabbitmqAddress } from "./mod.ts";
import { Registry } from "./registry.ts";
import type { Outcome } from "../transport.ts";

if (!lacksRabbitmq()) {
  const server = await RabbitmqServer.start();
  Deno.test.afterAll(() => server.stop());
  const test = meshTests(server);

  /** A registry, and the lists that it has written. */
  const made = async (mesh: TestMesh, answers: Outcome[] = []) => {
    const connector = new Connector({
      ...parseRabbitmqAddress(server.address({ namespace: mesh.namespace })),
      name: "a test",
      prepare: () => Promise.resolve(),
      onEvent: () => {},
    });
    const { registry: list, registryLock: lock } = mesh.topology;
    const channel = await (await mesh.connection()).createConfirmChannel();
    const written: string[][] = [];
    const registry = new Registry({
      connector,
      names: { list, lock },
      async publish(body) {
        const answer = answers.shift();
        if (answer) return answer;
        written.push(JSON.parse(new TextDecoder().decode(body)).entries);
        channel.sendToQueue(list, Buffer.from(body), { persistent: true });
        await channel.waitForConfirms();
        return { kind: "ok" };
      },
    });
    return { registry, written, [Symbol.asyncDispose]: () => connector.close() };
  };

  test("names that are added while the list is in hand are added to it at once", async (mesh) => {
    await using one = await made(mesh);
    const names = Array.from({ length: 20 }, (_, i) => `a-${i}`).sort();
    await Promise.all(names.map((name) => one.registry.add([name])));
    assertEquals(one.written, [names]);
    await one.registry.add(["b"]);
    assertEquals(one.written.at(-1), [...names, "b"]);
    await one.registry.add(["b"]);
    assertEquals(one.written.length, 2, "what is there already is not written");
    await using other = await made(mesh);
    assertEquals(await other.registry.entries(), [...names, "b"]);
  });

  test("names that could not be added are told so, and later ones are added", async (mesh) => {
    await using one = await made(mesh, [{ kind: "unknown", detail: "no confirm came" }]);
    await assertRejects(() => Promise.all([one.registry.add(["a"]), one.registry.add(["b"])]), RabbitmqError);
    await one.registry.add(["c"]);
    assertEquals(await one.registry.entries(), ["c"]);
  });
}
