import { assertEquals, assertRejects } from "@std/assert";
import { lacksRedis, RedisServer, RedisServerError } from "./redis.ts";

Deno.test({
  name: "a Redis server keeps what it acknowledged when it is killed, and is gone when it is stopped",
  ignore: lacksRedis(),
  async fn() {
    const server = await RedisServer.start({ tls: true });
    try {
      await server.command("SET", "k", "7");
      await server.kill9();
      await assertRejects(() => server.command("PING"), RedisServerError);
      await server.restart();
      assertEquals(await server.command("GET", "k"), "7");
    } finally {
      await server.stop();
    }
    await assertRejects(() => server.command("PING"), RedisServerError);
  },
});
