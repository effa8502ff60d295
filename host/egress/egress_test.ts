import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { bodyOf, HOST, openEgress, textOf, withSecureServer, withServer } from "./_testing.ts";
import { EgressError, type HttpErrorCode } from "./egress.ts";

/** Tells what it was sent. */
const echo = async (request: Request) => {
  const { method, url, headers } = request;
  return Response.json({ method, url, headers: [...headers], body: await request.text() });
};

Deno.test("a request goes out as it is, and its response comes back", async () => {
  await withServer(async (request) => {
    assertEquals([request.method, request.headers.get("x-a"), await request.text()], ["PUT", "b", "one two"]);
    assertEquals(request.headers.get("host")?.split(":")[0], HOST);
    assertEquals(request.url.split("?")[1], "x=1&y=%20");
    return new Response("three", {
      status: 202,
      headers: [["x-c", "1"], ["set-cookie", "a"], ["set-cookie", "b"]],
    });
  }, async ({ origin, hop }) => {
    const response = await hop.request({
      method: "put",
      url: `${origin}/v1/../a?x=1&y= #part`,
      headers: [["X-A", "b"]],
      body: bodyOf("one", "", " two"),
    });
    assertEquals(response.status, 202);
    assertEquals(response.headers.filter(([name]) => name === "set-cookie").map(([, value]) => value), [
      "a",
      "b",
    ]);
    assert(response.headers.every(([name]) => name !== "connection" && name !== "transfer-encoding"));
    assertEquals(hop.pending, 1);
    assertEquals(await textOf(response), "three");
    assertEquals(hop.pending, 0);
    assert(hop.bytes > "one twothree".length + 100);
  });
});

Deno.test("how long a body is, is said in one way only", async () => {
  const framing = (request: Request) =>
    Response.json(["content-length", "transfer-encoding"].map((name) => request.headers.get(name)));
  await withServer(framing, async ({ origin: url, hop }) => {
    const of = async (method: string, length?: string, body?: string) => {
      const headers = length === undefined ? [] : [["content-length", length] as const];
      const given = body === undefined ? {} : { body: bodyOf(body) };
      return JSON.parse(await textOf(await hop.request({ method, url, headers, ...given })));
    };
    assertEquals(await of("GET"), [null, null]);
    assertEquals(await of("GET", undefined, ""), [null, null]);
    assertEquals(await of("GET", undefined, "a"), [null, "chunked"]);
    assertEquals(await of("DELETE", undefined, "a"), [null, "chunked"]);
    assertEquals(await of("POST", undefined, "a"), [null, "chunked"]);
    assertEquals(await of("POST"), ["0", null]);
    assertEquals(await of("POST", "0"), ["0", null]);
    assertEquals(await of("POST", "3", "abc"), ["3", null]);
    assertEquals(await of("GET", "3", "abc"), ["3", null]);
  });
});

Deno.test("a body with another length than was said ends the request", async () => {
  await withServer(echo, async ({ origin: url, hop }) => {
    for (const body of ["ab", "abcd", ""]) {
      const headers = [["content-length", "3"]] as const;
      const { code, http } = await assertRejects(
        () => hop.request({ method: "POST", url, headers, body: bodyOf(body) }),
        EgressError,
        `says 3 and the body has ${body.length} bytes`,
      );
      assertEquals([code, http.tag], ["troupe.EgressDenied", "HTTP-request-body-size"]);
    }
    assertEquals(hop.pending, 0);
  });
});

Deno.test("with https, the certificate has to be the name's, although the connection is made to an address", async () => {
  await withSecureServer(() => new Response("well"), async ({ origin, hop }) => {
    assertEquals(await textOf(await hop.request({ method: "GET", url: origin })), "well");
  });
  await withSecureServer(() => new Response("well"), async ({ port, hop }) => {
    const url = `https://a.${HOST}:${port}/`;
    assertEquals(await textOf(await hop.request({ method: "GET", url })), "well");
  }, { rule: { host: `*.${HOST}` } });
  await withSecureServer(() => new Response("well"), async ({ port, hop }) => {
    const url = `https://127.0.0.1:${port}/`;
    assertEquals(await textOf(await hop.request({ method: "GET", url })), "well");
  }, { rule: { host: "127.0.0.1" } });
});

Deno.test("a certificate of another name, or of nobody whom we trust, is refused", async () => {
  const refused = async (
    url: string,
    hop: { request(r: { method: string; url: string }): Promise<unknown> },
  ) => {
    const { code, http } = await assertRejects(() => hop.request({ method: "GET", url }), EgressError);
    assertEquals([code, http.tag], ["troupe.EgressFailed", "TLS-certificate-error"]);
  };
  await withSecureServer(echo, async ({ port, hop }) => {
    await refused(`https://other.test:${port}/`, hop);
  }, { rule: { host: "other.test" } });
  await withSecureServer(echo, ({ origin, hop }) => refused(origin, hop), { caCerts: [] });
});

Deno.test("a server without TLS is no server with https", async () => {
  await withServer(echo, async ({ port, hop }) => {
    const url = `https://${HOST}:${port}/`;
    const { http } = await assertRejects(() => hop.request({ method: "GET", url }), EgressError);
    assertEquals(http.tag, "TLS-protocol-error");
  }, { rule: { scheme: "https" } });
});

Deno.test("a redirect is a response, and nothing follows it", async () => {
  let requests = 0;
  await withServer(() => {
    requests++;
    return new Response(null, { status: 302, headers: { location: "http://127.0.0.1:1/secret" } });
  }, async ({ origin, hop }) => {
    const response = await hop.request({ method: "GET", url: origin });
    assertEquals(response.status, 302);
    const location = response.headers.find(([name]) => name === "location")?.[1] as string;
    await response.body.cancel();
    await assertRejects(() => hop.request({ method: "GET", url: location }), EgressError, "does not list");
    assertEquals([requests, hop.pending], [1, 0]);
  });
});

Deno.test("what the grant does not allow makes no connection", async () => {
  let requests = 0;
  const count = () => new Response(String(++requests));
  await withServer(count, async ({ port, origin, hop }) => {
    const refused = [
      ["DELETE", `${origin}/v1/`],
      ["GET", `${origin}/v2/`],
      ["GET", `${origin}/v1/../v2`],
      ["GET", `http://127.0.0.1:${port}/v1/`],
      ["GET", `http://2130706433:${port}/v1/`],
      ["GET", `http://[::ffff:127.0.0.1]:${port}/v1/`],
      ["GET", `http://localhost.:${port}/v1/`],
      ["GET", `http://user@${HOST}:${port}/v1/`],
      ["CONNECT", `${origin}/v1/`],
    ];
    for (const [method = "", url = ""] of refused) {
      const { code } = await assertRejects(() => hop.request({ method, url }), EgressError);
      assertEquals(code, "troupe.EgressDenied", url);
    }
    assertEquals(requests, 0);
  }, { rule: { path: "/v1", methods: ["GET"] } });
});

Deno.test("names that lead to addresses that are not listed make no connection", async () => {
  let requests = 0;
  const addresses = [
    "127.0.0.1",
    "::1",
    "::ffff:127.0.0.1",
    "169.254.169.254",
    "10.0.0.1",
    "0.0.0.0",
    "nonsense",
  ];
  await withServer(() => new Response(String(++requests)), async ({ port }) => {
    for (const address of addresses) {
      const resolve = () => Promise.resolve([address]);
      const hop = (await openEgress(port, { rule: { addresses: ["192.168.0.0/16"] }, resolve })).hop();
      const { code, http, message } = await assertRejects(
        () => hop.request({ method: "GET", url: `http://${HOST}:${port}/` }),
        EgressError,
      );
      assertEquals([code, http.tag], ["troupe.EgressAddress", "destination-IP-prohibited"]);
      assertStringIncludes(message, "spec.grants.http");
      assert(!message.includes(address), "which address it is would tell of the network behind");
    }
    assertEquals(requests, 0);
  });
});

Deno.test("an address in a URL is checked like one of a name", async () => {
  for (const host of ["127.0.0.1", "[::1]", "[::ffff:7f00:1]", "169.254.169.254"]) {
    const hop = (await openEgress(80, { rule: { host, addresses: [] } })).hop();
    const request = () => hop.request({ method: "GET", url: `http://${host}/` });
    const { http } = await assertRejects(request, EgressError);
    assertEquals(http.tag, "destination-IP-prohibited");
  }
});

Deno.test("a name is resolved once for each request, and the connection made to what was checked", async () => {
  await using good = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("good"),
  );
  const { port } = good.addr;
  await using _evil = Deno.serve({ hostname: "127.0.0.2", port, onListen() {} }, () => new Response("evil"));
  const answers = [["127.0.0.1"], ["127.0.0.2"], ["127.0.0.2", "127.0.0.1"]];
  let asked = 0;
  const resolve = () => Promise.resolve(answers[asked++] ?? []);
  const hop = (await openEgress(port, { resolve })).hop();
  const request = () => hop.request({ method: "GET", url: `http://${HOST}:${port}/` });
  assertEquals(await textOf(await request()), "good");
  assertEquals(asked, 1);
  const { http } = await assertRejects(request, EgressError);
  assertEquals([asked, http.tag], [2, "destination-IP-prohibited"]);
  assertEquals(await textOf(await request()), "good");
  assertEquals(asked, 3);
});

Deno.test("when one address does not answer, the next one is tried", async () => {
  const resolve = () => Promise.resolve(["127.0.0.3", "127.0.0.1"]);
  await withServer(() => new Response("well"), async ({ origin, hop }) => {
    assertEquals(await textOf(await hop.request({ method: "GET", url: origin })), "well");
  }, { resolve, rule: { addresses: ["127.0.0.0/8"] } });
});

Deno.test("names are resolved as the system does it", async () => {
  await withServer(() => new Response("well"), async ({ port }) => {
    const rule = {
      host: "localhost",
      scheme: "http",
      port,
      path: "/",
      addresses: ["127.0.0.0/8", "::1"],
    } as const;
    const { Egress } = await import("./egress.ts");
    const hop = (await Egress.open({ rules: [rule, { ...rule, host: "absent.invalid" }] })).hop();
    assertEquals(await textOf(await hop.request({ method: "GET", url: `http://localhost:${port}` })), "well");
    const absent = () => hop.request({ method: "GET", url: `http://absent.invalid:${port}` });
    const { code, http } = await assertRejects(absent, EgressError, "absent.invalid cannot be resolved");
    assertEquals([code, http.tag], ["troupe.EgressFailed", "DNS-error"]);
  });
});

Deno.test("where nobody listens, that is what is said", async () => {
  await withServer(echo, async ({ port }) => {
    const hop = (await openEgress(port, {
      resolve: () => Promise.resolve(["127.0.0.9"]),
      rule: { addresses: ["127.0.0.9"] },
    }))
      .hop();
    const request = () => hop.request({ method: "GET", url: `http://${HOST}:${port}/` });
    const { http } = await assertRejects(request, EgressError);
    assertEquals(http, { tag: "connection-refused" } as HttpErrorCode);
  });
});

Deno.test("headers of the host are refused before a connection is made", async () => {
  let requests = 0;
  await withServer(() => new Response(String(++requests)), async ({ origin: url, hop }) => {
    for (
      const [name, value] of [["host", "other"], ["transfer-encoding", "chunked"], [
        "x",
        "a\r\nb: c",
      ]] as const
    ) {
      await assertRejects(() => hop.request({ method: "GET", url, headers: [[name, value]] }), EgressError);
    }
    assertEquals(requests, 0);
  });
});
