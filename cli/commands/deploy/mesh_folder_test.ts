import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ActorSpecError } from "@troupe/controller/mesh";
import { dirname, join } from "@std/path";
import { temporaryFolder } from "../_testing.ts";
import { DeployError } from "./errors.ts";
import { loadManifests, loadSettings, meshNameOf } from "./mesh_folder.ts";
import { settingsText } from "./_testing.ts";

async function write(dir: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await Deno.mkdir(dirname(join(dir, name)), { recursive: true });
    await Deno.writeTextFile(join(dir, name), text);
  }
}

const actor = (name: string, spec: unknown, more = {}) =>
  JSON.stringify({ apiVersion: "troupe.dev/v1alpha1", kind: "Actor", metadata: { name, ...more }, spec });

Deno.test("actors as a cluster takes them; a component that is a file can be built, whatever else it is granted", async () => {
  await using folder = await temporaryFolder();
  const from = { secretKeyRef: { name: "keys", key: "api" } };
  await write(folder.path, {
    "split/actor.yaml": actor("split", {
      component: { file: "build/split.wasm" },
      grants: {
        state: true,
        secrets: { KEY: from },
        http: ["https://a.example/v1", { host: "b.example", headers: { authorization: { from } } }],
        files: [{ path: "/words", configMap: "words" }],
      },
    }),
    "far/actor.yaml": actor("far", { component: { oci: `registry.example.com/a@sha256:${"a".repeat(64)}` } }),
  });
  const [far, split] = await loadManifests(folder.path, "shop");
  assertEquals([far?.name, far?.source], ["far", undefined]);
  assertEquals(split?.manifest.spec.grants?.state as unknown, {});
  assertEquals(split?.source?.component, { kind: "file", path: join(folder.path, "split/build/split.wasm") });
  // What a component may import is judged by what it is granted.
  const { grants } = split?.source ?? {};
  assert(grants?.secrets && grants.http?.length === 2 && grants.state && grants.files);
});

Deno.test("a namespace in the file that is not the one that it goes to is a mistake", async () => {
  await using folder = await temporaryFolder();
  await write(folder.path, {
    "actor.yaml": actor("far", { component: { file: "a.wasm" } }, { namespace: "other" }),
  });
  const { message } = await assertRejects(() => loadManifests(folder.path, "shop"), ActorSpecError);
  assertStringIncludes(message, "is other, and the mesh goes to shop");
  assertEquals((await loadManifests(folder.path, "other")).length, 1);
});

Deno.test("a mesh is called as its mesh.yaml says, or as its folder", async () => {
  await using folder = await temporaryFolder();
  const dir = join(folder.path, "My Shop_2");
  await write(dir, { "a": "" });
  assertEquals(await meshNameOf(dir), "my-shop-2");
  await write(dir, {
    "mesh.yaml": "apiVersion: troupe.dev/v1alpha1\nkind: Mesh\nmetadata: { name: shop }\n",
  });
  assertEquals(await meshNameOf(dir), "shop");
  await write(join(folder.path, "…"), { "a": "" });
  const { code } = await assertRejects(() => meshNameOf(join(folder.path, "…")), DeployError);
  assertEquals(code, "troupe.NoMeshName");
});

Deno.test("settings that are needed and are not there: an example that can be read", async () => {
  await using folder = await temporaryFolder();
  const of = (needed: boolean, file?: string) => loadSettings(folder.path, { file, needed });
  assertEquals(await of(false), undefined);
  const { code, message } = await assertRejects(() => of(true), DeployError);
  assertEquals(code, "troupe.NoSettings");
  const example = /(apiVersion[\s\S]*?)\n\n/.exec(message)?.[1] ?? "";
  await write(folder.path, { "cluster.yaml": example });
  assertEquals((await of(true))?.transports.default?.credentials.secret, "broker");
  await assertRejects(() => of(false, join(folder.path, "other.yaml")), DeployError);
  await write(folder.path, { "other.yaml": settingsText() });
  assertEquals(Object.keys((await of(true, join(folder.path, "other.yaml")))?.transports ?? {}), [
    "default",
    "tls",
  ]);
});
