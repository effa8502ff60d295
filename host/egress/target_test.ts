import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { EgressError } from "./errors.ts";
import { authorityOf, parseTarget } from "./target.ts";

const READ: Record<string, [scheme: string, host: string, port: number, path: string]> = {
  "https://api.example.com": ["https", "api.example.com", 443, "/"],
  "HTTPS://API.Example.COM:443/V1": ["https", "api.example.com", 443, "/V1"],
  "http://api.example.com:8080/": ["http", "api.example.com", 8080, "/"],
  "https://api.example.com./v1": ["https", "api.example.com", 443, "/v1"],
  "http://localhost./": ["http", "localhost", 80, "/"],
  "http:example.com": ["http", "example.com", 80, "/"],
  "http:\\\\example.com\\v1\\..\\x": ["http", "example.com", 80, "/x"],
  " https://api.example.com/a b": ["https", "api.example.com", 443, "/a%20b"],
  "https://a\n.example.com/": ["https", "a.example.com", 443, "/"],
  "https://bücher.example/": ["https", "xn--bcher-kva.example", 443, "/"],
  "https://api。example．com/": ["https", "api.example.com", 443, "/"],
  "http://2130706433/": ["http", "127.0.0.1", 80, "/"],
  "http://0177.0.0.1/": ["http", "127.0.0.1", 80, "/"],
  "http://0x7f.1/": ["http", "127.0.0.1", 80, "/"],
  "http://127.1/": ["http", "127.0.0.1", 80, "/"],
  "http://127.0.0.1./": ["http", "127.0.0.1", 80, "/"],
  "http://①②⑦.0.0.1/": ["http", "127.0.0.1", 80, "/"],
  "http://%31%32%37.0.0.1/": ["http", "127.0.0.1", 80, "/"],
  "http://[::1]/": ["http", "[::1]", 80, "/"],
  "http://[0:0:0:0:0:0:0:1]:99/": ["http", "[::1]", 99, "/"],
  "http://[::ffff:127.0.0.1]/": ["http", "[::ffff:7f00:1]", 80, "/"],
  "https://api.example.com/v1/../admin": ["https", "api.example.com", 443, "/admin"],
  "https://api.example.com/v1/%2e%2e/admin": ["https", "api.example.com", 443, "/admin"],
  "https://api.example.com/v1/.%2E\\admin": ["https", "api.example.com", 443, "/admin"],
  "https://api.example.com/v1/..": ["https", "api.example.com", 443, "/"],
  "https://api.example.com/a@b": ["https", "api.example.com", 443, "/a@b"],
  "https://api.example.com?a@b": ["https", "api.example.com", 443, "/"],
  "https://api.example.com/v1/...": ["https", "api.example.com", 443, "/v1/..."],
  "https://api.example.com/%E2%82%AC%2F": ["https", "api.example.com", 443, "/%E2%82%AC%2F"],
};

for (const [text, expected] of Object.entries(READ)) {
  Deno.test(`${JSON.stringify(text)} goes to ${expected.join(" ")}`, () => {
    const { scheme, host, port, path } = parseTarget(text);
    assertEquals([scheme, host, port, path], expected);
  });
}

const REFUSED: Record<string, string> = {
  "": "is not a URL",
  "/v1": "is not a URL",
  "api.example.com/": "is not a URL",
  "https://": "is not a URL",
  "https://a b/": "is not a URL",
  "https://a.example.com:99999/": "is not a URL",
  "http://[fe80::1%25eth0]/": "is not a URL",
  "http://[::1/": "is not a URL",
  "http://1.2.3.4.5/": "is not a URL",
  "http://256.256.256.256/": "is not a URL",
  "ftp://api.example.com/": "neither http nor https",
  "file:///etc/passwd": "neither http nor https",
  "data:text/plain,a": "neither http nor https",
  "ws://api.example.com/": "neither http nor https",
  "https://user@api.example.com/": "names a user",
  "https://user:word@api.example.com/": "names a user",
  "https://@api.example.com/": "names a user",
  "https://:@api.example.com/": "names a user",
  "https://api.example.com@evil.example/": "names a user",
  "https:\n//user@api.example.com/": "names a user",
  "https:\t/\n/@api.example.com/": "names a user",
  "https:/\\user@api.example.com/": "names a user",
  "https://api.example.com../": "has no host",
  "https://-a.example.com/": "has no host",
  "https://*.example.com/": "has no host",
  "https://a..example.com/": "has no host",
  "https://a!b.example.com/": "has no host",
  "https://api.example.com/v1/..%2fadmin": "in its path, encoded",
  "https://api.example.com/v1/..%5Cadmin": "in its path, encoded",
  "https://api.example.com/v1/%252e%252e/admin": "in its path, encoded",
  "https://api.example.com/v1/%25252e%25252e/admin": "in its path, encoded",
  "https://api.example.com/v1/..;/admin": "in its path, encoded",
  "https://api.example.com/v1/..%3B/admin": "in its path, encoded",
  "https://api.example.com/v1/..%00/admin": "in its path, encoded",
  "https://api.example.com/v1%2F%2e%2e%2Fadmin": "in its path, encoded",
};

for (const [text, problem] of Object.entries(REFUSED)) {
  Deno.test(`${JSON.stringify(text)} is refused: ${problem}`, () => {
    const { code, http, message } = assertThrows(() => parseTarget(text), EgressError);
    assertEquals([code, http.tag], ["troupe.EgressDenied", "HTTP-request-URI-invalid"]);
    assertStringIncludes(message, problem);
  });
}

Deno.test("a backslash ends the host, as it does in browsers", () => {
  assertEquals(parseTarget("https://api.example.com\\@evil.example/x").host, "api.example.com");
});

Deno.test("a URL that is too long is refused, and not repeated", () => {
  const error = assertThrows(() => parseTarget(`https://a.example/${"a".repeat(9000)}`), EgressError);
  assertEquals(error.http, { tag: "HTTP-request-URI-too-long" });
  assertEquals(error.message.length < 200, true);
});

Deno.test("the header host names the port where it is not the usual one", () => {
  assertEquals(authorityOf({ scheme: "https", host: "a.example", port: 443 }), "a.example");
  assertEquals(authorityOf({ scheme: "http", host: "a.example", port: 443 }), "a.example:443");
  assertEquals(authorityOf({ scheme: "http", host: "[::1]", port: 8080 }), "[::1]:8080");
});
