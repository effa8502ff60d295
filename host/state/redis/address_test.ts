import { assert, assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { parseRedisAddress, serverName } from "./address.ts";
import { RedisAddressError } from "./errors.ts";

const nothing = () => undefined;
const of = (values: Record<string, string>) => (name: string) => values[name];

Deno.test("an address of a Redis server has what is needed to connect", async () => {
  const { password, ...address } = parseRedisAddress(
    "rediss://m%40e:s3cret%2Fp%40ss%3Aword%25@[::1]:6380/7?namespace=shop&cacert=ca.pem",
    nothing,
  );
  assertEquals(address, {
    host: "::1",
    port: 6380,
    database: 7,
    namespace: "shop",
    tls: true,
    ca: "ca.pem",
    user: "m@e",
  });
  assertEquals(await password(), "s3cret/p@ss:word%");
  assertEquals(serverName({ ...address, password }), "rediss://[::1]:6380/7");
  const { password: none, ...short } = parseRedisAddress("redis://h", nothing);
  assertEquals(short, { host: "h", port: 6379, database: 0, namespace: "troupe", tls: false });
  assertEquals(await none(), "");
});

Deno.test("the password of state comes from the address, or else from the environment, a file being read each time", async () => {
  const read = (address: string, values: Record<string, string>) =>
    parseRedisAddress(address, of(values)).password();
  assertEquals(await read("redis://:inside@h", { TROUPE_STATE_PASSWORD: "outside" }), "inside");
  assertEquals(await read("redis://h", { TROUPE_STATE_PASSWORD: "outside" }), "outside");
  const file = await Deno.makeTempFile();
  try {
    const { password } = parseRedisAddress("redis://u@h", of({ TROUPE_STATE_PASSWORD_FILE: file }));
    for (const word of ["first", "second"]) {
      await Deno.writeTextFile(file, `${word}\n`);
      assertEquals(await password(), word);
    }
    await Deno.remove(file);
    const error = await assertRejects(password, RedisAddressError);
    assertStringIncludes(error.message, file);
  } finally {
    await Deno.remove(file).catch(() => {});
  }
});

Deno.test("an address of state that cannot be used is refused with what is wrong, and without the password", () => {
  const cases: [address: string, problem: string][] = [
    ["redis://u:geheim@", "HOST:PORT"],
    ["redis://u:geheim@h:99999", "HOST:PORT"],
    ["redis://u:gehe/im@h", "%2F"],
    ["redis://u:geheim%zz@h", "%25"],
    ["redis://u:geheim@h/shop", "number"],
    ["redis://u:geheim@h?namespace=a:b", "namespace"],
    ["redis://u:geheim@h?cacert=ca.pem", "rediss://"],
    ["redis://u:geheim@h?pool=3", '"pool"'],
    ["http://u:geheim@h", "form"],
  ];
  for (const [address, problem] of cases) {
    const error = assertThrows(() => parseRedisAddress(address, nothing), RedisAddressError, problem);
    assert(!/gehe|im@/.test(error.message), error.message);
    assertEquals([error.code, error.family], ["troupe.RedisAddress", "user"]);
  }
});
