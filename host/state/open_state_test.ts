import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { lacksRedis, RedisServer } from "@troupe/tests/servers/redis";
import { UnknownStateError } from "./errors.ts";
import { openState } from "./open_state.ts";
import { RedisAddressError } from "./redis/errors.ts";

Deno.test("a path, with or without its scheme, is a SQLite file of state", async () => {
  const folder = await Deno.makeTempDir({ prefix: "troupe_open_" });
  try {
    const path = join(folder, "a b.db");
    for (const [address, count] of [[path, 1n], [`sqlite:${path}`, 2n]] as const) {
      const store = await openState(address);
      assertEquals([await store.bucket("b").add("n", 1n), store.durability], [count, "write"]);
      await store.close();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test({
  name: "redis:// is a server, of which databases and namespaces are apart",
  ignore: lacksRedis(),
  async fn() {
    const server = await RedisServer.start();
    try {
      const places = [
        server.address(),
        server.address({ namespace: "shop" }),
        server.address({}, { database: 3 }),
      ];
      for (const count of [1n, 2n]) {
        for (const place of places) {
          const store = await openState(place);
          assertEquals(await store.bucket("b").add("n", 1n), count);
          await store.close();
        }
      }
    } finally {
      await server.stop();
    }
  },
});

Deno.test("an address of no state is refused with what there is, and without its password", async () => {
  for (const address of ["", "sqlite:", "mysql://u:geheim@h/d", "s3://geheim"]) {
    const error = await assertRejects(() => openState(address), UnknownStateError, "redis://HOST");
    assert(!error.message.includes("geheim"));
  }
  await assertRejects(() => openState("redis://u:geheim@h/d"), RedisAddressError);
});
