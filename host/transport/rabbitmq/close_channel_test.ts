// A channel that is closed while its connection is.

import { lacksRabbitmq, RabbitmqServer } from "@troupe/tests/servers/rabbitmq";
import { meshTests, move, publishAll, to } from "./_broker_testing.ts";
import { closeChannel } from "./close_channel.ts";

if (!lacksRabbitmq()) {
  const server = await RabbitmqServer.start();
  Deno.test.afterAll(() => server.stop());
  const test = meshTests(server);

  test("closing a channel ends, also when its connection is closed first, at once, or twice", async (mesh) => {
    for (const turns of [0, 1, 2]) {
      const connection = await mesh.connection();
      const channel = await connection.createChannel();
      const closing = closeChannel(channel);
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      await connection.close();
      await closing;
      await closeChannel(channel);
    }
  });

  test("a transport that is closed while its consumers come to their end is closed", async (mesh) => {
    const outside = await mesh.open();
    await outside.declare(["a", "b"]);
    for (let round = 0; round < 20; round++) {
      await publishAll(outside, Array.from({ length: 20 }, (_, i) => to("a", `${round}-${i}`)));
      const transport = await mesh.open();
      await transport.declare(["a", "b"]);
      const consumer = transport.consume("a", { inFlight: 20 });
      const moving = move(consumer, "b");
      // At another moment each time.
      await new Promise((resolve) => setTimeout(resolve, round));
      await consumer.stop();
      await moving;
      await transport.close();
    }
  });
}
