// Guests that send requests: real components, against real servers.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { HOST, openEgress } from "../egress/_testing.ts";
import { Egress, type EgressOptions, type HttpRule } from "../egress/egress.ts";
import { CLIENT, httpComponent } from "../stage/_http_testing.ts";
import { envelope, type StageUnderTest, type TestStageOptions, withStage } from "../stage/_testing.ts";
import { httpService } from "./http_service.ts";

const component = await httpComponent(CLIENT);

interface Setup extends Omit<TestStageOptions, "services"> {
  readonly rule?: Partial<HttpRule>;
  readonly egress?: Omit<Partial<EgressOptions>, "rules">;
  readonly component?: Uint8Array;
}

/** Runs a test with a server and a stage whose guests may send requests to it. */
async function withGuest(
  handler: Deno.ServeHandler,
  run: (test: StageUnderTest & { readonly url: string; readonly port: number }) => Promise<void>,
  { rule = {}, egress: options = {}, component: other = component, ...setup }: Setup = {},
): Promise<void> {
  const onError = () => new Response(null, { status: 500 });
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {}, onError }, handler);
  const { port } = server.addr;
  const services = { http: httpService(await openEgress(port, { rule, ...options })) };
  await withStage(other, { ...setup, services }, async (test) => {
    await run({ ...test, url: `http://${HOST}:${port}`, port });
  });
}

// deno-lint-ignore no-explicit-any
type Answer = any;

let envelopes = 0;

/** What the guest answers. */
async function ask({ stage }: StageUnderTest, payload: unknown): Promise<Answer> {
  const result = await stage.run(envelope(String(envelopes++), payload));
  if (!result.ok) return result.failure.type;
  return JSON.parse(result.emits[0]?.payload as string);
}

const echo = async (request: Request) => {
  const { method, headers } = request;
  const body = await request.text();
  return new Response(`${method} ${new URL(request.url).pathname} ${headers.get("x-a")} ${body}`, {
    status: 201,
    headers: { "x-b": "c" },
  });
};

Deno.test("a guest sends a request and reads its response", async () => {
  await withGuest(echo, async (test) => {
    const { url } = test;
    const answer = await ask(test, { url: `${url}/a?b`, headers: [["X-A", "1"]] });
    assertEquals([answer.status, answer.text], [201, "GET /a 1 "]);
    assertEquals(answer.headers.find(([name]: string[]) => name === "x-b"), ["x-b", "c"]);
    for (const whole of [true, false]) {
      const body = ["one", "", "two"];
      assertEquals((await ask(test, { method: "post", url, body, whole })).text, "POST / null onetwo");
    }
    assertEquals((await ask(test, { method: "delete", url })).text, "DELETE / null ");
  });
});

Deno.test("large bodies go both ways in pieces", async () => {
  const back = (request: Request) => new Response(request.body);
  await withGuest(back, async (test) => {
    const body = Array.from({ length: 12 }, (_, n) => String.fromCharCode(97 + n).repeat(50_000));
    const answer = await ask(test, { method: "post", url: test.url, body });
    assertEquals(answer.text === body.join(""), true);
  });
});

Deno.test("a guest has several requests under way at once", async () => {
  const all = Promise.withResolvers<void>();
  let arrived = 0;
  const together = async (request: Request) => {
    if (++arrived === 5) all.resolve();
    await all.promise;
    return new Response(new URL(request.url).pathname);
  };
  await withGuest(together, async (test) => {
    const answers = await ask(test, [1, 2, 3, 4, 5].map((n) => ({ url: `${test.url}/${n}` })));
    assertEquals(answers.map(({ text }: Answer) => text), ["/1", "/2", "/3", "/4", "/5"]);
  });
});

/** Names that lead elsewhere, beside that of the server. */
const ELSEWHERE: Record<string, string[]> = {
  "prohibited.test": ["127.0.0.2"],
  "hidden.test": ["::ffff:127.0.0.1"],
  "metadata.test": ["169.254.169.254"],
  "refused.test": ["127.0.0.9"],
  "absent.test": [],
};

const CODES: Record<string, { asks: object; tag: string }> = {
  "a host that is not listed": { asks: { url: "http://other.test/" }, tag: "HTTP-request-denied" },
  "another scheme": { asks: { url: `https://${HOST}/` }, tag: "HTTP-request-denied" },
  "no http at all": { asks: { url: `ftp://${HOST}/` }, tag: "HTTP-request-URI-invalid" },
  "a user": { asks: { url: `http://user@${HOST}/` }, tag: "HTTP-request-URI-invalid" },
  "an address instead of the name": { asks: { url: "http://127.0.0.1/" }, tag: "HTTP-request-denied" },
  "a number instead of the name": { asks: { url: "http://2130706433/" }, tag: "HTTP-request-denied" },
  "TRACE": { asks: { method: "trace" }, tag: "HTTP-request-method-invalid" },
  "an address that is not listed": {
    asks: { url: "http://prohibited.test/" },
    tag: "destination-IP-prohibited",
  },
  "an address within another": { asks: { url: "http://hidden.test/" }, tag: "destination-IP-prohibited" },
  "the address of credentials": { asks: { url: "http://metadata.test/" }, tag: "destination-IP-prohibited" },
  "a name that is none": { asks: { url: "http://absent.test/" }, tag: "DNS-error" },
  "a server that is not there": { asks: { url: "http://refused.test/" }, tag: "connection-refused" },
  "a response that is too large": {
    asks: { method: "put", body: ["a".repeat(95)] },
    tag: "HTTP-response-body-size",
  },
  "a request that is too large": {
    asks: { method: "post", body: ["a".repeat(101)] },
    tag: "HTTP-request-body-size",
  },
};

Deno.test("a guest is told what became of its request, and the log says more", async (t) => {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, echo);
  const { port } = server.addr;
  const rules = [HOST, ...Object.keys(ELSEWHERE)].map((host): HttpRule => ({
    host,
    scheme: "http",
    port: host === HOST ? port : 80,
    path: "/",
    addresses: ["127.0.0.1", "127.0.0.9", "169.254.0.0/16"],
  }));
  const egress = await Egress.open({
    rules,
    resolve: (name) => Promise.resolve(ELSEWHERE[name] ?? ["127.0.0.1"]),
    limits: { requestBytes: 100, responseBytes: 100 },
  });
  await withStage(component, { services: { http: httpService(egress) } }, async (test) => {
    for (const [what, { asks, tag }] of Object.entries(CODES)) {
      await t.step(what, async () => {
        const answer = await ask(test, { url: `http://${HOST}:${port}/`, ...asks });
        assertEquals((answer.error?.payload ?? answer.error)?.tag, tag, JSON.stringify(answer));
        const [said, more] = test.logs.splice(0);
        assertMatch(said?.message ?? "", new RegExp(`^A request came to ${tag}: `));
        assertEquals(more, undefined);
      });
    }
    assertEquals((await ask(test, { url: `http://${HOST}:${port}/` })).status, 201);
    assert(test.events.every(({ kind }) => kind === "child-started"));
  });
});

Deno.test("a guest waits no longer than it says itself", async () => {
  const { promise, resolve } = Promise.withResolvers<Response>();
  await withGuest(() => promise, async (test) => {
    const answer = await ask(test, { url: test.url, options: { firstByteMs: 50 } });
    assertEquals(answer.error.tag, "HTTP-response-timeout");
    resolve(new Response());
  });
});

Deno.test("headers that are the host's, or are none, are refused at once", async () => {
  await withGuest(echo, async (test) => {
    for (const [name, tag] of [["Host", "forbidden"], ["te", "forbidden"], ["a b", "invalid-syntax"]]) {
      assertEquals((await ask(test, { url: test.url, headers: [[name, "x"]] })).error.tag, tag);
    }
    assertEquals(
      (await ask(test, { url: test.url, headers: [["x", "a\r\nb"]] })).error.tag,
      "invalid-syntax",
    );
  });
});

Deno.test("what the host puts into a request is not seen by its guest", async () => {
  const tell = ({ headers }: Request) => new Response(headers.get("authorization"));
  const rule = { headers: { authorization: { from: { env: "KEY" }, prefix: "Bearer " } } };
  const readSecret = () => Promise.resolve("key-2718");
  await withGuest(tell, async (test) => {
    const answer = await ask(test, { url: test.url, headers: [["authorization", "own"]] });
    assertEquals(answer.text, "Bearer ********");
  }, { rule, egress: { readSecret } });
});

Deno.test("more bytes than limits.egressBytes end the hop by name, and nothing else", async () => {
  await withGuest(() => new Response("a".repeat(10_000)), async (test) => {
    assertEquals(await ask(test, { url: test.url }), "troupe.EgressBytes");
    assertEquals((await ask(test, { url: "http://other.test/" })).error.tag, "HTTP-request-denied");
    assert(test.events.every(({ kind }) => kind === "child-started"));
  }, { egress: { limits: { egressBytes: 5000 } } });
});

Deno.test("while one envelope waits for a slow server, others of the same sandbox go on", async () => {
  const slow = Promise.withResolvers<Response>();
  const begun = Promise.withResolvers<void>();
  const handler = (request: Request) => {
    if (!request.url.endsWith("/slow")) return new Response("quick");
    begun.resolve();
    return slow.promise;
  };
  await withGuest(handler, async (test) => {
    const pids = test.stage.pids();
    const waiting = ask(test, { url: `${test.url}/slow` });
    await begun.promise;
    for (let n = 0; n < 5; n++) assertEquals((await ask(test, { url: test.url })).text, "quick");
    slow.resolve(new Response("slow"));
    assertEquals((await waiting).text, "slow");
    assertEquals(test.stage.pids()[0], pids[0]);
  });
});

Deno.test("more requests at once than limits.hostCalls end the hop by name", async () => {
  const { promise, resolve } = Promise.withResolvers<Response>();
  await withGuest(() => promise, async (test) => {
    const requests = Array.from({ length: 6 }, () => ({ url: test.url }));
    const answer = await ask(test, requests);
    resolve(new Response());
    assertEquals(answer, "troupe.HostCallLimit");
    assert(test.events.every(({ kind }) => kind === "child-started"));
  }, { limits: { hostCalls: 4 } });
});

Deno.test("no more envelopes are under way than the actor's concurrency", async () => {
  let [now, most] = [0, 0];
  const gates: (() => void)[] = [];
  const handler = async () => {
    most = Math.max(most, ++now);
    await new Promise<void>((resolve) => {
      gates.push(resolve);
      if (gates.length === 3) { for (const open of gates.splice(0)) open(); }
    });
    now--;
    return new Response("well");
  };
  await withGuest(handler, async (test) => {
    const answers = await Promise.all([1, 2, 3, 4, 5, 6].map(() => ask(test, { url: test.url })));
    assertEquals(answers.map(({ text }) => text), Array(6).fill("well"));
    assertEquals(most, 3);
  }, { limits: { concurrency: 3 } });
});

Deno.test("a hop that waits for too long has failed alone, and its server is left", async () => {
  const left = Promise.withResolvers<void>();
  const handler = (request: Request) => {
    if (!request.url.endsWith("/slow")) return new Response("quick");
    return new Response(
      new ReadableStream({ start: (body) => body.enqueue(new Uint8Array(1)), cancel: () => left.resolve() }),
    );
  };
  await withGuest(handler, async (test) => {
    const pids = test.stage.pids();
    assertEquals(await ask(test, { url: `${test.url}/slow` }), "troupe.Timeout");
    await left.promise;
    assertEquals((await ask(test, { url: test.url })).text, "quick");
    assertEquals(test.stage.pids()[0], pids[0]);
    assert(test.events.every(({ kind }) => kind === "child-started"));
  }, { limits: { timeoutMs: 1000 } });
});

Deno.test("reuse: what a guest keeps of a hop that is over, is of no use", async () => {
  const keeping = await httpComponent(`${CLIENT.replace("export function handle", "function answer")}
    let kept;
    export function handle(payload) {
      const asked = JSON.parse(payload);
      if (asked.keep) { kept = request(asked); return "null"; }
      kept.subscribe().block();
      return JSON.stringify(kept.get() ?? "nothing");
    }`);
  await withGuest(echo, async (test) => {
    assertEquals(await ask(test, { url: test.url, keep: true }), null);
    assertEquals((await ask(test, {})).val, { tag: "err", val: { tag: "connection-terminated" } });
    assert(test.events.every(({ kind }) => kind === "child-started"));
  }, { component: keeping, isolation: "reuse" });
});
