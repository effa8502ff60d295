import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { makeCertificate } from "./_testing/certificate.ts";
import { temporaryFolder } from "./_testing/temporary_folder.ts";
import { digestOf } from "./digest.ts";
import { ComponentSourceError } from "./errors.ts";
import { readComponent } from "./read.ts";

const BYTES = new Uint8Array(100_000).map((_, n) => n);
const SHA256 = await digestOf(BYTES);

async function refusal(read: () => Promise<unknown>): Promise<ComponentSourceError> {
  return await assertRejects(read, ComponentSourceError);
}

Deno.test("files", async (t) => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "a.wasm");
  await Deno.writeFile(path, BYTES);
  await t.step("are read", async () => assertEquals(await readComponent({ kind: "file", path }), BYTES));
  await t.step("may be as large as the limit, and not larger", async () => {
    await readComponent({ kind: "file", path }, { maxBytes: BYTES.length });
    const { code, message } = await refusal(() =>
      readComponent({ kind: "file", path }, { maxBytes: 99_999 })
    );
    assertEquals(code, "troupe.TooLarge");
    assertStringIncludes(message, "99999 bytes");
  });
  await t.step("are what their digest says, where there is one", async () => {
    assertEquals(await readComponent({ kind: "file", path, sha256: SHA256 }), BYTES);
    const { code, message } = await refusal(() =>
      readComponent({ kind: "file", path, sha256: "0".repeat(64) })
    );
    assertEquals(code, "troupe.DigestMismatch");
    assertStringIncludes(message, `${path} has the digest ${SHA256}`);
  });
  await t.step("may be compressed; the digest is that of what is in it", async () => {
    const packed = `${path}.gz`;
    const stream = new Blob([BYTES]).stream().pipeThrough(new CompressionStream("gzip"));
    await Deno.writeFile(packed, stream);
    assertEquals(await readComponent({ kind: "file", path: packed, sha256: SHA256 }), BYTES);
    const large = await refusal(() => readComponent({ kind: "file", path: packed }, { maxBytes: 99_999 }));
    assertEquals(large.code, "troupe.TooLarge");
    await Deno.writeFile(packed, BYTES);
    const other = await refusal(() => readComponent({ kind: "file", path: packed }));
    assertEquals(other.code, "troupe.ComponentNotFound");
    assertStringIncludes(other.message, "it cannot be read");
  });
  await t.step("that are not there", async () => {
    const { code, message, cause } = await refusal(() => readComponent({ kind: "file", path: `${path}x` }));
    assertEquals(code, "troupe.ComponentNotFound");
    assertStringIncludes(message, `${path}x: there is no such file: build the actor first`);
    assertEquals((cause as Error).name, "NotFound");
  });
  for (const other of [folder.path, ...(Deno.build.os === "windows" ? [] : ["/dev/zero"])]) {
    await t.step(`that are none: ${other === folder.path ? "a folder" : other}`, async () => {
      const { code, message } = await refusal(() => readComponent({ kind: "file", path: other }));
      assertEquals(code, "troupe.ComponentNotFound");
      assertStringIncludes(message, "is not a file");
    });
  }
});

/** A server over TLS whose authority nobody knows but us. */
function serve(handler: (request: Request) => Response | Promise<Response>) {
  const { key, cert, authority } = makeCertificate();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, key, cert, onListen: () => {} }, handler);
  return {
    url: `https://127.0.0.1:${server.addr.port}`,
    options: { caCerts: [authority] },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

Deno.test("downloads", async (t) => {
  const hanging = new Set<ReadableStreamDefaultController>();
  await using server = serve((request) => {
    const { pathname, origin, port } = new URL(request.url);
    const redirect = (to: string) => new Response(null, { status: 302, headers: { location: to } });
    switch (pathname) {
      case "/a.wasm":
        return new Response(BYTES);
      case "/moved":
        return redirect("/moved-again");
      case "/moved-again":
        return redirect(`${origin}/a.wasm`);
      case "/round":
        return redirect("/round");
      case "/plain":
        return redirect(`http://127.0.0.1:${port}/a.wasm`);
      case "/broken":
        return new Response("no", { status: 500 });
      case "/endless":
        return new Response(new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(65_536)) }));
      case "/slow":
        return new Response(
          new ReadableStream({
            start: (stream) => void hanging.add(stream),
            cancel: () => hanging.clear(),
          }),
        );
      default:
        return new Response("not here", { status: 404 });
    }
  });
  const read = (path: string, more: { sha256?: string; maxBytes?: number; timeoutMs?: number } = {}) => {
    const { sha256 = SHA256, ...options } = more;
    return readComponent({ kind: "https", url: server.url + path, sha256 }, {
      ...server.options,
      ...options,
    });
  };

  await t.step("are verified", async () => assertEquals(await read("/a.wasm"), BYTES));
  await t.step("may be named by a digest in capitals", async () => {
    assertEquals(await read("/a.wasm", { sha256: SHA256.toUpperCase() }), BYTES);
  });
  await t.step("follow redirects", async () => assertEquals(await read("/moved"), BYTES));

  const cases: [string, () => Promise<unknown>, string, string[]][] = [
    ["of another digest", () => read("/a.wasm", { sha256: "ab".repeat(32) }), "troupe.DigestMismatch", [
      SHA256,
      "ab".repeat(32),
    ]],
    ["that are not there", () => read("/none"), "troupe.ComponentNotFound", ["/none", "404"]],
    ["from a server in trouble", () => read("/broken"), "troupe.ComponentUnreachable", ["500"]],
    ["that go round in circles", () => read("/round"), "troupe.ComponentUnreachable", ["more than 5 times"]],
    ["that lead away from https", () => read("/plain"), "troupe.ComponentUnreachable", [
      "leads to http:",
      "only https",
    ]],
    ["without end", () => read("/endless", { maxBytes: 1_000_000 }), "troupe.TooLarge", ["1000000 bytes"]],
    ["that take too long", () => read("/slow", { timeoutMs: 200 }), "troupe.ComponentUnreachable", ["0.2 s"]],
    [
      "without TLS",
      () => readComponent({ kind: "https", url: "http://127.0.0.1/a", sha256: SHA256 }),
      "troupe.ComponentUnreachable",
      ["only https"],
    ],
    [
      "from no address at all",
      () => readComponent({ kind: "https", url: "a.wasm", sha256: SHA256 }),
      "troupe.ComponentUnreachable",
      ["a.wasm is not an https URL"],
    ],
    [
      "from a server that nobody vouches for",
      () => readComponent({ kind: "https", url: `${server.url}/a.wasm`, sha256: SHA256 }),
      "troupe.ComponentUnreachable",
      ["cannot be fetched: ", "UnknownIssuer", "DENO_CERT"],
    ],
  ];
  for (const [name, download, code, said] of cases) {
    await t.step(name, async () => {
      const error = await refusal(download);
      assertEquals(error.code, code);
      for (const words of said) assertStringIncludes(error.message, words);
    });
  }
});

Deno.test("a server that is not there", async () => {
  const server = serve(() => new Response());
  await server[Symbol.asyncDispose]();
  const url = `${server.url}/a.wasm`;
  const { code, family, message } = await refusal(() =>
    readComponent({ kind: "https", url, sha256: SHA256 })
  );
  assertEquals([code, family], ["troupe.ComponentUnreachable", "system"]);
  assertStringIncludes(message, `${url} cannot be fetched: `);
  assertMatch(message, /refused/i);
});
