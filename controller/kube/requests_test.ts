import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { kubeconfig, serve } from "./_server_testing.ts";
import { KubeClient } from "./client.ts";
import { KubeError } from "./errors.ts";
import { MOST_CONNECTIONS } from "./kube_config.ts";

const OK = () => Response.json({ major: "1", minor: "36", gitVersion: "v1.36.3" });

/** How a call fails; it must not wait for ever. */
async function failure(promise: Promise<unknown>): Promise<KubeError> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error("the call does not end")), 10_000);
  try {
    return await assertRejects(() => Promise.race([promise, late.promise]), KubeError);
  } finally {
    clearTimeout(timer);
  }
}

Deno.test("a call carries the token, and what it says of itself", async () => {
  let seen: Headers | undefined;
  await using server = await serve((request) => {
    seen = request.headers;
    return OK();
  });
  assertEquals((await server.client.version()).gitVersion, "v1.36.3");
  assertEquals(seen?.get("authorization"), "Bearer secret");
  assertEquals(seen?.get("user-agent"), "troupe");
});

Deno.test("a call that is put off is made again, once the time is over that the server asks for", async () => {
  let over = false;
  await using server = await serve(() => {
    if (over) return OK();
    setTimeout(() => over = true, 1_000);
    return new Response("busy", { status: 429, headers: { "retry-after": "1" } });
  });
  await server.client.version();
  assertEquals(server.calls.length, 2);
});

Deno.test("a call that is put off for longer than it may take fails at once, and says for how long", async () => {
  await using server = await serve(() =>
    new Response("busy", { status: 429, headers: { "retry-after": "3600" } })
  );
  const error = await failure(server.client.version());
  assertEquals([error.code, error.retryAfterMs, error.isPassing], [
    "troupe.KubeTooManyRequests",
    3_600_000,
    true,
  ]);
  assertEquals(server.calls.length, 1);
});

Deno.test("a call that hangs ends by its limit, before the answer and in the middle of it", async () => {
  const never = Promise.withResolvers<Response>();
  await using server = await serve((_, count) => count === 1 ? never.promise : new Response(half()), {
    limitMs: 200,
  });
  for (const _ of ["before", "in the middle"]) {
    const error = await failure(server.client.version());
    assertEquals([error.code, error.isPassing], ["troupe.KubeTimeout", true]);
    assertStringIncludes(error.message, "GET /version: no answer from http://127.0.0.1:");
  }
  never.resolve(OK());
});

/** Half of an answer. @param then What comes instead of the other half. @default nothing, for ever */
function half(then?: Error): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull(controller) {
      if (then) controller.error(then);
    },
    start: (controller) => controller.enqueue(new TextEncoder().encode('{"major":')),
  }, { highWaterMark: 0 });
}

Deno.test("a call whose answer is cut in the middle fails", async () => {
  await using server = await serve(() => new Response(half(new Error("gone"))));
  assertEquals((await failure(server.client.version())).code, "troupe.KubeUnreachable");
});

Deno.test("a server that is not there is named", async () => {
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, kubeconfig("http://127.0.0.1:1"));
  await using client = await KubeClient.open({ file });
  const error = await failure(client.version());
  assertEquals(error.code, "troupe.KubeUnreachable");
  assertStringIncludes(error.message, "http://127.0.0.1:1");
  await Deno.remove(file);
});

Deno.test("a client that is closed ends the calls that are under way, and makes no others", async () => {
  const asked = Promise.withResolvers<void>();
  const never = Promise.withResolvers<Response>();
  const server = await serve(() => {
    asked.resolve();
    return never.promise;
  });
  const underWay = failure(server.client.version());
  await asked.promise;
  await server.client[Symbol.asyncDispose]();
  assertEquals((await underWay).code, "troupe.KubeUnreachable");
  assertStringIncludes((await failure(server.client.version())).message, "the client is closed");
  never.resolve(OK());
  await server[Symbol.asyncDispose]();
});

Deno.test("a call that its caller ends rejects with the caller's reason, also while it is put off", async () => {
  const end = new AbortController();
  const reason = new Error("enough");
  await using server = await serve(() => {
    setTimeout(() => end.abort(reason), 50);
    return new Response("busy", { status: 429, headers: { "retry-after": "10" } });
  });
  for (const _ of ["while it is put off", "before it is made"]) {
    assertEquals(await server.client.version({ signal: end.signal }).catch((error) => error), reason);
  }
  assertEquals(server.calls.length, 1);
});

Deno.test("an answer that is none of an API server says what it is instead", async () => {
  await using server = await serve((_, count) =>
    count === 1 ? new Response("<html>login</html>") : Response.json({ hello: "world" })
  );
  const page = await failure(server.client.version());
  assertEquals(page.code, "troupe.KubeBadAnswer");
  assertStringIncludes(page.message, "<html>login</html>");
  assertStringIncludes(
    (await failure(server.client.version())).message,
    "GET /version: the answer has at major",
  );
});

Deno.test("calls share connections", async () => {
  const ports = new Set<number>();
  await using server = await serve((_request, _count, port) => {
    ports.add(port);
    return OK();
  });
  for (let call = 0; call < 10; call++) await server.client.version();
  // The next call may be made before the connection of the last is free again.
  assert(ports.size <= 2, `${ports.size} connections`);
});

Deno.test("calls at once take no more connections than is sensible", async () => {
  const ports = new Set<number>();
  await using server = await serve((_request, _count, port) => {
    ports.add(port);
    return OK();
  });
  await Promise.all(Array.from({ length: 200 }, () => server.client.version()));
  assertEquals(server.calls.length, 200);
  assert(ports.size <= MOST_CONNECTIONS, `${ports.size} connections`);
});
