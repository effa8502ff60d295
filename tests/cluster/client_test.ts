// The client against a real API server: what it does, and what becomes of it when the server or the way to it does not.

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { EventRecorder, KubeClient, KubeError, refOf } from "@troupe/controller/kube";
import { TcpProxy } from "../servers/tcp_proxy.ts";
import { lacksControlPlane } from "./binary.ts";
import { clusterTests } from "./cluster_tests.ts";
import { type AuditedRequest, ControlPlane } from "./control_plane.ts";
import { CONFIG_MAP, configMap, followed, refused } from "./_client_testing.ts";
import { conditionOf, until } from "./until.ts";

const DEPLOYMENT = { apiVersion: "apps/v1", kind: "Deployment" };

if (!await lacksControlPlane()) {
  const control = await ControlPlane.start();
  Deno.test.afterAll(() => control.stop());
  const test = clusterTests(control);

  /** A client whose way to the API server a test can break. */
  const throughProxy = async () => {
    const proxy = new TcpProxy({ port: control.port });
    const client = await KubeClient.open({ file: await control.adminThrough(proxy.port) });
    return {
      proxy,
      client,
      async [Symbol.asyncDispose]() {
        await client[Symbol.asyncDispose]();
        await proxy.close();
      },
    };
  };

  test("objects are applied, read, listed, changed and deleted", async ({ client, namespace }) => {
    const options = { fieldManager: "a" };
    const object = configMap(namespace, "one", { key: "value" });
    const applied = await client.apply(object, options);
    assertEquals(await client.apply(object, options), applied, "what changes nothing is no new version");
    assertEquals((await client.get(refOf(object))).data, { key: "value" });
    assertEquals((await client.merge(refOf(object), { data: { key: null, other: "x" } })).data, {
      other: "x",
    });

    await client.create(configMap(namespace, "two"));
    await refused("troupe.KubeAlreadyExists", () => client.create(configMap(namespace, "two")));
    const { items } = await client.list(CONFIG_MAP, { namespace, labelSelector: `test=${namespace}` });
    assertEquals(items.map((item) => [item.apiVersion, item.kind, item.metadata.name]), [
      ["v1", "ConfigMap", "one"],
      ["v1", "ConfigMap", "two"],
    ]);

    assertEquals(await client.delete(refOf(object)), true);
    assertEquals(await client.delete(refOf(object)), false);
    assertEquals(await client.find(refOf(object)), undefined);
    await refused("troupe.KubeNotFound", () => client.get(refOf(object)));
  });

  test("a list of more than a page is whole", async ({ client, namespace }) => {
    const names = Array.from({ length: 501 }, (_, index) => `m-${index}`);
    await Promise.all(names.map((name) => client.create(configMap(namespace, name))));
    const { items } = await client.list(CONFIG_MAP, { namespace, labelSelector: `test=${namespace}` });
    assertEquals(new Set(items.map((item) => item.metadata.name)), new Set(names));
  });

  test("an applied field that another has set is a conflict, until it is taken by force", async (t) => {
    const { client, namespace } = t;
    await client.apply(configMap(namespace, "c", { key: "a" }), { fieldManager: "a" });
    const other = configMap(namespace, "c", { key: "b" });
    const error = await refused("troupe.KubeConflict", () => client.apply(other, { fieldManager: "b" }));
    assertEquals(error.causes.map(({ reason, field }) => [reason, field]), [[
      "FieldManagerConflict",
      ".data.key",
    ]]);
    assertEquals((await client.apply(other, { fieldManager: "b", force: true })).data, { key: "b" });
    // What a manager leaves out goes, and what others have set stays.
    await client.apply(configMap(namespace, "c", { mine: "a" }), { fieldManager: "a" });
    await client.apply(configMap(namespace, "c"), { fieldManager: "b" });
    assertEquals((await client.get(refOf(other))).data, { mine: "a" });
  });

  test("an old version is not replaced, nor another object deleted that has the name", async (t) => {
    const { client, namespace } = t;
    const old = await client.create(configMap(namespace, "v", { n: "1" }));
    await client.replace({ ...old, data: { n: "2" } });
    await refused("troupe.KubeConflict", () => client.replace({ ...old, data: { n: "3" } }));
    const uid = crypto.randomUUID();
    await refused("troupe.KubeConflict", () => client.delete(refOf(old), { uid }));
    assertEquals(await client.delete(refOf(old), { uid: old.metadata.uid }), true);
  });

  test("what is applied over nothing, or over a version, is applied over nothing else", async (t) => {
    const { client, namespace } = t;
    const applied = { fieldManager: "a", force: true };
    for (const kind of [CONFIG_MAP, { apiVersion: "v1", kind: "ServiceAccount" }]) {
      const object = { ...kind, metadata: { name: "n", namespace, labels: { by: "a" } } };
      const { metadata: { resourceVersion = "" } } = await client.apply(object, {
        ...applied,
        over: "nothing",
      });
      await refused("troupe.KubeConflict", () => client.apply(object, { ...applied, over: "nothing" }));
      const changed = { ...object, metadata: { ...object.metadata, labels: { by: "b" } } };
      const { metadata } = await client.apply(changed, { ...applied, over: { resourceVersion } });
      assertEquals(metadata.labels, { by: "b" });
      await refused(
        "troupe.KubeConflict",
        () => client.apply(object, { ...applied, over: { resourceVersion } }),
      );
      await client.delete(refOf(object));
      const { metadata: { uid } } = await client.create({ ...kind, metadata: { name: "n", namespace } });
      await refused("troupe.KubeConflict", () => client.apply(object, { ...applied, over: "nothing" }));
      const over = { resourceVersion: metadata.resourceVersion ?? "" };
      await refused("troupe.KubeConflict", () => client.apply(object, { ...applied, over }));
      const theirs = await client.get(refOf(object));
      assertEquals([theirs.metadata.uid, theirs.metadata.labels], [uid, undefined]);
      await client.delete(refOf(object));
      assertEquals((await client.apply(object, { ...applied, over })).metadata.labels, { by: "a" });
    }
  });

  test("a trial does nothing, and what is not valid is refused with the field", async (t) => {
    const { client, namespace } = t;
    const options = { fieldManager: "a" };
    const ref = refOf(await client.apply(configMap(namespace, "d"), { ...options, dryRun: true }));
    assertEquals(await client.find(ref), undefined);
    const bad = { ...configMap(namespace, "d"), dat: { key: "value" } };
    assertStringIncludes((await refused("troupe.KubeInvalid", () => client.create(bad))).message, "dat");
    assertEquals(
      (await assertRejects(() => client.apply(bad, options), KubeError)).code.startsWith("troupe.Kube"),
      true,
    );
    const deployment = {
      ...DEPLOYMENT,
      metadata: { name: "d", namespace },
      spec: { replicas: -1, selector: { matchLabels: { a: "b" } }, template: {} },
    };
    const error = await refused("troupe.KubeInvalid", () => client.apply(deployment, options));
    assert(error.causes.some(({ field }) => field === "spec.replicas"), JSON.stringify(error.causes));
  });

  test("CEL rules of a CRD survive, and refuse with their sentence", async ({ client, namespace }) => {
    const group = `${namespace}.troupe.dev`;
    await refused(
      "troupe.KubeUnknownKind",
      () => client.find({ apiVersion: `${group}/v1`, kind: "Play", name: "a", namespace }),
    );
    const spec = {
      type: "object",
      properties: { min: { type: "integer" }, max: { type: "integer" } },
      "x-kubernetes-validations": [{
        rule: "self.min <= self.max",
        message: "min must not be over max",
        fieldPath: ".min",
        reason: "FieldValueForbidden",
      }],
    };
    const definition = {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: `plays.${group}` },
      spec: {
        group,
        scope: "Namespaced",
        names: { kind: "Play", plural: "plays", singular: "play" },
        versions: [{
          name: "v1",
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: { openAPIV3Schema: { type: "object", properties: { spec } } },
        }],
      },
    };
    await client.apply(definition, { fieldManager: "a" });
    try {
      await until(
        client,
        refOf(definition),
        (object) => conditionOf(object, "Established")?.status === "True",
      );
      const play = (min: number) => ({
        apiVersion: `${group}/v1`,
        kind: "Play",
        metadata: { name: "hamlet", namespace },
        spec: { min, max: 2 },
      });
      await client.apply(play(1), { fieldManager: "a" });
      const error = await refused("troupe.KubeInvalid", () => client.apply(play(3), { fieldManager: "a" }));
      assertEquals(error.causes, [{
        reason: "FieldValueForbidden",
        message: "Forbidden: min must not be over max",
        field: "spec.min",
      }]);
    } finally {
      await client.delete(refOf(definition));
    }
  });

  test("callers are known by a token or a certificate, and may do what they may", async (t) => {
    const { namespace } = t;
    await using certified = await KubeClient.open({ file: await control.kubeconfig("certificate") });
    await certified.create({
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "actor", namespace },
    });
    const token = await control.token({ namespace, name: "actor" });
    await using account = await KubeClient.open({ file: await control.kubeconfig({ token }, { namespace }) });
    assertEquals(account.namespace, namespace);
    const error = await refused("troupe.KubeForbidden", () => account.list(CONFIG_MAP, { namespace }));
    assertStringIncludes(error.message, `system:serviceaccount:${namespace}:actor`);
    await using nobody = await KubeClient.open({ file: await control.kubeconfig({ token: "wrong" }) });
    await refused("troupe.KubeUnauthorized", () => nobody.list(CONFIG_MAP, { namespace }));
  });

  test("a pod finds the cluster by its own account", async ({ namespace }) => {
    const root = await Deno.makeTempDir();
    const folder = `${root}/var/run/secrets/kubernetes.io/serviceaccount`;
    await Deno.mkdir(folder, { recursive: true });
    const files = {
      "ca.crt": await control.authority(),
      token: await control.token({ namespace, name: "default" }),
    };
    for (const [name, text] of Object.entries({ ...files, namespace })) {
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    const before = Deno.env.toObject();
    const there = { KUBERNETES_SERVICE_HOST: "127.0.0.1", KUBERNETES_SERVICE_PORT: String(control.port) };
    for (const [name, value] of Object.entries({ ...there, HOME: root, KUBECONFIG: "" })) {
      Deno.env.set(name, value);
    }
    try {
      await using client = await KubeClient.open({ podRoot: root });
      assertEquals(client.namespace, namespace);
      const error = await refused("troupe.KubeForbidden", () => client.list(CONFIG_MAP, { namespace }));
      assertStringIncludes(error.message, `system:serviceaccount:${namespace}:default`);
    } finally {
      for (const name of [...Object.keys(there), "KUBECONFIG"]) Deno.env.delete(name);
      for (const [name, value] of Object.entries(before)) Deno.env.set(name, value);
      await Deno.remove(root, { recursive: true });
    }
  });

  test("a watch that is cut goes on, and misses nothing", async ({ client, namespace }) => {
    await using way = await throughProxy();
    await using seen = followed(way.client, namespace, { idleMs: 30_000 });
    await seen.informer.synced;
    await client.create(configMap(namespace, "before"));
    await seen.change("added before");
    way.proxy.refuse();
    await seen.problem("troupe.KubeUnreachable");
    await client.create(configMap(namespace, "meanwhile"));
    await client.create(configMap(namespace, "short"));
    await client.delete(refOf(configMap(namespace, "short")));
    way.proxy.resume();
    await seen.change("deleted short");
    assertEquals(seen.changes, ["added before", "added meanwhile", "added short", "deleted short"]);
  });

  test("a watch on a way that is silent is noticed, and goes on", async ({ client, namespace }) => {
    await using way = await throughProxy();
    await using seen = followed(way.client, namespace);
    await seen.informer.synced;
    await client.create(configMap(namespace, "before"));
    await seen.change("added before");
    way.proxy.freeze();
    await client.create(configMap(namespace, "meanwhile"));
    await seen.problem("troupe.KubeTimeout");
    way.proxy.resume();
    await seen.change("added meanwhile");
    assertEquals(seen.changes, ["added before", "added meanwhile"]);
  });

  test("a watch in which nothing happens is no problem", async ({ client, namespace }) => {
    await using seen = followed(client, namespace, { idleMs: 1_500 });
    await seen.informer.synced;
    const isWatch = ({ verb, objectRef }: AuditedRequest) =>
      verb === "watch" && objectRef?.namespace === namespace;
    await control.requestsUntil((requests) => requests.filter(isWatch).length >= 3);
    await client.create(configMap(namespace, "after"));
    await seen.change("added after");
    assertEquals(seen.problems, []);
  });

  test("all is listed anew from time to time, and nothing is told twice", async ({ client, namespace }) => {
    await client.create(configMap(namespace, "one"));
    await using seen = followed(client, namespace, { idleMs: 1_500, relistMs: 1 });
    const isList = ({ verb, objectRef }: AuditedRequest) =>
      verb === "list" && objectRef?.namespace === namespace;
    await control.requestsUntil((requests) => requests.filter(isList).length >= 3);
    assertEquals(seen.changes, ["added one"]);
    assertEquals(seen.informer.get("one", namespace)?.metadata.name, "one");
  });

  test("a version that is too old is gone; an informer then finds by listing what it has missed", async (t) => {
    const { client, namespace } = t;
    const gone = async () => {
      for await (const _ of client.watch(CONFIG_MAP, { namespace, resourceVersion: "1" }));
    };
    const kept = await client.create(configMap(namespace, "kept"));
    await client.create(configMap(namespace, "lost"));
    await using way = await throughProxy();
    await using seen = followed(way.client, namespace);
    await seen.change("added lost");
    way.proxy.refuse();
    await client.delete(refOf(configMap(namespace, "lost")));
    await client.replace({ ...kept, data: { changed: "yes" } });
    await client.create(configMap(namespace, "new"));
    // It knows nothing of what was before it started.
    await control.kill9("apiserver");
    await control.startApiServer();
    await refused("troupe.KubeGone", gone);
    way.proxy.resume();
    await seen.problem("troupe.KubeGone");
    await seen.change("deleted lost");
    assertEquals(seen.changes.slice(2).sort(), ["added new", "deleted lost", "modified kept"]);
  });

  test("an API server that is killed and started again is found again, and nothing is missed", async (t) => {
    const { client, namespace } = t;
    await using seen = followed(client, namespace);
    await client.create(configMap(namespace, "before"));
    await seen.change("added before");
    await control.kill9("apiserver");
    await seen.problem("troupe.KubeUnreachable");
    await refused("troupe.KubeUnreachable", () => client.version());
    await control.startApiServer();
    await client.create(configMap(namespace, "after"));
    await seen.change("added after");
    assertEquals(seen.changes, ["added before", "added after"]);
  });

  test("a call on a way that is silent ends by its limit, and the next one does well", async ({ namespace }) => {
    await using way = await throughProxy();
    const ref = { ...CONFIG_MAP, namespace, name: "kube-root-ca.crt" };
    await way.client.find(ref);
    way.proxy.freeze();
    await refused("troupe.KubeTimeout", () => way.client.find(ref, { limitMs: 300 }));
    way.proxy.resume();
    assertEquals(await way.client.find(ref, { limitMs: 10_000 }), undefined);
  });

  test("what happened is told in events, and what repeats is counted", async ({ client, namespace }) => {
    const recorder = new EventRecorder(client, { controller: "troupe.dev/test", instance: "test-0" });
    const object = await client.create(configMap(namespace, "told"));
    const text = {
      type: "Warning",
      reason: "QueueMissing",
      action: "Reconcile",
      note: "ü".repeat(2_000),
    } as const;
    for (let count = 0; count < 3; count++) await recorder.tell(object, text);
    await recorder.tell(object, { ...text, note: "other" });
    const kind = { apiVersion: "events.k8s.io/v1", kind: "Event" };
    const { items } = await client.list(kind, { namespace });
    const counted = items.map(({ note, series }) => {
      const { count } = (series ?? { count: 1 }) as { count: number };
      return `${new TextEncoder().encode(String(note)).length} bytes, ${count} times`;
    });
    assertEquals(counted.sort(), ["1023 bytes, 3 times", "5 bytes, 1 times"]);
    // One that has been deleted meanwhile is made again.
    for (const item of items) await client.delete(refOf(item));
    await recorder.tell(object, text);
    assertEquals((await client.list(kind, { namespace })).items.length, 1);
  });
}
