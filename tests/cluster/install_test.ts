// What is installed beside actors, on a real API server: it takes all of it into an empty cluster, makes pods of it under the
// restricted standard, and has nothing to write when it is applied again. The only node runs nothing (kwok says that pods
// do): what containers would do, is done by processes with the command, environment and files that the pods give them.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { DEFINITION_NAME } from "@troupe/controller/crd";
import { installation, type InstallationOptions, type InstallObject } from "@troupe/controller/install";
import type { KubeObject } from "@troupe/controller/kube";
import { type ControllerSettings, parseSettings } from "@troupe/controller/settings";
import { openStore } from "@troupe/host/crew/open_store";
import { openSqliteStore } from "@troupe/host/crew/sqlite_store";
import { openTransport } from "@troupe/host/transport/open";
import { settingsOf } from "../../controller/build/build_testing.ts";
import { INSTALLED } from "../../controller/install/golden_testing.ts";
import { lacksPostgres, PostgresServer } from "../servers/postgres.ts";
import { lacksRabbitmq, RabbitmqServer } from "../servers/rabbitmq.ts";
import { refused } from "./_client_testing.ts";
import { PodProcesses } from "./_container_process.ts";
import { actorOf, childOf, comes } from "./_controller_testing.ts";
import { lacksControlPlane } from "./binary.ts";
import { ControlPlane } from "./control_plane.ts";
import { conditionOf, exists, until } from "./until.ts";

const OPTIONS = { fieldManager: "troupe-deploy", force: true };
const CREW = ["x-sink", "x-sump", "x-pause", "x-resume", "x-join"];

if (!await lacksControlPlane() && !lacksRabbitmq()) {
  const [control, broker] = await Promise.all([
    // Beside those that all tests need: who makes pods with volumes, and who finds the volumes.
    ControlPlane.start({
      flags: {
        "controller-manager": ["--controllers=statefulset-controller,persistentvolume-binder-controller"],
      },
    }),
    RabbitmqServer.start(),
  ]);
  Deno.test.afterAll(() => Promise.all([control.stop(), broker.stop()]).then(() => {}));
  const { client } = control;

  const test = (name: string, run: () => Promise<void>) =>
    Deno.test({
      name: `cluster: ${name}`,
      sanitizeResources: false,
      async fn() {
        try {
          await run();
        } catch (error) {
          console.error(`the logs of the control plane are in ${await control.keepLogs()}`);
          throw error;
        }
      },
    });

  /** Applies everything. @returns The objects as they are now. */
  const install = async (
    settings: ControllerSettings,
    options: InstallationOptions = {},
  ): Promise<KubeObject[]> => {
    const applied: KubeObject[] = [];
    for (const object of installation(settings, options)) {
      applied.push(await client.apply(asKube(object), OPTIONS));
      if (object.kind !== "CustomResourceDefinition") continue;
      const ref = { apiVersion: object.apiVersion, kind: object.kind, name: DEFINITION_NAME };
      await until(client, ref, (object) => conditionOf(object, "Established")?.status === "True");
    }
    return applied;
  };
  const settled = async (objects: readonly KubeObject[]) => {
    for (const { apiVersion, kind, metadata: { name = "", namespace } } of objects) {
      if (["Deployment", "StatefulSet", "PodDisruptionBudget"].includes(kind)) {
        await until(client, { apiVersion, kind, name, namespace }, isSettled);
      }
    }
  };
  const volume = (name: string, storageClassName?: string) =>
    client.apply({
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name },
      spec: {
        capacity: { storage: "10Gi" },
        accessModes: ["ReadWriteOnce"],
        hostPath: { path: `/nowhere/${name}` },
        ...(storageClassName === undefined ? {} : { storageClassName }),
      },
    }, OPTIONS);
  // Nobody here makes volumes for those who ask.
  for (const name of ["a", "b", "c"]) await volume(name);
  for (const name of ["fast-a", "fast-b"]) await volume(name, "fast");

  for (const [name, { settings = {}, ...options }] of Object.entries(INSTALLED)) {
    test(`an installation (${name}) is taken, its pods run, and applying it again changes nothing`, async () => {
      const namespace = options.namespace ?? `troupe-${name.replaceAll("_", "-")}`;
      const read = settingsOf(settings);
      const first = await install(read, { namespace });
      await settled(first);
      const before = await Promise.all(first.map((object) => client.get(refOf(object))));
      const again = await install(read, { namespace });
      const version = ({ kind, metadata }: KubeObject) =>
        `${kind} ${metadata.name} ${metadata.resourceVersion}`;
      assertEquals(again.map(version), before.map(version));

      const config = await client.get({
        apiVersion: "v1",
        kind: "ConfigMap",
        name: "troupe-controller",
        namespace,
      });
      const { "settings.yaml": text = "" } = config["data"] as Record<string, string>;
      assertEquals(parseSettings(text, { file: "settings.yaml" }), read);
    });
  }

  test("an installation becomes another one: whatever is changed can be applied", async () => {
    for (const { settings } of Object.values(INSTALLED)) {
      await install(settingsOf(settings), { namespace: "troupe-changing" });
    }
    const more = {
      image: "registry.example.com/troupe-host:2",
      crew: { namespaces: ["billing", "default"] },
    };
    await install(settingsOf(more), { namespace: "troupe-changing" });
    const ref = { apiVersion: "apps/v1", kind: "Deployment", name: "troupe-controller" };
    const { spec } = await client.get({ ...ref, namespace: "troupe-changing" });
    assertStringIncludes(JSON.stringify(spec), `"image":"${more.image}"`);
    // But for the size of a volume that is there.
    const larger = settingsOf({ crew: { storage: { size: "20Gi" } } });
    await refused("troupe.KubeInvalid", () => install(larger, { namespace: "troupe-changing" }));
  });

  test("a pod that is not restricted is not taken where the installation is", async () => {
    const [namespace] = await install(settingsOf());
    const error = await refused("troupe.KubeForbidden", () =>
      client.create({
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "free", namespace: namespace?.metadata.name ?? "" },
        spec: { containers: [{ name: "free", image: "registry.example.com/free" }] },
      }));
    assertStringIncludes(error.message, "violates PodSecurity");
  });

  const secret = (namespace: string, name: string, stringData: Readonly<Record<string, string>>) =>
    client.apply({ apiVersion: "v1", kind: "Secret", metadata: { name, namespace }, stringData }, OPTIONS);

  /** Settings with the broker of this test, and its Secret where they are installed. */
  const site = async (namespace: string, more: Readonly<Record<string, unknown>> = {}) => {
    const transport = { address: `rabbitmq://127.0.0.1:${broker.port}`, credentials: { secret: "broker" } };
    const settings = settingsOf({ transports: { default: transport }, ...more });
    const objects = await install(settings, { namespace });
    await secret(namespace, "broker", { username: broker.user, password: broker.password });
    await settled(objects);
    return settings;
  };
  const podsOf = async (namespace: string, labelSelector: string) => {
    const { items } = await client.list({ apiVersion: "v1", kind: "Pod" }, { namespace, labelSelector });
    return await Promise.all(items.map((pod) => PodProcesses.of(client, pod)));
  };

  test("the controller of an installation acts, with what its pod gives it and under the roles that are installed", async () => {
    await site("troupe-system");
    const token = await control.token({ namespace: "troupe-system", name: "troupe-controller" });
    const kubeconfig = await control.kubeconfig({ token }, { namespace: "troupe-system" });
    const pods = await podsOf("troupe-system", "app.kubernetes.io/name=troupe-controller");
    assertEquals(pods.length, 2);
    await using controller = await pods[0]!.start("controller", {
      args: ["--kubeconfig", kubeconfig],
      readable: [kubeconfig],
    });
    await controller.says("it acts");
    assertEquals((await controller.ask("/livez")).status, 200);
    assertEquals((await controller.ask("/readyz")).status, 200);

    const namespace = await control.makeNamespace({ "pod-security.kubernetes.io/enforce": "restricted" });
    const actor = await client.create(actorOf(namespace, "split"));
    const { message } = await comes(client, actor, ["QueueReady", "True"]);
    assertStringIncludes(message, "Its mesh has no crew");
    await comes(client, actor, ["WorkloadReady", "True"]);
    // What is left is KEDA, which is not here.
    await comes(client, actor, ["Ready", "KedaMissing"]);
    await exists(client, childOf(namespace, "split", "Deployment"));
  });

  /** A transport of a mesh, as somebody else uses it. */
  const meshOf = async (namespace: string, stack: AsyncDisposableStack) => {
    const who = `${broker.user}:${encodeURIComponent(broker.password)}`;
    const transport = await openTransport(
      `rabbitmq://${who}@127.0.0.1:${broker.port}?namespace=${namespace}`,
    );
    stack.defer(() => transport.close());
    return transport;
  };
  const finished = (id: string) => ({
    queue: "x-sink",
    body: new TextEncoder().encode(
      JSON.stringify({ id, route: { prev: ["a"], curr: "", next: [] }, payload: 7 }),
    ),
  });

  test("the crew of an installation records in one file, with what its pod gives it", async () => {
    await site("troupe-crew", { crew: { namespaces: ["shop"] } });
    const [pod] = await podsOf("troupe-crew", "app.kubernetes.io/name=troupe-crew");
    assert(pod);
    await using stack = new AsyncDisposableStack();
    const members = await Promise.all(CREW.map((name) => pod.start(name)));
    for (const member of members) stack.use(member);
    const transport = await meshOf("shop", stack);
    await transport.publish([
      finished("1"),
      { queue: "x-sump", body: new TextEncoder().encode("not JSON") },
    ]);
    const store = await openSqliteStore({ path: pod.path("/var/lib/troupe/crew.db") });
    stack.defer(() => store.close());
    for (let counts = await store.counts(); counts.results + counts.dead < 2;) counts = await store.counts();
    assertEquals((await store.result("1"))?.payload, "7");
    for (const member of members) assertEquals((await member.ask("/readyz")).status, 200);

    // The way to a copy of it that the documentation shows.
    const docs = await Deno.readTextFile(new URL("../../docs/install.md", import.meta.url));
    const [, script = ""] = /deno eval '([^']+)' > crew\.db/.exec(docs) ?? [];
    const here = script.replaceAll("/var/lib/troupe", pod.path("/var/lib/troupe"));
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args: ["eval", here] })
      .output();
    assert(success, new TextDecoder().decode(stderr));
    await Deno.writeFile(pod.path("copy.db"), stdout);
    const copy = await openSqliteStore({ path: pod.path("copy.db") });
    stack.defer(() => copy.close());
    assertEquals((await copy.result("1"))?.payload, "7");
  });

  if (!lacksPostgres()) {
    test("with a store, two replicas of a member record in the schema of their mesh", async () => {
      await using stack = new AsyncDisposableStack();
      const postgres = await PostgresServer.start();
      stack.defer(() => postgres.stop());
      const namespace = "troupe-replicas";
      const database = await postgres.database();
      const address = `postgres://${postgres.user}@127.0.0.1:${postgres.port}/${database}`;
      await site(namespace, {
        store: {
          address,
          password: { name: "store", key: "password" },
        },
        crew: { namespaces: ["web-shop"], replicas: 2 },
      });
      await secret(namespace, "store", { password: postgres.password });
      const pods = await podsOf(namespace, "app.kubernetes.io/component=x-sink");
      assertEquals(pods.length, 2);
      const sinks = await Promise.all(pods.map((pod) => pod.start("x-sink")));
      for (const sink of sinks) stack.use(sink);
      const transport = await meshOf("web-shop", stack);
      const ids = Array.from({ length: 100 }, (_, i) => String(i));
      await transport.publish(ids.map(finished));
      const store = await openStore(postgres.address(database, { schema: "troupe_web_shop" }));
      stack.defer(() => store.close());
      while ((await store.counts()).results < ids.length) await store.counts();
      for (const sink of sinks) assertEquals((await sink.ask("/readyz")).status, 200);
    });
  }
}

function asKube(object: InstallObject): KubeObject {
  return object as unknown as KubeObject;
}

function refOf({ apiVersion, kind, metadata: { name = "", namespace } }: KubeObject) {
  return { apiVersion, kind, name, namespace };
}

/** Whether who looks after an object has nothing more to say of it. */
function isSettled(object: KubeObject | undefined): boolean {
  if (!object) return false;
  const { metadata: { generation } } = object;
  const { replicas } = object["spec"] as { readonly replicas?: number };
  const status = (object["status"] ?? {}) as Readonly<Record<string, unknown>>;
  if (status["observedGeneration"] !== generation) return false;
  if (object.kind === "PodDisruptionBudget") {
    return Number(status["expectedPods"]) > 1 && status["currentHealthy"] === status["expectedPods"];
  }
  return status["availableReplicas"] === replicas && status["updatedReplicas"] === replicas &&
    (object.kind !== "Deployment" || conditionOf(object, "Progressing")?.reason === "NewReplicaSetAvailable");
}
