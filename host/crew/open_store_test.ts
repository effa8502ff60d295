import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { lacksPostgres, PostgresServer } from "@troupe/tests/servers/postgres";
import { result } from "./_records_testing.ts";
import { openStore, UnknownStoreError } from "./open_store.ts";
import { PostgresAddressError } from "./postgres/errors.ts";

Deno.test("a path, with or without its scheme, is a SQLite file", async () => {
  const folder = await Deno.makeTempDir({ prefix: "troupe_open_" });
  try {
    const path = join(folder, "a b.db");
    for (const [address, recorded] of [[path, "new"], [`sqlite:${path}`, "repeat"]] as const) {
      const store = await openStore(address);
      assertEquals(await store.recordResults([result("1")]), [recorded]);
      await store.close();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test({
  name: "postgres:// is a database",
  ignore: lacksPostgres(),
  async fn() {
    const server = await PostgresServer.start();
    try {
      const store = await openStore(server.address());
      assertEquals(await store.recordResults([result("1")]), ["new"]);
      await store.close();
    } finally {
      await server.stop();
    }
  },
});

Deno.test("an address of nothing is refused with what there is, and without its password", async () => {
  for (const address of ["", "sqlite:", "mysql://u:geheim@h/d", "s3://geheim"]) {
    const error = await assertRejects(() => openStore(address), UnknownStoreError, "postgres://USER@HOST");
    assert(!error.message.includes("geheim"));
  }
  await assertRejects(() => openStore("postgres://u:geheim@h"), PostgresAddressError);
});
