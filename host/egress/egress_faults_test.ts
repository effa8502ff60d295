import { assert, assertEquals, assertRejects } from "@std/assert";
import { type Bench, bodyOf, textOf, withRawServer, withServer } from "./_testing.ts";
import { EgressError } from "./egress.ts";

async function failure({ hop, origin: url }: Bench, request: object = {}): Promise<[string, string]> {
  const { code, http } = await assertRejects(
    async () => await textOf(await hop.request({ method: "GET", url, ...request })),
    EgressError,
  );
  return [code, http.tag];
}

const ANSWERS: Record<string, [answer: string, tag: string]> = {
  "nothing": ["", "connection-terminated"],
  "another protocol": ["SSH-2.0-x\r\n\r\n", "HTTP-protocol-error"],
  "half a head": ["HTTP/1.1 200 OK\r\nx: ", "connection-terminated"],
  "half a body": ["HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc", "HTTP-response-incomplete"],
  "half of a body in chunks": [
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n",
    "HTTP-response-incomplete",
  ],
  "a chunk without a length": ["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n", "HTTP-"],
  "two lengths": [
    "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
    "HTTP-protocol-error",
  ],
  "a length and chunks": [
    "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "HTTP-protocol-error",
  ],
  "another protocol from here on": [
    "HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\nabc",
    "HTTP-upgrade-failed",
  ],
  "interim answers without end": ["HTTP/1.1 103 Early Hints\r\n\r\n".repeat(50), "HTTP-protocol-error"],
};

for (const [what, [answer, tag]] of Object.entries(ANSWERS)) {
  Deno.test(`a server that answers with ${what}`, async () => {
    await withRawServer((socket) => void socket.end(answer), async (bench) => {
      const [code, found] = await failure(bench);
      assertEquals(code, "troupe.EgressFailed");
      assert(found.startsWith(tag), found);
      assertEquals(bench.hop.pending, 0);
    });
  });
}

Deno.test("what a server sends after its response is of no meaning", async () => {
  const answer =
    "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil";
  await withRawServer((socket) => void socket.end(answer), async ({ hop, origin: url }) => {
    for (let i = 0; i < 3; i++) assertEquals(await textOf(await hop.request({ method: "GET", url })), "ok");
  });
});

Deno.test("each request has a connection of its own", async () => {
  let connections = 0;
  const answer = (socket: { write(text: string): void }, request: string) => {
    connections++;
    assert(/\r\nconnection: close\r\n/i.test(request), request);
    socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: keep-alive\r\n\r\nok");
  };
  await withRawServer(answer, async ({ hop, origin: url }) => {
    for (let i = 0; i < 3; i++) assertEquals(await textOf(await hop.request({ method: "GET", url })), "ok");
    assertEquals(connections, 3);
  });
});

Deno.test("a server may answer before it has the whole body", async () => {
  const answer = "HTTP/1.1 413 Too Large\r\ncontent-length: 3\r\n\r\nbig";
  async function* endless() {
    for (;;) yield await Promise.resolve(new Uint8Array(64 * 1024));
  }
  await withRawServer((socket) => void socket.write(answer), async ({ hop, origin: url }) => {
    const response = await hop.request({ method: "POST", url, body: endless() });
    assertEquals([response.status, await textOf(response)], [413, "big"]);
    assertEquals(hop.pending, 0);
  });
});

Deno.test("an actor's body that breaks off ends the request", async () => {
  async function* broken() {
    yield await Promise.resolve(new Uint8Array(8));
    throw new Error("the actor went away");
  }
  await withServer(async (request) => new Response(await request.text()), async (bench) => {
    assertEquals(await failure(bench, { method: "POST", body: broken() }), [
      "troupe.EgressFailed",
      "connection-terminated",
    ]);
    assertEquals(bench.hop.pending, 0);
  });
});

Deno.test("the end of a hop ends its requests, in whatever state they are", async () => {
  const arrived = Promise.withResolvers<void>();
  let requests = 0;
  const answer = (socket: { write(text: string): void }) => {
    if (++requests === 1) socket.write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc");
    else arrived.resolve();
  };
  await withRawServer(answer, async ({ hop, origin: url }) => {
    const response = await hop.request({ method: "GET", url });
    const reader = response.body.getReader();
    await reader.read();
    const reading = assertRejects(() => reader.read(), EgressError, "its hop is over");
    const waiting = assertRejects(() => hop.request({ method: "GET", url }), EgressError, "its hop is over");
    const body = bodyOf(new Promise<string>(() => {}));
    const asking = assertRejects(
      () => hop.request({ method: "GET", url, body }),
      EgressError,
      "its hop is over",
    );
    await arrived.promise;
    hop.close();
    await Promise.all([reading, waiting, asking]);
    assertEquals(hop.pending, 0);
    await assertRejects(() => hop.request({ method: "GET", url }), EgressError, "its hop is over");
  });
});
