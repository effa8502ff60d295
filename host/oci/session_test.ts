import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import type { RegistryCredentials } from "./credentials.ts";
import { RegistryError } from "./errors.ts";
import { type RegistryOptions, RegistrySession } from "./session.ts";

const ADA: RegistryCredentials = {
  kind: "password",
  username: "ada",
  password: "hunter2",
  from: "/a/config.json",
};
const BASIC = `Basic ${btoa("ada:hunter2")}`;

/** A server that answers as it is told to, one answer for each request, the last one for all others. */
function serve(...answers: ((request: Request) => Response | Promise<Response>)[]) {
  const asked: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { pathname, search } = new URL(request.url);
    asked.push(`${request.method} ${pathname}${search} ${request.headers.get("authorization") ?? "-"}`);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    return answer?.(request) ?? new Response("ok");
  });
  return {
    name: `127.0.0.1:${server.addr.port}`,
    asked,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

const status = (status: number, headers: Record<string, string> = {}, body = "") => () =>
  new Response(body, { status, headers });
const ok = () => new Response("ok");

/** Asks once, without waiting in between; with the pauses that were asked for. */
async function ask(registry: string, options: RegistryOptions = {}) {
  const pauses: number[] = [];
  const pause = (ms: number) => {
    pauses.push(ms);
    return Promise.resolve();
  };
  using session = new RegistrySession({ registry, repository: "shop/a" }, {
    pause,
    ...options,
    actions: "pull",
  });
  try {
    const { bytes } = await session.ask({ method: "GET", to: "manifests/v1" });
    return { text: new TextDecoder().decode(bytes), pauses };
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    return { error, pauses };
  }
}

Deno.test("what passes is tried again, after the pause that the registry asks for", async (t) => {
  await t.step("seconds", async () => {
    await using server = serve(status(429, { "retry-after": "7" }), ok);
    assertEquals(await ask(server.name), { text: "ok", pauses: [7000] });
  });
  await t.step("without a word, longer each time", async () => {
    await using server = serve(status(500), status(502), status(429), ok);
    const { text, pauses } = await ask(server.name);
    assertEquals([text, pauses.length], ["ok", 3]);
    for (const [i, pause] of pauses.entries()) {
      assertEquals([pause > 370 * 2 ** i, pause <= 500 * 2 ** i], [true, true]);
    }
  });
  await t.step("four times in all, and then it is said why", async () => {
    const body = JSON.stringify({ errors: [{ code: "TOOMANYREQUESTS", message: "slow\n down" }] });
    await using server = serve(status(429, {}, body));
    const { error, pauses } = await ask(server.name);
    assertEquals([error?.code, error?.family, pauses.length], ["troupe.RegistryUnreachable", "system", 3]);
    assertStringIncludes(
      error?.message ?? "",
      `The registry ${server.name} cannot be asked: status 429, TOOMANYREQUESTS: slow down`,
    );
    assertEquals(server.asked.length, 4);
  });
  await t.step("not if that is later than one waits", async () => {
    await using server = serve(status(503, { "retry-after": "3600" }));
    const { error, pauses } = await ask(server.name);
    assertEquals(pauses, []);
    assertStringIncludes(error?.message ?? "", "it asks for a pause of 3600 s");
  });
  await t.step("when an answer breaks off", async () => {
    // Fewer bytes than it says: the connection is closed before the last.
    const broken = () =>
      new Response(ReadableStream.from(["o"]).pipeThrough(new TextEncoderStream()), {
        headers: { "content-length": "2" },
      });
    await using server = serve(broken, ok);
    assertEquals((await ask(server.name)).text, "ok");
  });
  await t.step("when none comes", async () => {
    const silent = Promise.withResolvers<Response>();
    await using server = serve(() => silent.promise, ok);
    const problems: string[] = [];
    const { text } = await ask(server.name, { patienceMs: 50, onRetry: (problem) => problems.push(problem) });
    silent.resolve(ok());
    assertEquals([text, problems], ["ok", ["there is no answer within 0.05 s"]]);
  });
});

Deno.test("a registry that is not there", async () => {
  const server = serve(ok);
  await server[Symbol.asyncDispose]();
  const { error } = await ask(server.name);
  assertEquals(error?.code, "troupe.RegistryUnreachable");
  assertMatch(error?.message ?? "", /^The registry 127\.0\.0\.1:\d+ cannot be asked: .*refused/i);
});

Deno.test("a registry whose name was meant as a part of the path", async () => {
  const { error } = await ask("shop");
  assertStringIncludes(error?.message ?? "", "The first part of a reference is the registry's host: shop");
});

Deno.test("credentials are for the registry alone", async (t) => {
  await using elsewhere = serve(ok);
  const challenge = status(401, { "www-authenticate": "Basic realm=tests" });
  await t.step("and do not follow it elsewhere", async () => {
    await using server = serve(
      challenge,
      status(307, { location: `http://${elsewhere.name}/blob?signature=abc` }),
    );
    assertEquals((await ask(server.name, { credentials: ADA })).text, "ok");
    assertEquals(server.asked, ["GET /v2/shop/a/manifests/v1 -", `GET /v2/shop/a/manifests/v1 ${BASIC}`]);
    assertEquals(elsewhere.asked, ["GET /blob?signature=abc -"]);
  });
  await t.step("but to where it leads on its own host", async () => {
    await using server = serve(challenge, status(302, { location: "/other" }), ok);
    assertEquals((await ask(server.name, { credentials: ADA })).text, "ok");
    assertEquals(server.asked.at(-1), `GET /other ${BASIC}`);
  });
  await t.step("and are asked for again when they are no longer good", async () => {
    await using server = serve(challenge, ok, challenge, ok);
    using session = new RegistrySession({ registry: server.name, repository: "a" }, {
      credentials: ADA,
      actions: "pull",
    });
    for (const to of ["x", "y"]) assertEquals((await session.ask({ method: "GET", to })).status, 200);
    assertEquals(server.asked.length, 4);
  });
});

Deno.test("where a registry may lead", async (t) => {
  const cases: [string, string, string][] = [
    ["to no TLS", "http://192.0.2.1/blob?signature=abc", "leads to http://192.0.2.1: only https"],
    ["to a file", "file:///etc/passwd", "leads to file://: only https"],
    ["round in circles", "/v2/shop/a/manifests/v1", "elsewhere more than 5 times"],
    ["to no address", "http://[", "only https"],
  ];
  for (const [name, location, said] of cases) {
    await t.step(name, async () => {
      await using server = serve(status(307, { location }));
      const { error } = await ask(server.name);
      assertEquals(error?.code, "troupe.RegistryUnreachable");
      assertStringIncludes(error?.message ?? "", said);
      assertEquals(error?.message.includes("signature"), false);
    });
  }
  await t.step("and whose server is not there, is told without its signature", async () => {
    const gone = serve(ok);
    await gone[Symbol.asyncDispose]();
    await using server = serve(status(307, { location: `http://${gone.name}/blob?signature=abc` }));
    const { error } = await ask(server.name);
    assertEquals(error?.code, "troupe.RegistryUnreachable");
    assertEquals(error?.message.includes("signature"), false);
  });
});

Deno.test("signing in", async (t) => {
  const bearer = (realm: string) =>
    status(401, { "www-authenticate": `Bearer realm="${realm}",service="r"` });
  const denied: [string, Response, string, string][] = [
    [
      "a token server that denies",
      Response.json({ errors: [{ message: "no" }] }, { status: 403 }),
      "troupe.RegistryDenied",
      "status 403, no",
    ],
    ["one that says something else", new Response("hunter3"), "troupe.RegistryUnreachable", "something else"],
    ["one without a token", Response.json({}), "troupe.RegistryUnreachable", "something else"],
    [
      "one whose token is none",
      Response.json({ token: "a\r\nb: c" }),
      "troupe.RegistryUnreachable",
      "something else",
    ],
  ];
  for (const [name, answer, code, said] of denied) {
    await t.step(name, async () => {
      await using tokens = serve(() => answer);
      await using server = serve(bearer(`http://${tokens.name}/token`));
      const { error } = await ask(server.name, { credentials: ADA });
      assertEquals(error?.code, code);
      assertStringIncludes(error?.message ?? "", said);
      assertEquals(/hunter/.test(error?.message ?? ""), false);
      assertEquals(tokens.asked, [`GET /token?service=r&scope=repository%3Ashop%2Fa%3Apull ${BASIC}`]);
    });
  }
  await t.step("not at a server without TLS", async () => {
    await using server = serve(bearer("http://192.0.2.1/token"));
    const { error } = await ask(server.name, { credentials: ADA });
    assertStringIncludes(error?.message ?? "", "only https is followed");
  });
  await t.step("in a way that nobody knows", async () => {
    await using server = serve(status(401, { "www-authenticate": "Negotiate" }));
    assertEquals((await ask(server.name, { credentials: ADA })).error?.code, "troupe.RegistryDenied");
  });
  await t.step("as nobody", async () => {
    await using server = serve(status(401, { "www-authenticate": "Basic realm=x" }));
    const { error } = await ask(server.name);
    assertEquals(error?.code, "troupe.RegistryDenied");
    assertStringIncludes(error?.message ?? "", "docker login");
    assertStringIncludes(error?.message ?? "", "pullSecret");
  });
});

Deno.test("a registry that repeats what it was told does not make it known", async () => {
  await using server = serve(
    status(401, { "www-authenticate": "Basic realm=x" }),
    (request) => {
      const message = `${request.headers.get("authorization")} and hunter2`;
      return Response.json({ errors: [{ code: "DENIED", message }] }, { status: 403 });
    },
  );
  const { error } = await ask(server.name, { credentials: ADA });
  assertEquals(error?.code, "troupe.RegistryDenied");
  assertStringIncludes(error?.message ?? "", "DENIED: Basic *** and ***");
});

Deno.test("an answer without end is not read to it", async () => {
  const endless = () =>
    new Response(new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(65_536)) }));
  await using server = serve(endless);
  using session = new RegistrySession({ registry: server.name, repository: "a" }, { actions: "pull" });
  const { code } = await assertRejects(
    () => session.ask({ method: "GET", to: "x", maxBytes: 1_000_000 }),
    RegistryError,
    "more than 1000000 bytes",
  );
  assertEquals(code, "troupe.TooLarge");
});

Deno.test("all of it has an end", async () => {
  const silent = Promise.withResolvers<Response>();
  await using server = serve(() => silent.promise);
  const { error } = await ask(server.name, { timeoutMs: 100 });
  silent.resolve(ok());
  assertStringIncludes(error?.message ?? "", "it took more than 0.1 s");
});
