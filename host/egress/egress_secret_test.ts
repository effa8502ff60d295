import { assert, assertEquals, assertRejects } from "@std/assert";
import { textOf, withRawServer, withServer } from "./_testing.ts";
import { EgressError } from "./egress.ts";

const KEY = "key-31415926";
const rule = { headers: { authorization: { from: { env: "KEY" }, prefix: "Bearer " } }, path: "/v1" };
const options = { rule, readSecret: () => Promise.resolve(KEY) };

Deno.test("the host puts in what the actor never sees", async () => {
  const seen: (string | null)[] = [];
  await withServer(({ headers }) => {
    seen.push(headers.get("authorization"), headers.get("accept-encoding"));
    return new Response("well");
  }, async ({ hop, origin }) => {
    for (const own of [[], [["Authorization", "mine"]], [["AUTHORIZATION", "a"], ["authorization", "b"]]]) {
      const headers = own as [string, string][];
      await textOf(await hop.request({ method: "GET", url: `${origin}/v1`, headers }));
      assertEquals(seen.splice(0), [`Bearer ${KEY}`, "identity"]);
    }
  }, options);
});

Deno.test("a server that tells what it was sent does not tell the actor the value", async () => {
  await withServer(({ headers }) => {
    const said = headers.get("authorization") as string;
    return new Response(`<${said}><${said}>`, { headers: { "x-echo": said, [`x-${KEY}`]: "a" } });
  }, async ({ hop, origin }) => {
    const response = await hop.request({ method: "GET", url: `${origin}/v1` });
    const all = JSON.stringify(response.headers) + await textOf(response);
    assert(!all.includes(KEY));
    assert(all.includes(`<Bearer ${"*".repeat(KEY.length)}>`));
  }, options);
});

Deno.test("a value that comes back in pieces is covered all the same", async () => {
  const answer = (socket: { write(text: string): void; end(text: string): void }, request: string) => {
    const said = /Bearer (\S+)/.exec(request)?.[1] as string;
    socket.write("HTTP/1.1 200 OK\r\n\r\n");
    for (const character of said) socket.write(character);
    socket.end("!");
  };
  await withRawServer(answer, async ({ hop, origin }) => {
    const text = await textOf(await hop.request({ method: "GET", url: `${origin}/v1` }));
    assertEquals(text, `${"*".repeat(KEY.length)}!`);
  }, options);
});

Deno.test("no error tells it", async () => {
  const errors: unknown[] = [];
  const collect = async (request: () => Promise<unknown>) => {
    errors.push(await assertRejects(request, EgressError));
  };
  await withRawServer((socket, request) => socket.end(request), async ({ hop, origin }) => {
    await collect(() => hop.request({ method: "GET", url: `${origin}/v1` }));
    await collect(() => hop.request({ method: "GET", url: `${origin}/v2` }));
    await collect(() => hop.request({ method: "GET", url: `${origin}/v1`, headers: [["a\n", ""]] }));
  }, options);
  await withRawServer((socket) => void socket.destroy(), async ({ hop, origin }) => {
    await collect(() => hop.request({ method: "GET", url: `${origin}/v1` }));
  }, options);
  assertEquals(errors.length, 4);
  assert(!Deno.inspect(errors, { depth: 20, strAbbreviateSize: 1e6 }).includes(KEY));
});

Deno.test("what proxies the environment names, is of no interest", async () => {
  const seen: string[] = [];
  const { address, server } = await listen(seen);
  await using _ = server;
  await withServer(() => new Response("well"), async ({ origin, port }) => {
    const url = new URL("./egress.ts", import.meta.url).href;
    const program = `
      import { Egress } from ${JSON.stringify(url)};
      const rule = { host: "api.example.test", scheme: "http", port: ${port}, path: "/", addresses: ["127.0.0.1"] };
      const egress = await Egress.open({ rules: [rule], resolve: async () => ["127.0.0.1"] });
      const { body } = await egress.hop().request({ method: "GET", url: ${JSON.stringify(origin)} });
      console.log(await new Response(body).text());
    `;
    const names = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"];
    const env = { ...Object.fromEntries(names.map((name) => [name, address])), NODE_USE_ENV_PROXY: "1" };
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args: ["eval", program], env })
      .output();
    assertEquals(new TextDecoder().decode(stdout).trim(), "well", new TextDecoder().decode(stderr));
    assertEquals(seen, []);
  });
});

/** A proxy that says nothing but was it was asked. */
function listen(seen: string[]) {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    seen.push(request.url);
    return new Response("by a proxy");
  });
  return Promise.resolve({ address: `http://127.0.0.1:${server.addr.port}`, server });
}
