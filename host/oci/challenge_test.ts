import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseChallenges } from "./challenge.ts";

Deno.test("how a server wants somebody to sign in", async (t) => {
  const cases: [string, ReturnType<typeof parseChallenges>][] = [
    ["", []],
    ["Basic", [{ scheme: "basic", parameters: {} }]],
    ['Basic realm="a, b=c"', [{ scheme: "basic", parameters: { realm: "a, b=c" } }]],
    [
      'Bearer realm="https://auth.example.com/token",service="r",scope="repository:a/b:pull,push"',
      [{
        scheme: "bearer",
        parameters: {
          realm: "https://auth.example.com/token",
          service: "r",
          scope: "repository:a/b:pull,push",
        },
      }],
    ],
    [
      'bearer Realm = "a\\"b" , error=invalid_token, Basic realm=x',
      [
        { scheme: "bearer", parameters: { realm: 'a"b', error: "invalid_token" } },
        { scheme: "basic", parameters: { realm: "x" } },
      ],
    ],
    ['realm="nobody\'s"', []],
    ['Basic realm="open', [{ scheme: "basic", parameters: {} }]],
  ];
  for (const [header, challenges] of cases) {
    await t.step(header || "nothing", () => assertEquals(parseChallenges(header), challenges));
  }
});

Deno.test("whatever a server says, there is an answer, and soon", () => {
  fc.assert(fc.property(fc.string({ maxLength: 200 }), (header) => {
    for (const { scheme } of parseChallenges(header)) assertEquals(scheme, scheme.toLowerCase());
  }));
  parseChallenges('Bearer a="\\'.repeat(100_000));
  parseChallenges(`Bearer ${"a".repeat(1_000_000)}`);
});
