import { assertEquals } from "@std/assert";
import { DEFAULT_LIMITS, type Limits } from "../limits.ts";
import { decodeMessage, encodeMessage } from "../stage/wire/ask.ts";
import { servicesOf } from "./services.ts";

const ADDRESS = "127.0.0.1";

/** Has an actor with these limits send requests one after another. @returns What it is told of each. */
async function outcomes(limits: Partial<Limits>, paths: readonly string[]): Promise<unknown[]> {
  const silence = Promise.withResolvers<Response>();
  await using server = Deno.serve(
    { hostname: ADDRESS, port: 0, onListen() {} },
    (request) => request.url.endsWith("/silent") ? silence.promise : new Response("four"),
  );
  const { port } = server.addr;
  const rule = { host: ADDRESS, scheme: "http", port, path: "/", addresses: [ADDRESS] } as const;
  const actor = { name: "a", grants: { route: [], http: [rule] }, limits: { ...DEFAULT_LIMITS, ...limits } };
  const { http } = await servicesOf(actor, { logger: { warn() {} } });
  const over = new AbortController();
  const hop = http?.begin({ envelopeId: "1", signal: over.signal });
  const told: unknown[] = [];
  for (const [request, path] of paths.entries()) {
    const head = { request, url: `http://${ADDRESS}:${port}${path}`, headers: [], method: "POST" };
    const sent = encodeMessage({ verb: "send", ...head, body: "whole" }, new TextEncoder().encode("four"));
    const answer = decodeMessage(await hop?.ask(sent) ?? new Uint8Array()).head as {
      status?: number;
      error?: { code: { tag: string } };
    };
    told.push(answer.status ?? answer.error?.code.tag);
  }
  over.abort();
  silence.resolve(new Response());
  return told;
}

Deno.test("requests are bounded by the limits of the actor that sends them", async () => {
  const cases: [Partial<Limits>, string[], unknown[]][] = [
    [{}, ["/", "/"], [200, 200]],
    [{ requests: 1 }, ["/", "/"], [200, "connection-limit-reached"]],
    [{ requestBytes: 3 }, ["/"], ["HTTP-request-body-size"]],
    [{ responseBytes: 3 }, ["/"], ["HTTP-response-body-size"]],
    [{ requestMs: 50 }, ["/silent"], ["HTTP-response-timeout"]],
  ];
  for (const [limits, paths, expected] of cases) {
    assertEquals(await outcomes(limits, paths), expected, JSON.stringify(limits));
  }
});
