import { assertEquals } from "@std/assert";
import { readManifest } from "@troupe/controller/manifest";
import { parseSettings } from "@troupe/controller/settings";
import { keysOf } from "./look.ts";
import { referencesOf, remedyFor } from "./references.ts";
import { settingsText } from "./_testing.ts";

const settings = parseSettings(
  settingsText(`  store: { address: "postgres://mesh@db.data.svc/shop", password: { name: store, key: pw } }
  state: { address: "redis://redis.data.svc", password: { name: state, key: pw } }
  objects: { address: "s3://shop/mesh?region=eu-central-1", keys: { secret: bucket } }
`),
  { file: "cluster.yaml" },
);

function actor(name: string, spec: Record<string, unknown> = {}) {
  const oci = `registry.example.com/a@sha256:${"a".repeat(64)}`;
  const text = JSON.stringify({
    apiVersion: "troupe.dev/v1alpha1",
    kind: "Actor",
    metadata: { name },
    spec: { component: { oci }, ...spec },
  });
  return readManifest(text, { file: `${name}/actor.yaml` });
}

const line = ({ kind, namespace, name, keys, for: who }: ReturnType<typeof referencesOf>[number]) =>
  `${kind} ${namespace}/${name} [${keys.join()}] ${who.join()}`;

Deno.test("hosts need what their own transport, the store and the bucket have; state only who is granted it", () => {
  const of = (...actors: ReturnType<typeof actor>[]) =>
    referencesOf(settings, actors, { namespace: "shop", controller: undefined }).map(line);
  const always = [
    "Secret shop/store [pw] store",
    "Secret shop/bucket [AWS_ACCESS_KEY_ID,AWS_SECRET_ACCESS_KEY] objects",
  ];
  assertEquals(of(actor("a")), ["Secret shop/broker [username,password] transport default", ...always]);
  assertEquals(of(actor("a", { transport: "tls", grants: { state: {} } })), [
    "Secret shop/other [user,password] transport tls",
    "Secret shop/ca [ca.crt] transport tls",
    "Secret shop/store [pw] store",
    "Secret shop/state [pw] state",
    "Secret shop/bucket [AWS_ACCESS_KEY_ID,AWS_SECRET_ACCESS_KEY] objects",
  ]);
});

Deno.test("the controller needs what all transports have, in its own namespace", () => {
  const all = referencesOf(settings, [actor("a")], { namespace: "shop", controller: "system" })
    .filter(({ namespace }) => namespace === "system").map(({ name }) => name);
  assertEquals(all.sort(), ["broker", "bucket", "ca", "other", "store"]);
});

Deno.test("actors need what their grants name; several that need the same are named together", () => {
  const source = (key: string) => ({ secretKeyRef: { name: "keys", key } });
  const one = actor("one", {
    component: { oci: `registry.example.com/a@sha256:${"a".repeat(64)}`, pullSecret: "pull" },
    grants: {
      secrets: { A: source("a") },
      http: [{ host: "api.example.com", headers: { authorization: { from: source("b") } } }],
      files: [
        { path: "/words", configMap: "words" },
        { path: "/certs", secret: "certs" },
        { path: "/data", persistentVolumeClaim: "data" },
      ],
    },
  });
  const two = actor("two", {
    component: { configMap: { name: "wasm" }, sha256: "a".repeat(64) },
    grants: { secrets: { A: source("a") } },
  });
  assertEquals(
    referencesOf(undefined, [one, two], { namespace: "shop", controller: undefined }).map(line),
    [
      "Secret shop/pull [.dockerconfigjson] actor one",
      "Secret shop/keys [a,b] actor one,actor two",
      "ConfigMap shop/words [] actor one",
      "Secret shop/certs [] actor one",
      "PersistentVolumeClaim shop/data [] actor one",
      "ConfigMap shop/wasm [component.wasm] actor two",
    ],
  );
});

Deno.test("what to do about one that is not there has no value in it", () => {
  const reference = { kind: "Secret", namespace: "shop", name: "keys", keys: ["a", "b"], for: [] } as const;
  assertEquals(
    remedyFor(reference),
    "kubectl create secret generic keys -n shop --from-file=a=FILE --from-file=b=FILE",
  );
  assertEquals(
    remedyFor({ ...reference, kind: "ConfigMap", keys: [] }),
    "kubectl create configmap keys -n shop --from-file=FOLDER",
  );
});

Deno.test("entries are known by who has set them, and not by what is in them", () => {
  const managedFields = [
    { manager: "kubectl-create", fieldsV1: { "f:data": { ".": {}, "f:username": {} }, "f:type": {} } },
    { manager: "other", fieldsV1: { "f:stringData": { "f:pass.word": {} } } },
  ];
  const object = { apiVersion: "v1", kind: "Secret", metadata: { name: "a", managedFields } };
  assertEquals([...keysOf(object) ?? []], ["username", "pass.word"]);
  assertEquals(keysOf({ ...object, metadata: { name: "a" } }), undefined);
});
