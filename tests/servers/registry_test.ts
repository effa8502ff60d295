import { assertEquals, assertRejects } from "@std/assert";
import { lacksRegistry, REGISTRY_USER, RegistryServer } from "./registry.ts";

Deno.test({
  name: "a registry asks for its password, and is gone when it is stopped",
  ignore: lacksRegistry(),
  async fn() {
    const server = await RegistryServer.start({ auth: "password" });
    const url = `http://${server.name}/v2/`;
    const { username, password } = REGISTRY_USER;
    const authorization = `Basic ${btoa(`${username}:${password}`)}`;
    const status = async (headers: Record<string, string>) => {
      const response = await fetch(url, { headers });
      await response.body?.cancel();
      return response.status;
    };
    try {
      assertEquals(await status({}), 401);
      assertEquals(await status({ authorization }), 200);
      await server.kill9();
      await assertRejects(() => status({}));
      await server.restart();
      assertEquals(await status({ authorization: `${authorization}x` }), 401);
      assertEquals(await server.requests(), ["GET /v2/ 401", "GET /v2/ 200", "GET /v2/ 401"]);
    } finally {
      await server.stop();
    }
    await assertRejects(() => status({}));
  },
});
