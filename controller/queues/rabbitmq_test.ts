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
      assertEquals(await queues.remove(queue), { removed: false, messages: 1, consumers: 0, lost: 0 });
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
}
