// The service by itself, as it is spoken to by a sandbox that may say anything.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { type BenchOptions, HOST, openEgress, withRawServer } from "../egress/_testing.ts";
import type { ServiceHop } from "../stage/services.ts";
import { decodeMessage, encodeMessage } from "../stage/wire/ask.ts";
import { FrameError } from "../stage/wire/frames.ts";
import { PIECE_BYTES } from "../stage/wire/http.ts";
import { httpService, QUESTIONS_PER_HOP } from "./http_service.ts";

interface Asking {
  readonly hop: ServiceHop;
  readonly url: string;
  /** Ends the hop. */
  readonly over: () => void;
  /** Asks, and gives the head of the answer with its bytes as text. */
  ask(head: object, bytes?: string): Promise<Record<string, unknown>>;
}

async function withService(
  handler: Deno.ServeHandler,
  run: (test: Asking) => Promise<void>,
  options: BenchOptions = {},
): Promise<void> {
  const onError = () => new Response(null, { status: 500 });
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {}, onError }, handler);
  const { port } = server.addr;
  const ending = new AbortController();
  const service = httpService(await openEgress(port, options));
  const hop = service.begin({ envelopeId: "1", signal: ending.signal });
  const ask = async (head: object, text = "") => {
    const message = await hop.ask(encodeMessage(head, new TextEncoder().encode(text)));
    const answer = decodeMessage(message);
    return { ...answer.head as object, bytes: new TextDecoder().decode(answer.bytes) };
  };
  await run({ hop, url: `http://${HOST}:${port}/`, over: () => ending.abort(), ask });
  ending.abort();
}

const send = (request: number, url: string, more = {}) => ({
  ...{ verb: "send", request, url, method: "GET", headers: [], body: "none" },
  ...more,
});

const echo = (request: Request) => new Response(request.body);

Deno.test("a request, its body and that of its response", async () => {
  await withService(echo, async ({ ask, url }) => {
    const head = ask(send(0, url, { method: "POST", body: "pieces" }), "one ");
    assertEquals(await ask({ verb: "write", request: 0 }, "two"), { bytes: "" });
    assertEquals(await ask({ verb: "finish", request: 0 }), { bytes: "" });
    assertEquals((await head).status, 200);
    let text = "";
    for (;;) {
      const { bytes, done } = await ask({ verb: "read", request: 0 });
      if (done) break;
      text += bytes;
    }
    assertEquals(text, "one two");
    // Guests may ask once more.
    assertEquals(await ask({ verb: "read", request: 0 }), { done: true, bytes: "" });
    assertEquals(await ask({ verb: "write", request: 0 }, "late"), { bytes: "" });
  });
});

Deno.test("no answer has more bytes than a piece", async () => {
  const long = "a".repeat(3 * PIECE_BYTES + 1);
  await withService(() => new Response(long), async ({ ask, url }) => {
    await ask(send(0, url));
    let length = 0;
    for (;;) {
      const { bytes, done } = await ask({ verb: "read", request: 0 }) as { bytes: string; done?: true };
      assert(bytes.length <= PIECE_BYTES);
      length += bytes.length;
      if (done) break;
    }
    assertEquals(length, long.length);
  });
});

const NONSENSE: Record<string, object> = {
  "no verb": { request: 0 },
  "another verb": { verb: "connect", request: 0 },
  "a field more": { verb: "read", request: 0, more: 1 },
  "a request that is no number": { verb: "read", request: "0" },
  "a request that was not sent": { verb: "read", request: 1 },
  "a request out of turn": send(2, "http://a.test/"),
  "the same request again": send(0, "http://a.test/"),
  "headers that are none": send(1, "http://a.test/", { headers: [["a"]] }),
  "a method that is none": send(1, "http://a.test/", { method: 5 }),
  "a piece of a body that there is none of": { verb: "write", request: 0 },
  "a time before now": send(1, "http://a.test/", { connectMs: -1 }),
  "requests to be closed that are none": { verb: "read", request: 0, closed: [-1] },
};

for (const [what, question] of Object.entries(NONSENSE)) {
  Deno.test(`a question that no honest sandbox asks: ${what}`, async () => {
    await withService(() => new Response("a"), async ({ ask, url }) => {
      await ask(send(0, url));
      await assertRejects(() => ask(question), FrameError);
    });
  });
}

Deno.test("bytes that are no message are none of an honest sandbox", async () => {
  await withService(echo, async ({ hop }) => {
    for (const bytes of [[], [0, 0, 0, 9], [255, 255, 255, 255, 1], [0, 0, 0, 1, 123]]) {
      await assertRejects(() => hop.ask(Uint8Array.from(bytes)), FrameError);
    }
  });
});

Deno.test("two reads at once of one response are none of an honest sandbox", async () => {
  const never = new ReadableStream({ start: (body) => body.enqueue(new Uint8Array(1)) });
  await withService(() => new Response(never), async ({ ask, url }) => {
    await ask(send(0, url));
    await ask({ verb: "read", request: 0 });
    const first = ask({ verb: "read", request: 0 });
    await assertRejects(() => ask({ verb: "read", request: 0 }), FrameError, "out of its turn");
    await ask({ verb: "finish", request: 0, closed: [0] });
    const { error } = await first as { error: { code: { tag: string } } };
    assertEquals(error.code.tag, "connection-terminated");
  });
});

Deno.test("names such as __proto__ are names like any other", async () => {
  await withService(({ headers }) => new Response(headers.get("__proto__")), async ({ ask, url }) => {
    await ask(send(0, url, { headers: [["__proto__", "x"], ["constructor", "y"]] }));
    assertEquals((await ask({ verb: "read", request: 0 })).bytes, "x");
    const polluting = JSON.parse('{"verb":"read","request":0,"__proto__":{"verb":"send"}}');
    await assertRejects(() => ask(polluting), FrameError);
  });
});

Deno.test("the host checks what its sandbox should have refused", async () => {
  let requests = 0;
  await withService(() => new Response(String(++requests)), async ({ ask, url }) => {
    const refused = [
      send(0, url, { headers: [["host", "other"]] }),
      send(1, url, { headers: [["a\r\nb", "c"]] }),
      send(2, url, { headers: [["a", "b\r\n\r\nGET / HTTP/1.1"]] }),
      send(3, url, { method: "GET / HTTP/1.1\r\nx: y\r\n\r\nGET" }),
      send(4, `${url} HTTP/1.1\r\nhost: other`, { method: "CONNECT" }),
      send(5, "http://127.0.0.1/"),
      send(6, url, { headers: [["transfer-encoding", "chunked"]], body: "whole" }),
    ];
    for (const question of refused) {
      const { error } = await ask(question) as { error?: { code: { tag: string } } };
      assert(error?.code.tag.startsWith("HTTP-request"), JSON.stringify(question));
    }
    assertEquals(requests, 0);
  });
});

Deno.test("a request that is let go before its response is ended", async () => {
  const arrived = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  await withRawServer((socket) => {
    socket.on("close", () => gone.resolve());
    arrived.resolve();
  }, async ({ port, origin }) => {
    const ending = new AbortController();
    const service = httpService(await openEgress(port));
    const hop = service.begin({ envelopeId: "1", signal: ending.signal });
    const answer = hop.ask(encodeMessage(send(0, origin)));
    await arrived.promise;
    await hop.ask(encodeMessage({ verb: "read", request: 0, closed: [0] }));
    await gone.promise;
    assertEquals((decodeMessage(await answer).head as { error: { code: object } }).error.code, {
      tag: "connection-terminated",
    });
  });
});

Deno.test("the end of a hop ends what it had under way", async () => {
  const gone = Promise.withResolvers<void>();
  const endless = () =>
    new ReadableStream({ start: (body) => body.enqueue(new Uint8Array(1)), cancel: () => gone.resolve() });
  await withService(() => new Response(endless()), async ({ ask, over, url }) => {
    await ask(send(0, url));
    over();
    await gone.promise;
    const { error } = await ask(send(1, url)) as { error: { message: string } };
    assert(error.message.includes("its hop is over"));
  });
});

Deno.test("more questions than any guest has to ask end the hop", async () => {
  await withService(echo, async ({ ask, url }) => {
    await ask(send(0, url));
    for (let n = 1; n < QUESTIONS_PER_HOP; n++) await ask({ verb: "read", request: 0 });
    const { stopped } = await ask({ verb: "read", request: 0 }) as { stopped: { code: string } };
    assertEquals(stopped.code, "troupe.HostCallLimit");
  });
});

Deno.test("large numbers of an error's case are texts on the way", async () => {
  await withService(() => new Response("a".repeat(101)), async ({ ask, url }) => {
    const { error } = await ask(send(0, url)) as { error: { code: object } };
    assertEquals(error.code, { tag: "HTTP-response-body-size", val: "101" });
  }, { limits: { responseBytes: 100 } });
});
