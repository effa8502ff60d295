import { assertEquals, assertRejects } from "@std/assert";
import { lacksRabbitmq, RabbitmqServer } from "@troupe/tests/servers/rabbitmq";
import { openTransport } from "@troupe/host/transport/open";
import { join } from "@std/path";
import { topologyOf } from "@troupe/host/transport/rabbitmq/topology";
import { transport } from "../transport_settings.ts";
import { readTransport } from "../transport_settings.ts";
import type { ActorQueue } from "./queues.ts";
import { BrokerCredentialsError, RabbitmqQueues } from "./rabbitmq.ts";

function queueOf(port: number, actor: string): ActorQueue {
  const address = `rabbitmq://127.0.0.1:${port}/?namespace=queues-${Deno.pid}`;
  const topology = topologyOf(readTransport(address));
  const settings = transport.parse({ address, credentials: { secret: "broker" } });
  const plan = {
    address,
    transport: settings,
    topology,
    queue: topology.queueOf(actor),
    suspects: topology.suspectsOf(actor),
  };
  return { plan, transport: "default", actor };
}

Deno.test("credentials that are not there are named, with the transport", async () => {
  const folder = await Deno.makeTempDir();
  await using queues = new RabbitmqQueues(folder);
  const error = await assertRejects(() => queues.declare(queueOf(1, "a")), BrokerCredentialsError);
  assertEquals(error.message.includes(join(folder, "default", "username")), true);
  await Deno.remove(folder, { recursive: true });
});

if (!lacksRabbitmq()) {
  const server = await RabbitmqServer.start();
  Deno.test.afterAll(() => server.stop());

  Deno.test({
    name: "a queue is declared, is removed when it holds nothing and nobody takes from it, and not before",
    sanitizeOps: false,
    async fn() {
      const folder = await Deno.makeTempDir();
      await Deno.mkdir(join(folder, "default"));
      await Deno.writeTextFile(join(folder, "default", "username"), server.user);
      await Deno.writeTextFile(join(folder, "default", "password"), server.password);
      const queue = queueOf(server.port, "a");
      await using queues = new RabbitmqQueues(folder);
      await queues.declare(queue);
      await queues.declare(queue);

      const host = await openTransport(server.address({ namespace: `queues-${Deno.pid}` }));
      assertEquals(await host.queues(), ["a"]);
      await host.publish([{ queue: "a", body: new Uint8Array(1) }]);
      assertEquals(await queues.remove(queue), {
        ...{ removed: false, messages: 1, consumers: 0 },
        ...{ moved: 0, lost: 0 },
      });
      const consumer = host.consume("a", { inFlight: 1 });
      const { value } = await consumer[Symbol.asyncIterator]().next();
      const looked = await queues.remove(queue);
      assertEquals([looked.removed, looked.messages, looked.consumers > 0], [false, 0, true]);
      await value.settle([]);
      await consumer.stop();
      await host.close();

      assertEquals((await queues.remove(queue, { look: true })).removed, false);
      assertEquals((await queues.remove(queue)).removed, true);
      assertEquals((await queues.remove(queue)).removed, true, "it is removed already");
      const later = await openTransport(server.address({ namespace: `queues-${Deno.pid}` }));
      assertEquals(await later.queues(), []);
      await later.close();
      await Deno.remove(folder, { recursive: true });
    },
  });

  Deno.test({
    name: "a password that is changed, and then a user, are taken up without a new start",
    sanitizeOps: false,
    async fn() {
      const folder = await Deno.makeTempDir();
      const secret = new MountedSecret(join(folder, "default"));
      await secret.write({ username: server.user, password: server.password });
      await using queues = new RabbitmqQueues(folder);
      const queue = (actor: string) => queueOf(server.port, actor);
      await queues.declare(queue("before"));

      await server.control("change_password", server.user, "changed");
      await secret.write({ username: server.user, password: "changed" });
      await server.control("close_all_connections", "the password has changed");
      await queues.declare(queue("password"));

      await server.control("add_user", "successor", "of-the-first");
      await server.control("set_permissions", "successor", ".*", ".*", ".*");
      await secret.write({ username: "successor", password: "of-the-first" });
      await server.control("change_password", server.user, "nobody-knows");
      await server.control("close_all_connections", "the user has changed");
      // The connection that is there is tried once more as the old user. The next attempt is made as the new one.
      const tried = await queues.declare(queue("user")).then(() => true, () => false);
      if (!tried) await queues.declare(queue("user"));

      await server.control("change_password", server.user, server.password);
      const host = await openTransport(server.address({ namespace: `queues-${Deno.pid}` }));
      const declared = await host.queues();
      await host.close();
      for (const name of ["before", "password", "user"]) assertEquals(declared.includes(name), true, name);
      await Deno.remove(folder, { recursive: true });
    },
  });

  Deno.test({
    name: "many queues are declared at once, over one connection",
    sanitizeOps: false,
    async fn() {
      const folder = await Deno.makeTempDir();
      await new MountedSecret(join(folder, "default")).write({
        username: server.user,
        password: server.password,
      });
      await using queues = new RabbitmqQueues(folder);
      const names = Array.from({ length: 30 }, (_, i) => `many-${i}`).sort();
      await Promise.all(names.map((name) => queues.declare(queueOf(server.port, name))));
      const connections = await server.control("list_connections", "client_properties");
      assertEquals(connections.split('"troupe controller"').length - 1, 1);
      const host = await openTransport(server.address({ namespace: `queues-${Deno.pid}` }));
      assertEquals((await host.queues()).filter((name) => name.startsWith("many-")), names);
      await host.close();
      await Deno.remove(folder, { recursive: true });
    },
  });
}

/** A Secret as a kubelet mounts it: its files are links through one link, which is moved when it changes. */
class MountedSecret {
  readonly #folder: string;
  #version = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async write(files: Readonly<Record<string, string>>): Promise<void> {
    const version = `..${++this.#version}`;
    const at = (name: string) => join(this.#folder, name);
    await Deno.mkdir(at(version), { recursive: true });
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(join(at(version), name), text);
      if (this.#version === 1) await Deno.symlink(`..data/${name}`, at(name));
    }
    await Deno.symlink(version, at("..new"));
    await Deno.rename(at("..new"), at("..data"));
  }
}
