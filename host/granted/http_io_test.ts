// What a guest does with streams and pollables while it sends requests.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { HOST, openEgress } from "../egress/_testing.ts";
import { httpComponent } from "../stage/_http_testing.ts";
import { envelope, type StageUnderTest, withStage } from "../stage/_testing.ts";
import { httpService } from "./http_service.ts";

/** A guest that evaluates its payload, with all of the interfaces at hand. */
const EVALUATES = `
import * as types from "wasi:http/types@0.2.3";
import { handle as handOver } from "wasi:http/outgoing-handler@0.2.3";
import { poll } from "wasi:io/poll@0.2.3";
import { now, subscribeDuration, subscribeInstant } from "wasi:clocks/monotonic-clock@0.2.3";
const { Fields, OutgoingRequest, OutgoingBody, IncomingBody, RequestOptions, httpErrorCode } = types;
const bytesOf = (text) => Uint8Array.from(text, (c) => c.charCodeAt(0));
const textOf = (bytes) => String.fromCharCode(...bytes);
const MS = 1e6;
const send = (request, options) => handOver(request, options);
function request(authority, path) {
  const request = new OutgoingRequest(new Fields());
  request.setScheme({ tag: "HTTP" });
  request.setAuthority(authority);
  request.setPathWithQuery(path);
  return request;
}
function responseOf(future) {
  future.subscribe().block();
  const { val: { tag, val } } = future.get();
  if (tag === "err") throw new Error(val.tag);
  return val;
}
const errorOf = (call) => {
  try { call(); } catch (error) { return error.payload === undefined ? "refused" : error.payload.tag; }
};
export function handle(payload) {
  const { source, at } = JSON.parse(payload);
  const names = { types, send, poll, now, subscribeDuration, subscribeInstant, Fields, OutgoingRequest, OutgoingBody,
    IncomingBody, RequestOptions, httpErrorCode, bytesOf, textOf, MS, request, responseOf, errorOf, at };
  const answer = new Function(...Object.keys(names), source)(...Object.values(names));
  return JSON.stringify(answer, (_, v) => typeof v === "bigint" ? Number(v) : v);
}
`;

const component = await httpComponent(EVALUATES);

interface Evaluating extends StageUnderTest {
  /** Evaluates the body of a function in a guest; in it, \`at\` is where the server is. */
  evaluate(source: string): Promise<unknown>;
}

async function withGuest(
  handler: Deno.ServeHandler,
  run: (test: Evaluating) => Promise<void>,
): Promise<void> {
  const onError = () => new Response(null, { status: 500 });
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {}, onError }, handler);
  const { port } = server.addr;
  const services = { http: httpService(await openEgress(port)) };
  let ids = 0;
  await withStage(component, { services, limits: { timeoutMs: 10_000 } }, async (test) => {
    const evaluate = async (source: string) => {
      const result = await test.stage.run(envelope(String(ids++), { source, at: `${HOST}:${port}` }));
      if (!result.ok) {
        return `${result.failure.type}: ${result.failure.message} ${
          test.logs.map(({ message }) => message).join(" ")
        }`;
      }
      return JSON.parse(result.emits[0]?.payload as string);
    };
    await run({ ...test, evaluate });
    assert(test.events.every(({ kind }) => kind === "child-started"));
  });
}

const echo = (request: Request) => new Response(request.body);

Deno.test("a timer is ready before a server that does not answer", async () => {
  const answer = Promise.withResolvers<Response>();
  await withGuest(() => answer.promise, async ({ evaluate }) => {
    const source = `
      const future = send(request(at, "/"));
      const first = [...poll([future.subscribe(), subscribeDuration(150 * MS)])];
      const nothing = future.get() ?? "nothing yet";
      const begun = now();
      subscribeInstant(begun + 200 * MS).block();
      return [first, nothing, now() - begun >= 200 * MS];`;
    assertEquals(await evaluate(source), [[1], "nothing yet", true]);
    answer.resolve(new Response());
  });
});

Deno.test("of several pollables, all that are ready are told", async () => {
  await withGuest(() => new Response("a"), async ({ evaluate }) => {
    const source = `
      const ready = [subscribeDuration(0), subscribeInstant(0)];
      const slow = subscribeDuration(1e6 * MS);
      return [[...poll([slow, ...ready])], slow.ready(), ready[0].ready()];`;
    assertEquals(await evaluate(source), [[1, 2], false, true]);
    assertMatch(String(await evaluate("poll([])")), /troupe.Trap: .*a poll of nothing/);
  });
});

Deno.test("a body is written and read without waiting, as far as that goes", async () => {
  await withGuest(echo, async ({ evaluate }) => {
    const source = `
      const outgoing = request(at, "/");
      outgoing.setMethod({ tag: "post" });
      const body = outgoing.body();
      const out = body.write();
      const before = out.checkWrite();
      out.write(bytesOf("early "));
      const after = out.checkWrite();
      const future = send(outgoing);
      const open = out.checkWrite();
      out.write(bytesOf("late "));
      const busy = out.checkWrite();
      out.subscribe().block();
      const again = out.checkWrite() === open;
      out.writeZeroes(2);
      out.blockingFlush();
      out.blockingWriteZeroesAndFlush(1);
      OutgoingBody.finish(body, undefined);
      const closed = errorOf(() => out.checkWrite());
      const response = responseOf(future);
      const incoming = response.consume();
      const stream = incoming.stream();
      let text = "";
      let waited = 0;
      for (;;) {
        try {
          const bytes = stream.read(4);
          text += textOf(bytes);
          if (bytes.length === 0) { waited++; stream.subscribe().block(); }
        } catch (error) { if (error.payload.tag !== "closed") throw error; break; }
      }
      return [before - after, busy, again, closed, text.replaceAll("\\0", "0"), waited > 0];`;
    assertEquals(await evaluate(source), [6, 0, true, "closed", "early late 000", true]);
  });
});

Deno.test("a response is spliced into the next request, and skipped", async () => {
  await withGuest(
    (request) => request.method === "GET" ? new Response("0123456789") : echo(request),
    async (test) => {
      const source = `
      const from = responseOf(send(request(at, "/"))).consume();
      const input = from.stream();
      const skipped = input.blockingSkip(3);
      const outgoing = request(at, "/");
      outgoing.setMethod({ tag: "put" });
      const body = outgoing.body();
      const out = body.write();
      const future = send(outgoing);
      const spliced = out.blockingSplice(input, 4);
      out.blockingFlush();
      OutgoingBody.finish(body, undefined);
      const stream = responseOf(future).consume().stream();
      return [skipped, spliced, textOf(stream.blockingRead(100)), textOf(input.blockingRead(100))];`;
      assertEquals(await test.evaluate(source), [3, 4, "3456", "789"]);
    },
  );
});

Deno.test("parts of a request and of a response are had once", async () => {
  await withGuest(echo, async ({ evaluate }) => {
    const source = `
      const outgoing = request(at, "/");
      const body = outgoing.body();
      body.write();
      const twice = [errorOf(() => outgoing.body()), errorOf(() => body.write())];
      OutgoingBody.finish(body, undefined);
      const future = send(outgoing);
      const response = responseOf(future);
      const incoming = response.consume();
      incoming.stream();
      return [...twice, future.get().tag, errorOf(() => response.consume()), errorOf(() => incoming.stream())];`;
    assertEquals(await evaluate(source), ["refused", "refused", "err", "refused", "refused"]);
  });
});

Deno.test("requests and headers keep what they are given, and refuse what cannot be", async () => {
  await withGuest(echo, async ({ evaluate }) => {
    const fields = `
      const fields = Fields.fromList([["A", bytesOf("1")], ["b", bytesOf("2")], ["a", bytesOf("\\u00e9")]]);
      fields.append("C", bytesOf("3"));
      fields.set("b", [bytesOf("4"), bytesOf("5")]);
      const copy = fields.clone();
      copy.delete("a");
      const sent = new OutgoingRequest(copy.clone()).headers();
      const told = (list) => list.map(([name, value]) => name + "=" + textOf(value)).join(" ");
      return [told(fields.entries()), told(copy.entries()), fields.get("A").length, fields.has("C"), copy.has("a"),
        errorOf(() => sent.append("x", bytesOf("y"))), errorOf(() => fields.append("host", bytesOf("y"))),
        errorOf(() => fields.append("x", bytesOf("a".repeat(70000)))), errorOf(() => fields.set("x y", []))];`;
    assertEquals(await evaluate(fields), [
      "a=1 a=\u00e9 c=3 b=4 b=5",
      "c=3 b=4 b=5",
      2,
      true,
      false,
      "immutable",
      "forbidden",
      "invalid-syntax",
      "invalid-syntax",
    ]);
    const parts = `
      const outgoing = new OutgoingRequest(new Fields());
      const options = new RequestOptions();
      options.setConnectTimeout(5);
      return [outgoing.method().tag, outgoing.scheme() ?? "none", outgoing.authority() ?? "none",
        errorOf(() => outgoing.setMethod({ tag: "other", val: "A B" })),
        errorOf(() => outgoing.setPathWithQuery("a b")), errorOf(() => outgoing.setPathWithQuery("/a#b")),
        errorOf(() => outgoing.setAuthority("a/b")), errorOf(() => outgoing.setScheme({ tag: "other", val: "a:" })),
        errorOf(() => send(outgoing)), options.connectTimeout(), options.firstByteTimeout() ?? "none"];`;
    const refused = Array(5).fill("refused");
    const expected = ["get", "none", "none", ...refused, "HTTP-request-URI-invalid", 5, "none"];
    assertEquals(await evaluate(parts), expected);
  });
});

Deno.test("a response that is let go is not sent any further", async () => {
  const gone = Promise.withResolvers<void>();
  const handler = (request: Request) => {
    if (request.url.endsWith("/next")) return new Response("next");
    const pull = (body: ReadableStreamDefaultController) => body.enqueue(new Uint8Array(1024));
    return new Response(new ReadableStream({ pull, cancel: () => gone.resolve() }));
  };
  await withGuest(handler, async ({ evaluate }) => {
    const source = `
      const incoming = responseOf(send(request(at, "/"))).consume();
      const stream = incoming.stream();
      stream.blockingRead(1);
      stream[Symbol.dispose]?.();
      IncomingBody.finish(incoming);
      return textOf(responseOf(send(request(at, "/next"))).consume().stream().blockingRead(10));`;
    assertEquals(await evaluate(source), "next");
    await gone.promise;
  });
});

Deno.test("a body that is given up ends its request", async () => {
  await withGuest(async (request) => new Response(await request.text()), async ({ evaluate }) => {
    const source = `
      const outgoing = request(at, "/");
      outgoing.setMethod({ tag: "post" });
      const body = outgoing.body();
      const out = body.write();
      const future = send(outgoing);
      out.blockingWriteAndFlush(bytesOf("half"));
      out[Symbol.dispose]();
      body[Symbol.dispose]();
      try { return responseOf(future).status(); } catch (error) { return error.message; }`;
    assertEquals(await evaluate(source), "connection-terminated");
  });
});

Deno.test("what a guest writes to its standard streams is in its log", async () => {
  await withGuest(echo, async ({ evaluate, logs }) => {
    assertMatch(String(await evaluate("throw new Error('said by nobody else')")), /troupe.Trap/);
    assert(logs.some(({ level, message }) => level === "warn" && message.includes("said by nobody else")));
  });
});
