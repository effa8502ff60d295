import { assert, assertEquals } from "@std/assert";
import { TcpProxy } from "./tcp_proxy.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

async function readText(connection: Deno.Conn): Promise<string | null> {
  const buffer = new Uint8Array(100);
  try {
    const length = await connection.read(buffer);
    return length === null ? null : new TextDecoder().decode(buffer.subarray(0, length));
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionReset) return null;
    throw error;
  }
}

/** Runs with a server that sends everything back, behind a proxy. */
async function withProxy(run: (proxy: TcpProxy) => Promise<void>): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    for await (const connection of listener) connection.readable.pipeTo(connection.writable).catch(() => {});
  })();
  const proxy = new TcpProxy({ port: listener.addr.port });
  try {
    await run(proxy);
  } finally {
    await proxy.close();
    listener.close();
    await serving;
  }
}

Deno.test("a proxy passes on what is sent, both ways", async () => {
  await withProxy(async (proxy) => {
    using client = await Deno.connect({ hostname: "127.0.0.1", port: proxy.port });
    await client.write(bytes("hello"));
    assertEquals(await readText(client), "hello");
    assertEquals(proxy.clients, 1);
  });
});

Deno.test("a connection that is cut is closed, and the next one is passed on", async () => {
  await withProxy(async (proxy) => {
    using first = await Deno.connect({ hostname: "127.0.0.1", port: proxy.port });
    await first.write(bytes("1"));
    assertEquals(await readText(first), "1");
    proxy.cut();
    assertEquals(await readText(first), null);
    using second = await Deno.connect({ hostname: "127.0.0.1", port: proxy.port });
    await second.write(bytes("2"));
    assertEquals(await readText(second), "2");
  });
});

Deno.test("a refusing proxy closes each connection at once", async () => {
  await withProxy(async (proxy) => {
    proxy.refuse();
    using client = await Deno.connect({ hostname: "127.0.0.1", port: proxy.port });
    assertEquals(await readText(client), null);
  });
});

Deno.test("a frozen proxy is silent, and loses nothing", async () => {
  await withProxy(async (proxy) => {
    using client = await Deno.connect({ hostname: "127.0.0.1", port: proxy.port });
    await client.write(bytes("1"));
    assertEquals(await readText(client), "1");
    proxy.freeze();
    await client.write(bytes("2"));
    let heard = false;
    const reading = readText(client).then((text) => {
      heard = true;
      return text;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert(!heard, "it was not silent");
    proxy.resume();
    assertEquals(await reading, "2");
  });
});
