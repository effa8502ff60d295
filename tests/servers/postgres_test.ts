import { assertEquals, assertRejects } from "@std/assert";
import { lacksPostgres, PostgresServer, PostgresServerError } from "./postgres.ts";

Deno.test({
  name: "a server starts, keeps what was committed when it is killed, and is gone when it is stopped",
  ignore: lacksPostgres(),
  async fn() {
    const server = await PostgresServer.start();
    try {
      const database = await server.database();
      await server.sql("CREATE TABLE t (n int); INSERT INTO t VALUES (7)", database);
      await server.kill9();
      await assertRejects(() => server.sql("SELECT 1"), PostgresServerError);
      await server.restart();
      assertEquals(await server.sql("SELECT n FROM t", database), "7");
    } finally {
      await server.stop();
    }
    await assertRejects(() => server.sql("SELECT 1"));
  },
});
