import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { lacksRedis, RedisServer } from "@troupe/tests/servers/redis";
import { TcpProxy } from "@troupe/tests/servers/tcp_proxy";
import { unlessStuck } from "../../_testing.ts";
import { bytes } from "../_state_harness_testing.ts";
import { StateUnavailableError } from "../errors.ts";
import { openState } from "../open_state.ts";
import { RedisAddressError, RedisSetupError } from "./errors.ts";

const ignore = lacksRedis();

async function withServer(
  options: Parameters<typeof RedisServer.start>[0],
  run: (server: RedisServer) => Promise<void>,
): Promise<void> {
  const server = await RedisServer.start(options);
  try {
    await unlessStuck(run(server));
  } finally {
    await server.stop();
  }
}

/** An address with another user and password. */
const as = (server: RedisServer, who: string) => `redis://${who}@${server.host}:${server.port}`;

Deno.test({
  name: "a server that lets nobody in says so, with what to do, and without the password",
  ignore,
  fn: () =>
    withServer({}, async (server) => {
      const bad = [
        as(server, "troupe:geheim"),
        as(server, "nobody:geheim"),
        `redis://127.0.0.1:${server.port}`,
      ];
      for (const address of [...bad, server.address({}, { database: 99 })]) {
        const error = await assertRejects(
          () => openState(address),
          RedisSetupError,
          `127.0.0.1:${server.port}`,
        );
        assertStringIncludes(error.message, "TROUPE_STATE_PASSWORD");
        assert(!/geheim|s3cret/.test(Deno.inspect(error)));
        assertEquals([error.code, error.family], ["troupe.RedisSetup", "user"]);
      }
    }),
});

Deno.test({
  name: "a server that is not there, or says nothing, is told of when a store is opened",
  ignore,
  fn: () =>
    withServer({}, async (server) => {
      const network = new TcpProxy({ port: server.port });
      network.freeze();
      const silent = () => openState(server.address({}, { port: network.port }), { patienceMs: 300 });
      assertEquals((await assertRejects(silent, StateUnavailableError)).undone, true);
      await network.close();
      await server.kill9();
      const error = await assertRejects(
        () => openState(server.address()),
        StateUnavailableError,
        "See that it runs",
      );
      assert(!Deno.inspect(error).includes("s3cret"));
    }),
});

Deno.test({
  name: "a user needs no more than what the advice names",
  ignore,
  fn: () =>
    withServer({}, async (server) => {
      await server.command("ACL", "SETUSER", "small", "on", ">word", "~shop:state:*", "+@read", "+@write");
      const address = `${as(server, "small:word")}?namespace=shop`;
      const { message } = await assertRejects(() => openState(address), RedisSetupError, "NOPERM");
      const rules = /needs: (.*)$/.exec(message)?.[1]?.split(" ") ?? [];
      await server.command("ACL", "SETUSER", "small", ...rules);
      const store = await openState(address);
      assertEquals(store.durability, "write");
      await store.bucket("b").set("k", bytes("1"), { ttlMs: 1 });
      await store.collect();
      await store.close();
      const other = as(server, "small:word");
      await assertRejects(() => openState(other), RedisSetupError, "~troupe:state:*");
    }),
});

Deno.test({
  name: "with TLS a server has to be the one that the certificate names",
  ignore,
  fn: () =>
    withServer({ tls: true }, async (server) => {
      const address = (host: string, query = "") =>
        server.address().replace("redis:", "rediss:").replace(/@.*/, `@${host}:${server.tlsPort}/0${query}`);
      for (const host of ["127.0.0.1", "localhost"]) {
        const store = await openState(address(host, `?cacert=${server.certificate}`));
        assertEquals(await store.bucket("b").add("n", 1n), host === "localhost" ? 2n : 1n);
        await store.close();
        await assertRejects(() => openState(address(host)), StateUnavailableError);
      }
      await assertRejects(
        () => openState(address("localhost", "?cacert=no.pem")),
        RedisAddressError,
        "no.pem",
      );
    }),
});

Deno.test({
  name: "how durable writes are is what the server says",
  ignore,
  fn: () =>
    withServer({}, async (server) => {
      const settings: [setting: string, value: string, durability: string][] = [
        ["appendfsync", "always", "write"],
        ["appendfsync", "everysec", "second"],
        ["appendfsync", "no", "later"],
        ["appendonly", "no", "later"],
      ];
      for (const [setting, value, durability] of settings) {
        await server.command("CONFIG", "SET", setting, value);
        const store = await openState(server.address());
        assertEquals(store.durability, durability);
        await store.close();
      }
      await server.command("ACL", "SETUSER", "troupe", "-info");
      const store = await openState(server.address());
      assertEquals(store.durability, "unknown");
      await store.close();
    }),
});

Deno.test({
  name: "a server that throws away what it has no room for is refused",
  ignore,
  fn: () =>
    withServer({ config: ["maxmemory 50mb", "maxmemory-policy allkeys-lru"] }, async (server) => {
      await assertRejects(() => openState(server.address()), RedisSetupError, "noeviction");
      await server.command("CONFIG", "SET", "maxmemory-policy", "volatile-lru");
      const store = await openState(server.address());
      await store.close();
    }),
});

Deno.test({
  name: "a server that would not read its own file again is refused, as far as one may see that",
  ignore,
  fn: () =>
    withServer({}, async (server) => {
      for (const rule of ["off", "-set"]) {
        await server.command("ACL", "SETUSER", "default", rule);
        await assertRejects(() => openState(server.address()), RedisSetupError, "loses what it acknowledged");
        await server.command("ACL", "SETUSER", "default", "on", "+@all");
      }
      await server.command("ACL", "SETUSER", "default", "off");
      await server.command("CONFIG", "SET", "appendonly", "no");
      const store = await openState(server.address());
      await store.close();
    }),
});
