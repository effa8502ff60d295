import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { lacksPostgres, PostgresServer } from "@troupe/tests/servers/postgres";
import { result } from "./_records_testing.ts";
import { lacksS3, S3Server } from "@troupe/tests/servers/s3";
import { openClaims, openStore, UnknownStoreError } from "./open_store.ts";
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

Deno.test({
  name: "a bucket beside the store has what is large; what was in the store before is found there",
  ignore: lacksS3(),
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "troupe_open_" });
    const server = await S3Server.start();
    try {
      await server.withKeys(async () => {
        const [address, at] = [join(folder, "r.db"), Date.now()];
        const before = await openStore(address, { objects: "" });
        const old = await before.claims.put(Uint8Array.of(1), { now: at });
        await before.close();
        const objects = server.address(await server.bucket());
        const store = await openStore(address, { objects });
        assertEquals(await store.recordResults([result("1")]), ["new"]);
        const young = await store.claims.put(Uint8Array.of(2), { now: at });
        for (
          const addresses of [{ store: address, objects }, { store: "", objects }, {
            store: address,
            objects: "",
          }]
        ) {
          const opened = await openClaims(addresses);
          const { claims } = opened;
          const found = [await claims.get(old, { at }), await claims.get(young, { at })].map((bytes) =>
            bytes?.[0]
          );
          assertEquals(found, [addresses.store ? 1 : undefined, addresses.objects ? 2 : undefined]);
          await opened.close();
        }
        await store.close();
        await assertRejects(() => openStore("mysql://h", { objects }), UnknownStoreError);
      });
    } finally {
      await server.stop();
      await Deno.remove(folder, { recursive: true });
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
