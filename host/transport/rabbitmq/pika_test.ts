// The wire format is not ours alone: a client in another language (Python's pika) takes part.

import { assertEquals } from "@std/assert";
import { encodeHex } from "@std/encoding/hex";
import { fromFileUrl } from "@std/path";
import { isRequired } from "@troupe/tests/require";
import { lacksRabbitmq, RabbitmqServer } from "@troupe/tests/servers/rabbitmq";
import { deliveriesOf, meshTests, take } from "./_broker_testing.ts";

const PEER = fromFileUrl(new URL("./_pika_peer.py", import.meta.url));

async function python(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("python3", { args: [...args], env }).output();
  if (!success) throw new Error(`python3 ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout).trim();
}

async function lacksPika(): Promise<boolean> {
  const found = await python(["-c", "import pika"]).then(() => true, () => false);
  if (found || isRequired("all")) return false;
  console.error("skipped: Python's pika is not on this machine (pip install pika)");
  return true;
}

if (!lacksRabbitmq() && !await lacksPika()) {
  const server = await RabbitmqServer.start();
  Deno.test.afterAll(() => server.stop());
  const peer = (args: readonly string[], vhost = "/") =>
    python([PEER, ...args], {
      PEER_PORT: String(server.port),
      PEER_VHOST: vhost,
      PEER_USER: server.user,
      PEER_PASSWORD: server.password,
    });

  meshTests(server)("bytes that no envelope parser accepts come from Python as they are", async (mesh) => {
    const transport = await mesh.open();
    await transport.declare(["a"]);
    const body = Uint8Array.of(0, 255, 0xc3, 10, 34);
    await peer(["send", mesh.topology.queueOf("a"), encodeHex(body)]);
    const delivery = await take(deliveriesOf(transport, "a"));
    assertEquals(new Uint8Array(delivery.body), body);
    assertEquals((await delivery.settle([])).acked, true);
  });

  meshTests(server, { mode: "asya" })(
    "a peer in Python stands on both sides of an actor, as Asya does",
    async (mesh) => {
      const transport = await mesh.open();
      await transport.declare(["ours"]);
      const body = new TextEncoder().encode(
        '{"id":"1","route":{"prev":[],"curr":"ours","next":["theirs"]},"payload":-0}',
      );
      const answering = peer(["asya", mesh.namespace, "ours", "theirs", encodeHex(body)]);
      const delivery = await take(deliveriesOf(transport, "ours"));
      assertEquals(new Uint8Array(delivery.body), body);
      assertEquals((await delivery.settle([{ queue: "theirs", body: delivery.body }])).acked, true);
      assertEquals(await answering, encodeHex(body));
    },
  );
}
