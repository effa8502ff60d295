import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { configOf, hider, SecretMissingError } from "./config.ts";

Deno.test("values are those of the spec, and secrets from the environment and from files", async () => {
  const folder = await Deno.makeTempDir();
  Deno.env.set("TROUPE_TEST_SECRET", "from the environment");
  try {
    await Deno.writeTextFile(join(folder, "token"), "from a file\n");
    const config = await configOf({
      env: { LANGUAGE: "en" },
      secrets: { KEY: { env: "TROUPE_TEST_SECRET" }, TOKEN: { file: join(folder, "token") } },
    });
    assertEquals(config.environment, [["LANGUAGE", "en"]]);
    assertEquals(config.values, [
      ["LANGUAGE", "en"],
      ["KEY", "from the environment"],
      ["TOKEN", "from a file"],
    ]);
  } finally {
    Deno.env.delete("TROUPE_TEST_SECRET");
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a secret that is not there is an error that says where it was looked for", async () => {
  const missing = (source: { env: string } | { file: string }) =>
    assertRejects(() => configOf({ secrets: { KEY: source } }), SecretMissingError);
  const { message } = await missing({ env: "TROUPE_TEST_NO_SUCH" });
  assertEquals(
    message,
    "spec.grants.secrets.KEY: the variable TROUPE_TEST_NO_SUCH of the host's environment is not set",
  );
  await missing({ file: "/no/such/file" });
});

Deno.test("secrets are hidden, the longest first; what stands in the spec is not, nor what is too short", () => {
  const hide = hider({
    environment: [["LANGUAGE", "english"]],
    values: [["LANGUAGE", "english"], ["KEY", "abcdef"], ["LONG", "abcdefgh"], ["PIN", "1234"]],
  });
  assertEquals(hide("english abcdef abcdefgh 1234"), "english [KEY] [LONG] 1234");
});
