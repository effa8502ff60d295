import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { ActorSpecError } from "./errors.ts";
import { MESH_FILE, readMeshFile } from "./mesh_file.ts";

const HEAD = "apiVersion: troupe.dev/v1alpha1\nkind: Mesh\nmetadata: { name: shop }\n";

async function read(text?: string) {
  const dir = await Deno.makeTempDir({ prefix: "troupe_mesh_file_" });
  try {
    if (text !== undefined) await Deno.writeTextFile(join(dir, MESH_FILE), text);
    return await readMeshFile(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("a mesh's file chooses the transport and the store, or leaves that to others; it need not be there", async () => {
  const address = "rabbitmq://broker.example/shop?namespace=staging";
  assertEquals(await read(`${HEAD}spec: { transport: "${address}" }\n`), {
    name: "shop",
    transport: address,
    store: undefined,
    objects: undefined,
    state: undefined,
  });
  assertEquals(await read(HEAD), {
    name: "shop",
    transport: undefined,
    store: undefined,
    objects: undefined,
    state: undefined,
  });
  const store = "postgres://mesh@db.example:5432/shop?schema=a";
  assertEquals((await read(`${HEAD}spec: { store: "${store}" }\n`))?.store, store);
  const objects = "s3://shop/mesh?region=eu-central-1";
  assertEquals((await read(`${HEAD}spec: { objects: "${objects}" }\n`))?.objects, objects);
  const state = "rediss://mesh@cache.example/2?namespace=shop";
  assertEquals((await read(`${HEAD}spec: { state: "${state}" }\n`))?.state, state);
  assertEquals(await read(), undefined);
  assertEquals(await readMeshFile("/no/such/folder"), undefined);
});

const WRONG: Readonly<Record<string, readonly [text: string, ...says: string[]]>> = {
  "a password": [
    `${HEAD}spec:\n  transport: rabbitmq://me:secret@broker.example/\n`,
    "mesh.yaml:5: spec.transport must not hold a user or a password",
    "TROUPE_RABBITMQ_PASSWORD_FILE",
  ],
  "a password that is not escaped": [
    `${HEAD}spec:\n  transport: rabbitmq://me:secr/et@broker.example/\n`,
    "mesh.yaml:5: spec.transport must not hold a user or a password",
  ],
  "keys of a bucket": [
    `${HEAD}spec:\n  objects: s3://AKIA:secr/et@shop/mesh\n`,
    "mesh.yaml:5: spec.objects must not hold keys of an account",
  ],
  "a password of the state": [
    `${HEAD}spec:\n  state: redis://me:secr/et@cache.example\n`,
    "mesh.yaml:5: spec.state must not hold a password",
    "TROUPE_STATE_PASSWORD_FILE",
  ],
  "a password of the store": [
    `${HEAD}spec:\n  store: postgres://me:secr/et@db.example/shop\n`,
    "mesh.yaml:5: spec.store must not hold a password",
    "TROUPE_STORE_PASSWORD",
  ],
  "an unknown field": [
    `${HEAD}spec: { transprot: x }\n`,
    "spec.transprot is not a field of a Mesh; did you mean transport?",
  ],
  "an actor": [HEAD.replace("Mesh", "Actor"), "mesh.yaml:2: kind has to be Mesh"],
  "a bad name": [HEAD.replace("shop", "Shop!"), "metadata.name has to be a DNS label"],
  "nothing": ["", "is empty"],
};

for (const [what, [text, ...says]] of Object.entries(WRONG)) {
  Deno.test(`a mesh's file is refused with ${what}`, async () => {
    const { message } = await assertRejects(() => read(text), ActorSpecError);
    for (const part of says) assertStringIncludes(message, part);
    if (/secr/.test(message)) throw new Error("the password is repeated");
  });
}
