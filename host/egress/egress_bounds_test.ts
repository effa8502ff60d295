import { assert, assertEquals, assertRejects } from "@std/assert";
import { type Bench, bodyOf, openEgress, textOf, withRawServer, withServer } from "./_testing.ts";
import { EgressError } from "./egress.ts";

/** The error that a request, or its response's body, ends with. */
async function failure({ hop, origin: url }: Bench, request: object = {}): Promise<[string, string]> {
  const { code, http } = await assertRejects(
    async () => await textOf(await hop.request({ method: "GET", url, ...request })),
    EgressError,
  );
  return [code, http.tag];
}

Deno.test("a body that is too large is not sent further", async () => {
  const collect = async (request: Request) => new Response(String((await request.bytes()).length));
  await withServer(collect, async (bench) => {
    const most = { method: "POST", body: bodyOf("a".repeat(60), "b".repeat(40)) };
    assertEquals(await textOf(await bench.hop.request({ ...most, url: bench.origin })), "100");
    const body = bodyOf("a".repeat(60), "b".repeat(41));
    const expected: [string, string] = ["troupe.EgressLimit", "HTTP-request-body-size"];
    assertEquals(await failure(bench, { method: "POST", body }), expected);
    assertEquals(await failure(bench, { method: "POST", headers: [["content-length", "101"]] }), expected);
    assertEquals(bench.hop.pending, 0);
  }, { limits: { requestBytes: 100 } });
});

Deno.test("a response that is too large is cut, by what it says or by what comes", async () => {
  const expected: [string, string] = ["troupe.EgressLimit", "HTTP-response-body-size"];
  const limits = { responseBytes: 100 };
  await withServer(() => new Response("a".repeat(101)), async (bench) => {
    assertEquals(await failure(bench), expected);
  }, { limits });
  const endless = () => {
    const pull = (controller: ReadableStreamDefaultController) => controller.enqueue(new Uint8Array(64));
    return new Response(new ReadableStream({ pull }));
  };
  await withServer(endless, async (bench) => {
    assertEquals(await failure(bench), expected);
    assertEquals(bench.hop.pending, 0);
  }, { limits });
  await withServer(() => new Response("a".repeat(100)), async ({ hop, origin: url }) => {
    assertEquals((await textOf(await hop.request({ method: "GET", url }))).length, 100);
    const head = await hop.request({ method: "HEAD", url });
    assertEquals(await textOf(head), "");
  }, { limits });
});

Deno.test("headers of a response are bounded", async () => {
  const limits = { headers: 10, headerBytes: 4096 };
  const heads = { "a large one": `x: ${"a".repeat(5000)}\r\n`, "many": "x: a\r\n".repeat(11) };
  for (const [what, head] of Object.entries(heads)) {
    await withRawServer((socket) => socket.end(`HTTP/1.1 200 OK\r\n${head}\r\n`), async (bench) => {
      const expected = ["troupe.EgressLimit", "HTTP-response-header-section-size"];
      assertEquals(await failure(bench), expected as [string, string], what);
    }, { limits });
  }
});

Deno.test("requests of one hop are counted, those that were refused too", async () => {
  await withServer(() => new Response("a"), async (bench) => {
    const { hop, origin: url } = bench;
    await textOf(await hop.request({ method: "GET", url }));
    assertEquals((await failure(bench, { url: "http://other.test/" }))[0], "troupe.EgressDenied");
    await textOf(await hop.request({ method: "GET", url }));
    assertEquals(await failure(bench), ["troupe.EgressLimit", "connection-limit-reached"]);
  }, { limits: { requests: 3 } });
});

Deno.test("a request is pending until its response was read, let go, or failed", async () => {
  await withServer(() => new Response("a"), async (bench) => {
    const { hop, origin: url } = bench;
    const [first, second] = [
      await hop.request({ method: "GET", url }),
      await hop.request({ method: "GET", url }),
    ];
    assertEquals(await failure(bench), ["troupe.EgressLimit", "connection-limit-reached"]);
    await first.body.cancel();
    assertEquals(await textOf(await hop.request({ method: "GET", url })), "a");
    assertEquals(await textOf(second), "a");
    assertEquals(hop.pending, 0);
  }, { limits: { pending: 2 } });
});

Deno.test("bytes of all requests and responses of a hop count together", async () => {
  await withServer(() => new Response("a".repeat(1000)), async (bench) => {
    const { hop, origin: url } = bench;
    await textOf(await hop.request({ method: "GET", url }));
    const spent = hop.bytes;
    assert(spent > 1000 && spent < 1500, String(spent));
    assertEquals((await failure(bench))[0], "troupe.EgressBytes");
  }, { limits: { egressBytes: 2000 } });
  await withServer(async (request) => new Response(String((await request.bytes()).length)), async (bench) => {
    const body = bodyOf("a".repeat(1000), "a".repeat(1000));
    assertEquals((await failure(bench, { method: "POST", body }))[0], "troupe.EgressBytes");
  }, { limits: { egressBytes: 2000 } });
});

Deno.test("a response is read no faster than it is taken", async () => {
  let sent = 0;
  const gone = Promise.withResolvers<void>();
  const pull = (controller: ReadableStreamDefaultController) => {
    sent += 64 * 1024;
    controller.enqueue(new Uint8Array(64 * 1024));
  };
  const cancel = () => gone.resolve();
  await withServer(() => new Response(new ReadableStream({ pull, cancel })), async ({ hop, origin: url }) => {
    const reader = (await hop.request({ method: "GET", url })).body.getReader();
    await reader.read();
    // The server goes on until everything between is full, which nothing announces.
    let before = -1;
    while (before !== sent) {
      before = sent;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert(sent < 16 * 1024 * 1024, String(sent));
    await reader.cancel();
    await gone.promise;
    assertEquals(hop.pending, 0);
  });
});

Deno.test("a body is taken no faster than the server takes it", async () => {
  let taken = 0;
  async function* endless() {
    for (;;) {
      taken += 64 * 1024;
      yield new Uint8Array(64 * 1024);
      await Promise.resolve();
    }
  }
  const limits = { silenceMs: 200, requestBytes: 1024 ** 3, egressBytes: 1024 ** 3 };
  await withRawServer((socket) => void socket.pause(), async (bench) => {
    const tag = (await failure(bench, { method: "POST", body: endless() }))[1];
    assertEquals(tag, "connection-write-timeout");
    assert(taken < 32 * 1024 * 1024, String(taken));
  }, { limits });
});

Deno.test("a response can come in pieces, while its request is still on its way", async () => {
  const echo = (request: Request) => new Response(request.body);
  await withServer(echo, async ({ hop, origin: url }) => {
    const second = Promise.withResolvers<string>();
    const response = await hop.request({ method: "POST", url, body: bodyOf("one", second.promise) });
    const reader = response.body.getReader();
    const text = async () => new TextDecoder().decode((await reader.read()).value);
    assertEquals(await text(), "one");
    second.resolve("two");
    assertEquals(await text(), "two");
    assertEquals((await reader.read()).done, true);
  });
});

Deno.test("a server that does not answer, or not go on, is left", async () => {
  const limits = { silenceMs: 100 };
  await withRawServer(() => {}, async (bench) => {
    assertEquals(await failure(bench), ["troupe.EgressTimeout", "HTTP-response-timeout"]);
    assertEquals(bench.hop.pending, 0);
  }, { limits });
  await withRawServer(
    (socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc"),
    async (bench) => {
      assertEquals(await failure(bench), ["troupe.EgressTimeout", "connection-read-timeout"]);
      assertEquals(bench.hop.pending, 0);
    },
    { limits },
  );
  await withRawServer(() => {}, async (bench) => {
    assertEquals(await failure(bench, { firstByteMs: 10 }), [
      "troupe.EgressTimeout",
      "HTTP-response-timeout",
    ]);
  });
});

Deno.test("a server that drips is left when all of it takes too long", async () => {
  const drip = (socket: { write(text: string): void; destroyed: boolean }) => {
    socket.write("HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n");
    const timer = setInterval(() => socket.destroyed ? clearInterval(timer) : socket.write("a"), 10);
  };
  await withRawServer(drip, async (bench) => {
    assertEquals(await failure(bench), ["troupe.EgressTimeout", "HTTP-response-timeout"]);
  }, { limits: { requestMs: 300 } });
});

Deno.test("a name that is not resolved in time is left", async () => {
  const hop = (await openEgress(1, { resolve: () => new Promise(() => {}), limits: { connectMs: 20 } }))
    .hop();
  const { code, http } = await assertRejects(
    () => hop.request({ method: "GET", url: "http://api.example.test:1/" }),
    EgressError,
  );
  assertEquals([code, http.tag, hop.pending], ["troupe.EgressTimeout", "DNS-timeout", 0]);
});

Deno.test("a TLS handshake that is not answered is left", async () => {
  await withRawServer(() => {}, async ({ hop, port }) => {
    const url = `https://api.example.test:${port}/`;
    const { code, http } = await assertRejects(() => hop.request({ method: "GET", url }), EgressError);
    assertEquals([code, http.tag, hop.pending], ["troupe.EgressTimeout", "connection-timeout", 0]);
  }, { rule: { scheme: "https" }, limits: { connectMs: 300 } });
});
