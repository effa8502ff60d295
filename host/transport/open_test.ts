import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { createRequire } from "node:module";
import { openTransport, showAddress, UnknownTransportError } from "./open.ts";

Deno.test("the embedded transport is opened by its file, and nothing of a broker's client is loaded", async () => {
  const folder = await Deno.makeTempDir({ prefix: "troupe_open_" });
  try {
    const transport = await openTransport(`embedded:${join(folder, "mesh.db")}`);
    assertEquals(transport.name, "embedded");
    await transport.close();
    const loaded = Object.keys(createRequire(import.meta.url).cache).filter((path) =>
      path.includes("amqplib")
    );
    assertEquals(loaded, []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

for (const address of ["", "embedded", "embedded:", "amqp://me:secret@here", "me:secret@here"]) {
  Deno.test(`${JSON.stringify(address)} names no transport, and is not repeated`, async () => {
    const error = await assertRejects(() => openTransport(address), UnknownTransportError);
    assertEquals(error.message.includes("secret"), false);
  });
}

Deno.test("an address is shown without user and password, whatever is in them", () => {
  assertEquals(
    showAddress("rabbitmq://me:s@c/r:e?t@a.example:1,b.example/shop?x=1"),
    "rabbitmq://a.example:1,b.example/shop?x=1",
  );
  assertEquals(showAddress("rabbitmqs://a.example"), "rabbitmqs://a.example");
  assertEquals(showAddress("embedded:mesh.db"), "embedded:mesh.db");
});
