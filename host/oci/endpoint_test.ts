import { assertEquals } from "@std/assert";
import { endpointOf } from "./endpoint.ts";
import { parseReference } from "./reference.ts";

Deno.test("where a registry is, and that only one on this machine goes without TLS", async (t) => {
  const cases: [string, string][] = [
    ["r.example.com/a/b", "https://r.example.com/v2/a/b/"],
    ["r.example.com:5000/a", "https://r.example.com:5000/v2/a/"],
    ["localhost:5000/a", "http://localhost:5000/v2/a/"],
    ["localhost/a", "http://localhost/v2/a/"],
    ["127.0.0.1:5000/a", "http://127.0.0.1:5000/v2/a/"],
    ["localhost.example.com/a", "https://localhost.example.com/v2/a/"],
    ["127.0.0.2:5000/a", "https://127.0.0.2:5000/v2/a/"],
    ["docker.io/ada/a", "https://registry-1.docker.io/v2/ada/a/"],
  ];
  for (const [reference, url] of cases) {
    await t.step(reference, () => assertEquals(endpointOf(parseReference(reference)).href, url));
  }
});
