import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { EgressError } from "./errors.ts";
import { matchRule, methodOf } from "./match.ts";
import type { HttpRule } from "../http_rule.ts";
import { parseTarget } from "./target.ts";

const HTTPS = { scheme: "https", port: 443, path: "/" } as const;
const RULES: Record<string, HttpRule> = {
  api: { ...HTTPS, host: "api.example.com", path: "/v1/", methods: ["GET", "POST"] },
  wild: { ...HTTPS, host: "*.example.org" },
  plain: { host: "intern.example", scheme: "http", port: 8080, path: "/a/b" },
  six: { host: "[2001:db8::1]", scheme: "http", port: 80, path: "/" },
};

function match(request: string): string {
  const [method = "", url = ""] = request.split(" ");
  const rule = matchRule(Object.values(RULES), { method: methodOf(method), target: parseTarget(url) });
  return Object.keys(RULES).find((name) => RULES[name] === rule) as string;
}

const ALLOWED: Record<string, string[]> = {
  api: [
    "GET https://api.example.com/v1/",
    "get https://api.example.com/v1/chat?x=/../",
    "POST https://api.example.com:443/v1",
    "GET https://API.example.com./v1/x#../..",
    "GET https://api.example.com/v2/../v1/x",
  ],
  wild: [
    "DELETE https://a.example.org/x",
    "GET https://xn--bcher-kva.example.org/",
    "GET https://bücher.example.org",
  ],
  plain: ["PUT http://intern.example:8080/a/b", "GET http://intern.example:8080/a/b/c"],
  six: ["GET http://[2001:DB8:0:0::1]/"],
};

for (const [rule, requests] of Object.entries(ALLOWED)) {
  for (const request of requests) {
    Deno.test(`${request} fits ${rule}`, () => assertEquals(match(request), rule));
  }
}

const REFUSED: Record<string, string> = {
  "GET http://api.example.com/v1/": "does not list http://api.example.com:",
  "GET https://api.example.com:444/v1/": "does not list https://api.example.com:444",
  "GET https://example.com/v1/": "does not list",
  "GET https://xapi.example.com/v1/": "does not list",
  "GET https://api.example.com.evil.example/v1/": "does not list",
  "GET https://example.org/": "does not list",
  "GET https://a.b.example.org/": "does not list",
  "GET https://aexample.org/": "does not list",
  "GET https://evil.example/?.example.org": "does not list",
  "GET http://[2001:db8::2]/": "does not list http://[2001:db8::2]",
  "GET https://api.example.com/": 'with the path /v1/, not with "/"',
  "GET https://api.example.com/v10/": "with the path /v1/",
  "GET https://api.example.com/v1/../admin": 'not with "/admin"',
  "GET https://api.example.com/v1/%2e%2e/admin": 'not with "/admin"',
  "GET https://api.example.com/v1%2Fx": "with the path /v1/",
  "GET https://api.example.com/V1/": "with the path /v1/",
  "GET https://api.example.com//v1/": "with the path /v1/",
  "DELETE https://api.example.com/v1/": "for GET, POST, not for DELETE",
  "GET http://intern.example:8080/a/bc": "with the path /a/b",
};

for (const [request, problem] of Object.entries(REFUSED)) {
  Deno.test(`${request} is refused: ${problem}`, () => {
    const { code, http, message } = assertThrows(() => match(request), EgressError);
    assertEquals([code, http.tag], ["troupe.EgressDenied", "HTTP-request-denied"]);
    assertStringIncludes(message, problem);
  });
}

Deno.test("the first entry that fits counts", () => {
  const [first, second] = [{ ...HTTPS, host: "a.example" }, { ...HTTPS, host: "a.example", path: "/x" }];
  const request = { method: "GET", target: parseTarget("https://a.example/x") };
  assertEquals(matchRule([first, second], request) === first, true);
  assertEquals(matchRule([second, first], request) === second, true);
});

Deno.test("methods are in upper case; CONNECT, TRACE and what is none are refused", () => {
  assertEquals(["get", "Patch", "M-SEARCH"].map(methodOf), ["GET", "PATCH", "M-SEARCH"]);
  for (const method of ["CONNECT", "trace", "", "G ET", "GET\r\nx: y", "GÉT", "A".repeat(33)]) {
    const { http } = assertThrows(() => methodOf(method), EgressError);
    assertEquals(http.tag, "HTTP-request-method-invalid");
  }
});
