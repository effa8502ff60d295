import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { parsePostgresAddress } from "@troupe/host/crew/postgres/address";
import { parseBucketAddress } from "@troupe/host/crew/objects/address";
import { settingsOf, TRANSPORT } from "./build/build_testing.ts";
import { meshesOf, meshName, objectsAddress, storeAddress, transportAddress } from "./mesh_place.ts";

const shop = { transport: "default", namespace: "shop" };

Deno.test("no two meshes have the same name, however they are called", () => {
  const long = "a".repeat(40);
  const hashed = meshName({ transport: "eu", namespace: "shop" });
  const places = [
    shop,
    { transport: "eu", namespace: "shop" },
    { transport: "eu-shop", namespace: "a" },
    { transport: "eu", namespace: "shop-a" },
    { transport: "default", namespace: hashed },
    { transport: "default", namespace: long },
    { transport: "default", namespace: `${long}b` },
    { transport: "default", namespace: `${long}c` },
    { transport: "b".repeat(63), namespace: "c".repeat(63) },
  ];
  const names = places.map(meshName);
  assertEquals(new Set(names).size, places.length, names.join());
  for (const name of names) assert(/^[a-z0-9][a-z0-9-]{0,38}[a-z0-9]$/.test(name), name);
});

Deno.test("a mesh's store has a schema that databases take, unless one is named", () => {
  const env = (name: string) => name === "PGUSER" ? "mesh" : undefined;
  const schema = (address: string, namespace: string) =>
    parsePostgresAddress(storeAddress({ address }, { ...shop, namespace }), env).schema;
  const plain = "postgres://db.data.svc/shop";
  assertEquals(schema(plain, "shop"), "troupe_shop");
  assertEquals(schema(`${plain}?sslmode=require`, "web-shop"), "troupe_web_shop");
  assertEquals(schema(`${plain}?sslmode=require&schema=mine`, "shop"), "mine");
  assertNotEquals(schema(plain, "a".repeat(63)), schema(plain, `${"a".repeat(62)}b`));
});

Deno.test("a mesh's objects are in a folder of its own", () => {
  const read = (address: string) => {
    const { bucket, prefix, region } = parseBucketAddress(objectsAddress({ address }, shop), () => undefined);
    return { bucket, prefix, region };
  };
  assertEquals(
    read("s3://data"),
    { bucket: "data", prefix: "shop", region: undefined } as ReturnType<typeof read>,
  );
  assertEquals(read("s3://data/mesh/?region=eu-1"), { bucket: "data", prefix: "mesh/shop", region: "eu-1" });
});

Deno.test("a transport has a mesh in each namespace, unless its address names one", () => {
  const transport = settingsOf().transports["default"];
  assert(transport);
  assertEquals(transportAddress(transport, "shop"), "rabbitmq://rabbitmq.queues.svc?namespace=shop");
  const named = { ...transport, address: "rabbitmq://rabbitmq.queues.svc/v?namespace=prod" };
  assertEquals(transportAddress(named, "shop"), named.address);

  const settings = settingsOf({
    transports: {
      default: TRANSPORT,
      eu: { ...TRANSPORT, address: "rabbitmq://eu.queues.svc?namespace=prod" },
      asya: { ...TRANSPORT, crew: false },
    },
    crew: { namespaces: ["shop", "billing", "shop"] },
  });
  assertEquals(meshesOf(settings), [
    shop,
    { transport: "default", namespace: "billing" },
    { transport: "eu", namespace: "prod" },
  ]);
});
