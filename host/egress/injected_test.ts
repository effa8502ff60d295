import { assert, assertEquals, assertRejects } from "@std/assert";
import { InjectedHeaderError } from "./errors.ts";
import { injectedOf, withInjected } from "./injected.ts";
import type { HttpRule } from "../http_rule.ts";
import { readSecret, type SecretSource } from "../secret_source.ts";

const rule = (from: SecretSource, prefix?: string): HttpRule => ({
  host: "a.example",
  scheme: "https",
  port: 443,
  path: "/",
  headers: { authorization: { from, ...(prefix === undefined ? {} : { prefix }) } },
});

Deno.test("a value is the file's without the end of its line, behind its prefix", async () => {
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, "key-1\n");
  assertEquals(await injectedOf(rule({ file }, "Bearer "), readSecret), {
    fields: [["authorization", "Bearer key-1"]],
    secrets: ["key-1"],
  });
  await Deno.remove(file);
});

Deno.test("a value is that of the environment", async () => {
  Deno.env.set("TROUPE_TEST_SECRET", "key-2");
  const { fields } = await injectedOf(rule({ env: "TROUPE_TEST_SECRET" }), readSecret);
  assertEquals(fields, [["authorization", "key-2"]]);
  Deno.env.delete("TROUPE_TEST_SECRET");
});

const REFUSED: Record<string, [string | undefined, string]> = {
  "that is not there": [undefined, "that is not there"],
  "that ends a header": ["key\r\nhost: evil", "it has characters that no header may have"],
  "of several lines": ["key-1\nkey-2\n", "it has characters"],
  "that is no byte": ["kéč-1", "it has characters"],
  "that is empty": ["\n", "it has 0 characters"],
  "that is too long": ["a".repeat(20_000), "it has 20000 characters"],
};
for (const [what, [value, problem]] of Object.entries(REFUSED)) {
  Deno.test(`a value ${what} is refused, and not told`, async () => {
    const { message, code } = await assertRejects(
      () => injectedOf(rule({ env: "KEY" }), () => Promise.resolve(value)),
      InjectedHeaderError,
      `injects the header authorization from the variable KEY of the host's environment: ${problem}`,
    );
    assertEquals(code, "troupe.EgressSecret");
    assert(!/key|aaa/.test(message));
  });
}

Deno.test("a file that is not there, or is none, is named", async () => {
  const absent = rule({ file: "/nowhere/key" });
  await assertRejects(
    () => injectedOf(absent, readSecret),
    InjectedHeaderError,
    "the file /nowhere/key: that is",
  );
  const folder = await Deno.makeTempDir();
  await assertRejects(
    () => injectedOf(rule({ file: folder }), readSecret),
    InjectedHeaderError,
    "cannot be read",
  );
  await Deno.remove(folder);
});

Deno.test("injected headers stand instead of the actor's, and nothing is to come compressed", () => {
  const injected = { fields: [["authorization", "s"] as const], secrets: ["s"] };
  const fields = [["authorization", "own"], ["accept-encoding", "gzip"], ["x", "y"]] as const;
  assertEquals(withInjected(fields, injected), [
    ["x", "y"],
    ["accept-encoding", "identity"],
    ["authorization", "s"],
  ]);
  assertEquals(withInjected(fields, { fields: [], secrets: [] }), [...fields]);
});
