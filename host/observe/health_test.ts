import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { type HealthSources, NoSuchAddressError, PortTakenError, serveHealth } from "./health.ts";
import { createMetrics } from "./metrics.ts";

/** Serves on a port of its own, over real HTTP. */
async function withServer(
  sources: HealthSources,
  run: (base: string, port: number) => Promise<void>,
): Promise<void> {
  const server = serveHealth(sources, { port: 0 });
  try {
    await run(`http://127.0.0.1:${server.port}`, server.port);
  } finally {
    await server.close();
  }
}

async function get(url: string): Promise<{ status: number; type: string; text: string }> {
  const response = await fetch(url);
  const type = response.headers.get("content-type") ?? "";
  return { status: response.status, type, text: await response.text() };
}

const none = () => [];

Deno.test("/healthz answers while the process lives, whatever it cannot do", async () => {
  await withServer({ problems: () => [{ part: "transport", reason: "away" }] }, async (base) => {
    const { status, text } = await get(`${base}/healthz`);
    assertEquals([status, JSON.parse(text)], [200, { status: "alive" }]);
  });
});

Deno.test("/readyz says whether it can work now, and why not", async () => {
  let problems = [{ part: "transport", reason: "the disk is full" }, {
    part: "split",
    reason: "it does not run",
  }];
  await withServer({ problems: () => problems }, async (base) => {
    const before = await get(`${base}/readyz`);
    assertEquals([before.status, JSON.parse(before.text)], [503, { status: "not ready", problems }]);
    problems = [];
    const after = await get(`${base}/readyz`);
    assertEquals([after.status, JSON.parse(after.text)], [200, { status: "ready" }]);
  });
});

Deno.test("/metrics renders what was counted, freshly looked at", async () => {
  const metrics = await createMetrics();
  let looks = 0;
  const refresh = () =>
    Promise.resolve(metrics.queues(new Map([["a", { ready: ++looks, delayed: 0, leased: 0 }]])));
  metrics.received("a");
  await withServer({ problems: none, metrics, refresh }, async (base) => {
    for (const look of [1, 2]) {
      const { status, type, text } = await get(`${base}/metrics`);
      assertEquals(status, 200);
      assertStringIncludes(type, "text/plain");
      assertStringIncludes(text, 'troupe_envelopes_received_total{actor="a"} 1');
      assertStringIncludes(text, `troupe_queue_messages{queue="a",state="ready"} ${look}`);
    }
  });
});

Deno.test("/metrics answers with what it has when the queues cannot be looked at, or not soon", async () => {
  const metrics = await createMetrics();
  metrics.received("a");
  const away: (() => Promise<void>)[] = [
    () => Promise.reject(new Error("the transport is closed")),
    () => new Promise(() => {}),
  ];
  const failures: unknown[] = [];
  for (const refresh of away) {
    const onRefreshFailure = (error: unknown) => failures.push(String(error));
    await withServer({ problems: none, metrics, refresh, onRefreshFailure }, async (base) => {
      const { status, text } = await get(`${base}/metrics`);
      assertEquals(status, 200);
      assertStringIncludes(text, 'troupe_envelopes_received_total{actor="a"} 1');
    });
  }
  assertEquals(failures, ["Error: the transport is closed"]);
});

Deno.test("there is nothing else, and no /metrics where nothing is counted", async () => {
  await withServer({ problems: none }, async (base) => {
    for (const path of ["/", "/metrics", "/healthz/x"]) {
      assertEquals((await get(base + path)).status, 404, path);
    }
    const posted = await fetch(`${base}/healthz`, { method: "POST", body: "x" });
    await posted.body?.cancel();
    assertEquals(posted.status, 404);
  });
});

Deno.test("a port that is taken is refused by name, with what to do", async () => {
  await withServer({ problems: none }, (_, port) => {
    const error = assertThrows(() => serveHealth({ problems: none }, { port }), PortTakenError, String(port));
    assertEquals(error.code, "troupe.PortTaken");
    return Promise.resolve();
  });
});

Deno.test("close() answers what was asked before it ends", async () => {
  const metrics = await createMetrics();
  const asked = Promise.withResolvers<void>();
  const look = Promise.withResolvers<void>();
  const refresh = () => {
    asked.resolve();
    return look.promise;
  };
  const server = serveHealth({ problems: none, metrics, refresh }, { port: 0 });
  const answer = get(`http://127.0.0.1:${server.port}/metrics`);
  await asked.promise;
  const closed = server.close();
  look.resolve();
  assertEquals((await answer).status, 200);
  await closed;
});

Deno.test("an address that the machine does not have is named", () => {
  const options = { port: 0, hostname: "192.0.2.1" };
  const error = assertThrows(() => serveHealth({ problems: none }, options), NoSuchAddressError, "192.0.2.1");
  assertEquals(error.code, "troupe.NoSuchAddress");
});
