import { assertEquals } from "@std/assert";
import { fetchProblem } from "./fetch_problem.ts";

Deno.test("why a fetch failed, from beneath and without what is secret in an address", async (t) => {
  const failed = (message: string) => new TypeError("fetch failed", { cause: new Error(message) });
  const cases: [string, unknown, string, boolean][] = [
    [
      "a refused connection",
      failed(
        "error sending request for url (https://a.example/x?sig=1): client error (Connect): tcp connect error: Connection refused",
      ),
      "tcp connect error: Connection refused",
      true,
    ],
    [
      "an address in other words",
      new Error("no way to https://me:pw@a.example/x?sig=1 now"),
      "no way to https://***@a.example now",
      true,
    ],
    [
      "a certificate that nobody vouches for",
      failed("invalid peer certificate: UnknownIssuer"),
      "invalid peer certificate: UnknownIssuer (an authority of your own is trusted when DENO_CERT names its PEM file)",
      false,
    ],
    [
      "a server without TLS",
      failed("received corrupt message of type InvalidContentType"),
      "received corrupt message of type InvalidContentType (it does not seem to speak TLS)",
      false,
    ],
    ["something that is no error", "away", "away", true],
  ];
  for (const [name, error, problem, passes] of cases) {
    await t.step(name, () => assertEquals(fetchProblem(error), { problem, passes }));
  }
});
