import { assert, assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { databaseName, parsePostgresAddress } from "./address.ts";
import { PostgresAddressError } from "./errors.ts";

const nothing = () => undefined;
const of = (values: Record<string, string>) => (name: string) => values[name];

Deno.test("an address has what is needed to connect", async () => {
  const { password, ...address } = parsePostgresAddress(
    "postgresql://m%40e:s3cret%2Fp%40ss%3Aword%25@[::1]:5433/my%20db?schema=shop&sslmode=verify-full&sslrootcert=ca.pem",
    nothing,
  );
  assertEquals(address, {
    host: "::1",
    port: 5433,
    user: "m@e",
    database: "my db",
    schema: "shop",
    sslMode: "verify-full",
    ca: "ca.pem",
  });
  assertEquals(await password(), "s3cret/p@ss:word%");
  assertEquals(databaseName({ ...address, password }), "[::1]:5433/my db");
});

Deno.test("a password comes from the address, or else from the environment, a file being read each time", async () => {
  const env = { TROUPE_STORE_PASSWORD: "own", PGPASSWORD: "everybody's" };
  const read = (address: string, values: Record<string, string>) =>
    parsePostgresAddress(address, of(values)).password();
  assertEquals(await read("postgres://u:inside@h/d", env), "inside");
  assertEquals(await read("postgres://u@h/d", env), "own");
  assertEquals(await read("postgres://u@h/d", { PGPASSWORD: "everybody's" }), "everybody's");
  assertEquals(await read("postgres://u@h/d", {}), "");
  const file = await Deno.makeTempFile();
  try {
    const values = { TROUPE_STORE_PASSWORD_FILE: file, PGPASSWORD: "no" };
    const { password } = parsePostgresAddress("postgres://u@h/d", of(values));
    for (const word of ["first", "second"]) {
      await Deno.writeTextFile(file, `${word}\n`);
      assertEquals(await password(), word);
    }
    await Deno.remove(file);
    const error = await assertRejects(password, PostgresAddressError);
    assertStringIncludes(error.message, file);
  } finally {
    await Deno.remove(file).catch(() => {});
  }
});

Deno.test("a user comes from the address, or else from PGUSER", () => {
  assertEquals(parsePostgresAddress("postgres://h/d", of({ PGUSER: "me" })).user, "me");
  assertThrows(() => parsePostgresAddress("postgres://h/d", nothing), PostgresAddressError, "PGUSER");
});

Deno.test("what cannot be used is refused with what is wrong, and without the password", () => {
  const cases: [address: string, problem: string][] = [
    ["postgres://u:geheim@h", "no database"],
    ["postgres://u:geheim@h/", "no database"],
    ["postgres://u:geheim@/d", "HOST:PORT"],
    ["postgres://u:geheim@h:99999/d", "HOST:PORT"],
    ["postgres://u:gehe/im@h/d", "%2F"],
    ["postgres://u:geheim%zz@h/d", "%25"],
    ["postgres://u:geheim@h/d?schema=Shop", "schema"],
    ["postgres://u:geheim@h/d?schema=pg_x", "schema"],
    ["postgres://u:geheim@h/d?sslmode=maybe", "sslmode"],
    ["postgres://u:geheim@h/d?sslrootcert=ca.pem", "verify-full"],
    ["postgres://u:geheim@h/d?pool=3", '"pool"'],
    ["mysql://u:geheim@h/d", "form"],
  ];
  for (const [address, problem] of cases) {
    const error = assertThrows(() => parsePostgresAddress(address, nothing), PostgresAddressError, problem);
    assert(!/gehe|im@/.test(error.message), error.message);
    assertEquals([error.code, error.family], ["troupe.PostgresAddress", "user"]);
  }
});
