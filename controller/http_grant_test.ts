import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import type { HttpRule } from "@troupe/host/http_rule";
import { object } from "./_fields.ts";
import { ActorSpecError } from "./errors.ts";
import { http, httpRulesOf } from "./http_grant.ts";
import { readResource } from "./read_resource.ts";

function read(yaml: string): HttpRule[] {
  const schema = object({ http }, "an object");
  const unknownField = (key: string, within: string) => `is not a field of ${within}: ${key}`;
  return httpRulesOf(
    readResource(`http:\n${yaml}`, { file: "/mesh/a/actor.yaml", schema, unknownField }).http,
  );
}

const HTTPS = { scheme: "https", port: 443, path: "/" } as const;

const READ: Record<string, HttpRule> = {
  "{ host: api.example.com }": { ...HTTPS, host: "api.example.com" },
  "{ host: API.example.com. }": { ...HTTPS, host: "api.example.com" },
  "{ host: bücher.example }": { ...HTTPS, host: "xn--bcher-kva.example" },
  '{ host: "*.example.com" }': { ...HTTPS, host: "*.example.com" },
  "{ host: localhost, scheme: http }": { host: "localhost", scheme: "http", port: 80, path: "/" },
  "{ host: 8.8.8.8, port: 8443 }": { ...HTTPS, host: "8.8.8.8", port: 8443 },
  "{ host: 0x7f.1, addresses: [127.0.0.1] }": { ...HTTPS, host: "127.0.0.1", addresses: ["127.0.0.1"] },
  '{ host: "[2606:4700::0:1111]", path: /v1/ }': { ...HTTPS, host: "[2606:4700::1111]", path: "/v1/" },
  "{ host: a.example, methods: [GET, M-SEARCH], addresses: [10.0.0.0/8, fd00::/8] }": {
    ...HTTPS,
    host: "a.example",
    methods: ["GET", "M-SEARCH"],
    addresses: ["10.0.0.0/8", "fd00::/8"],
  },
  '{ host: a.example, headers: { authorization: { from: { env: KEY }, prefix: "Bearer " } } }': {
    ...HTTPS,
    host: "a.example",
    headers: { authorization: { from: { env: "KEY" }, prefix: "Bearer " } },
  },
  "{ host: a.example, headers: { x-key: { from: { file: /run/secrets/key } } } }": {
    ...HTTPS,
    host: "a.example",
    headers: { "x-key": { from: { file: "/run/secrets/key" } } },
  },
  "https://api.example.com/v1/": { ...HTTPS, host: "api.example.com", path: "/v1/" },
  "https://api.example.com": { ...HTTPS, host: "api.example.com" },
  "http://intern.example:8080/a": { host: "intern.example", scheme: "http", port: 8080, path: "/a" },
  '"https://*.example.com/"': { ...HTTPS, host: "*.example.com" },
  '"https://[2606:4700::1111]:99"': { ...HTTPS, host: "[2606:4700::1111]", port: 99 },
};

for (const [entry, expected] of Object.entries(READ)) {
  Deno.test(`read: ${entry}`, () => assertEquals(read(`  - ${entry}\n`), [expected]));
}

const REFUSED: Record<string, string> = {
  "[]": "http[0] has to be an object with a host",
  "5": "http[0] has to be an object with a host",
  "{}": "http[0].host is missing: it has to be a host, such as api.example.com",
  "{ host: https://a.example }": "http[0].host has to be a host",
  "{ host: a.example:80 }": "without scheme, port and path",
  "{ host: a.example/v1 }": "without scheme, port and path",
  "{ host: user@a.example }": "http[0].host has to be a host",
  '{ host: "" }': "http[0].host has to be a host",
  '{ host: "a b" }': "http[0].host has to be a host",
  '{ host: "*" }': 'has to have its "*" as the first label',
  '{ host: "*.com" }': "two labels behind it",
  '{ host: "a.*.example.com" }': 'has to have its "*" as the first label',
  '{ host: "a*.example.com" }': 'has to have its "*" as the first label',
  '{ host: "*.*.example.com" }': 'has to have its "*" as the first label and once',
  '{ host: "*.127.0.0.1" }': 'has to have its "*" as the first label',
  "{ host: 127.0.0.1 }": "is an address that is not public (loopback): list it under addresses, too",
  '{ host: "[::1]", addresses: [127.0.0.1] }': "is not public (loopback)",
  "{ host: 169.254.169.254, addresses: [169.254.0.0/16] }": "is not public (cloud metadata)",
  "{ host: a.example, scheme: ftp }": "http[0].scheme has to be https or http",
  "{ host: a.example, port: 0 }": "http[0].port has to be a whole number between 1 and 65535",
  "{ host: a.example, path: v1 }": "http[0].path has to be a path that begins with a slash",
  "{ host: a.example, path: /v1?a }": "http[0].path has to be a path",
  "{ host: a.example, path: /v1/../x }": "has to be written as it is sent: /x",
  "{ host: a.example, path: /v1/..%2fx }": "http[0].path has to be a path",
  '{ host: a.example, path: "/a b" }': "has to be written as it is sent: /a%20b",
  "{ host: a.example, methods: [] }": "http[0].methods has to name a method at least",
  "{ host: a.example, methods: [get] }": "http[0].methods[0] has to be a method, such as GET",
  "{ host: a.example, methods: [GET, TRACE] }": "http[0].methods[1] has to be a method",
  "{ host: a.example, addresses: [10.0.0.1/8] }": "http[0].addresses[0] has to be an address or a network",
  "{ host: a.example, addresses: [localhost] }": "http[0].addresses[0] has to be an address",
  "{ host: a.example, headers: { host: { from: { env: A } } } }":
    "headers.host is no header that can be injected",
  "{ host: a.example, headers: { content-length: { from: { env: A } } } }":
    "is no header that can be injected",
  "{ host: a.example, headers: { X-Key: { from: { env: A } } } }": "has to be in lower case: x-key",
  "{ host: a.example, headers: { x-key: secret } }": "headers.x-key has to be an object, such as",
  "{ host: a.example, headers: { x-key: { from: {} } } }":
    "headers.x-key.from has to have either env or file",
  "{ host: a.example, headers: { x-key: { from: { env: A, file: /b } } } }": "has to have either env or file",
  "{ host: a.example, headers: { x-key: { from: { env: A=B } } } }":
    "from.env has to be the name of a variable",
  "{ host: a.example, headers: { x-key: { from: { file: key } } } }": "from.file has to be an absolute path",
  '{ host: a.example, headers: { x-key: { from: { env: A }, prefix: "a\\nb" } } }':
    "a text that a header can have",
  "{ host: a.example, hots: b }": "http[0].hots is not a field of http[0]: hots",
  "ftp://a.example/": "http[0] has to be a URL, such as https://api.example.com/v1/",
  "a.example": "http[0] has to be a URL",
  "https://user@a.example/":
    "http[0] has to be a URL, such as https://api.example.com/v1/, or an object with a host: " +
    "its host has to be a host",
  "https://a.example/v1?x": "its path has to be a path",
  "https://a.example:0/": "its port has to be a whole number",
  "https://127.0.0.1/": "its host is an address that is not public (loopback)",
};

for (const [entry, problem] of Object.entries(REFUSED)) {
  Deno.test(`refused: ${entry}`, () => {
    const { message } = assertThrows(() => read(`  - ${entry}\n`), ActorSpecError);
    assertStringIncludes(message, problem);
    assertStringIncludes(message, "actor.yaml:2");
  });
}

Deno.test("refused: what is no list", () => {
  assertThrows(
    () => read("  https://a.example/\n"),
    ActorSpecError,
    "http has to be a list of URLs, or of objects",
  );
});
