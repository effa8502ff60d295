// The controller on a real API server and a real broker, as a process under its own ServiceAccount's token with the roles
// that it ships. KEDA itself is not here: its kinds are definitions that take everything, and what it would say of a
// ScaledObject, the test says. No pod really runs: kwok says that they do.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { objectName, OWNED_KINDS } from "@troupe/controller/build";
import { Informer, KubeClient, type KubeObject, refOf } from "@troupe/controller/kube";
import { FORCE_ANNOTATION } from "@troupe/controller/reconcile/take_down";
import type { Consumer } from "@troupe/host/transport";
import { openTransport } from "@troupe/host/transport/open";
import { lacksRabbitmq, RabbitmqServer } from "../servers/rabbitmq.ts";
import { refused } from "./_client_testing.ts";
import {
  actorOf,
  childOf,
  comes,
  ControllerSite,
  installKedaKinds,
  sayAsKeda,
} from "./_controller_testing.ts";
import { POD_ANNOTATION } from "./_kwok.ts";
import { lacksControlPlane } from "./binary.ts";
import { clusterTests } from "./cluster_tests.ts";
import { ControlPlane } from "./control_plane.ts";
import { conditionOf, exists, gone, until } from "./until.ts";

const BY_TEST = { fieldManager: "test" };
/** The garbage collector learns of new kinds every 30 seconds. */
const COLLECTED = { patienceMs: 90_000 };

if (!await lacksControlPlane() && !lacksRabbitmq()) {
  const [control, broker] = await Promise.all([ControlPlane.start(), RabbitmqServer.start()]);
  const site = await ControllerSite.make(control, broker);
  let controller = await site.start("one");
  Deno.test.afterAll(async () => {
    await controller.stop();
    await Promise.all([control.stop(), broker.stop()]);
  });
  const test = clusterTests(control);

  /** An actor that is made, and is as it is to be. */
  const ready = async (
    client: KubeClient,
    namespace: string,
    { name = "split", spec = {} }: { readonly name?: string; readonly spec?: Record<string, unknown> } = {},
  ) => {
    const actor = await client.create(actorOf(namespace, name, spec));
    await exists(client, childOf(namespace, name, "ScaledObject"));
    await sayAsKeda(client, namespace, name);
    await comes(client, actor, ["Ready", "True"]);
    return actor;
  };
  const specOf = (object: KubeObject) => object.spec as Record<string, unknown>;

  test("without KEDA an actor has its queue and its pods, and says what is missing", async (t) => {
    const { client, namespace } = t;
    const actor = await client.create(actorOf(namespace, "split"));
    await comes(client, actor, ["QueueReady", "True"]);
    const { object } = await comes(client, actor, ["WorkloadReady", "True"]);
    const { message } = await comes(client, actor, ["Ready", "KedaMissing"]);
    assertStringIncludes(message, "install it");
    const status = object.status as Record<string, unknown>;
    assertEquals(
      [status.observedGeneration, status.queue, status.componentDigest, status.replicas],
      [1, `troupe_${namespace}_split`, `sha256:${"a".repeat(64)}`, 1],
    );
    await using host = await openTransport(broker.address({ namespace })).then((transport) => ({
      transport,
      [Symbol.asyncDispose]: () => transport.close(),
    }));
    assertEquals(await host.transport.queues(), ["split"]);
    const { items } = await client.list({ apiVersion: "events.k8s.io/v1", kind: "Event" }, { namespace });
    const reasons = items.filter((event) => (event.regarding as { name: string }).name === "split")
      .map(({ reason, type }) => `${type} ${reason}`);
    for (const reason of ["Normal Declared", "Warning KedaMissing", "Normal Running"]) {
      assert(reasons.includes(reason), `${reason} is not in ${reasons.join()}`);
    }
    // From now on it is there, and found without anybody's help.
    await installKedaKinds(client);
    await exists(client, childOf(namespace, "split", "ScaledObject"));
    await comes(client, actor, ["ScalingReady", "WaitsForKeda"]);
    await sayAsKeda(client, namespace, "split");
    await comes(client, actor, ["Ready", "True"]);
  });

  test("a changed spec is rolled out, and what is not wanted any more goes", async ({ client, namespace }) => {
    const actor = await ready(client, namespace);
    const before = await client.get(childOf(namespace, "split", "Deployment"));
    await exists(client, childOf(namespace, "split", "PodDisruptionBudget"));
    await client.merge(refOf(actor), { spec: { limits: { timeout: "2s" }, scaling: { max: 1 } } });
    await gone(client, childOf(namespace, "split", "PodDisruptionBudget"));
    const { object } = await comes(client, actor, ["Ready", "True"]);
    assertEquals((object.status as { observedGeneration: number }).observedGeneration, 2);
    const after = await client.get(childOf(namespace, "split", "Deployment"));
    assertEquals(after.metadata.generation, (before.metadata.generation ?? 0) + 1);
    const config = await client.get(childOf(namespace, "split", "ConfigMap"));
    assertStringIncludes((config.data as Record<string, string>)["actor.yaml"] ?? "", "timeout: 2s");
    assertEquals(specOf(await client.get(childOf(namespace, "split", "ScaledObject"))).maxReplicaCount, 1);
  });

  test("a suspended actor is to have no replicas, until that is taken back", async ({ client, namespace }) => {
    const actor = await ready(client, namespace, { spec: { suspend: true } });
    await comes(client, actor, ["ScalingReady", "Suspended"]);
    const scaled = childOf(namespace, "split", "ScaledObject");
    const paused = "autoscaling.keda.sh/paused-replicas";
    assertEquals((await client.get(scaled)).metadata.annotations?.[paused], "0");
    await client.merge(refOf(actor), { spec: { suspend: false } });
    await comes(client, actor, ["ScalingReady", "Scaling"]);
    assertEquals((await client.get(scaled)).metadata.annotations?.[paused], undefined);
  });

  test("whatever was made comes back when it is deleted", async ({ client, namespace }) => {
    await ready(client, namespace);
    for (const { kind } of OWNED_KINDS) {
      const ref = childOf(namespace, "split", kind);
      const { metadata: { uid } } = await client.get(ref);
      await client.delete(ref);
      await until(client, ref, (object) => object !== undefined && object.metadata.uid !== uid);
    }
  });

  test("an edit of what the controller has set is reverted, and what others add is kept", async (t) => {
    const { client, namespace } = t;
    await ready(client, namespace);
    const ref = childOf(namespace, "split", "Deployment");
    const { spec } = await client.get(ref) as unknown as {
      spec: { template: { spec: { containers: { image: string }[] } } };
    };
    const image = spec.template.spec.containers[0]?.image;
    await client.merge(ref, {
      metadata: { labels: { team: "shop", "app.kubernetes.io/part-of": "theirs" } },
      spec: { replicas: 3, minReadySeconds: 1 },
    });
    await client.apply({
      ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: ref.name, namespace } },
      spec: { template: { spec: { containers: [{ name: "host", image: "evil" }] } } },
    }, { ...BY_TEST, force: true });
    const after = await until(client, ref, (object) => {
      const { template } = object?.spec as typeof spec;
      return template.spec.containers[0]?.image === image &&
        object?.metadata.labels?.["app.kubernetes.io/part-of"] === "troupe";
    });
    const { replicas, minReadySeconds } = specOf(after);
    assertEquals([replicas, minReadySeconds, after.metadata.labels?.team], [3, 1, "shop"]);
    // A label by which it is found, too.
    await client.merge(ref, { metadata: { labels: { "app.kubernetes.io/managed-by": "them" } } });
    await until(
      client,
      ref,
      (object) => object?.metadata.labels?.["app.kubernetes.io/managed-by"] === "troupe-controller",
    );
  });

  test("a wrong spec is refused, and one that the settings do not have says so", async (t) => {
    const { client, namespace } = t;
    const wrong = actorOf(namespace, "wrong", { scaling: { min: 3, max: 2 } });
    const error = await refused("troupe.KubeInvalid", () => client.create(wrong));
    assertStringIncludes(error.message, "is more than max: lower min, or raise max");
    const actor = await client.create(actorOf(namespace, "other", { transport: "elsewhere" }));
    const { message } = await comes(client, actor, ["Ready", "BadSpec"]);
    assertStringIncludes(message, "names elsewhere, which the controller's settings do not have");
    await client.merge(refOf(actor), { spec: { transport: null } });
    await comes(client, actor, ["WorkloadReady", "True"]);
  });

  test("an actor whose pods crash says so, also when it has none any more", async ({ client, namespace }) => {
    const podTemplate = { annotations: { [POD_ANNOTATION]: "crashes" } };
    const actor = await client.create(actorOf(namespace, "split", { podTemplate, scaling: { min: 1 } }));
    const { message } = await comes(client, actor, ["Ready", "CrashLoopBackOff"]);
    assertStringIncludes(message, objectName("split"));
    await client.merge(childOf(namespace, "split", "Deployment"), { spec: { replicas: 0 } });
    const status = (object: KubeObject | undefined) => object?.status as Record<string, unknown> | undefined;
    const object = await until(client, refOf(actor), (object) => status(object)?.replicas === 0);
    assertEquals(conditionOf(object, "WorkloadReady")?.reason, "CrashLoopBackOff");
  });

  test("an object of somebody else is not taken over", async ({ client, namespace }) => {
    const theirs = { ...childOf(namespace, "split", "ConfigMap") };
    const { apiVersion, kind, name } = theirs;
    await client.create({ apiVersion, kind, metadata: { name, namespace }, data: { theirs: "yes" } });
    const actor = await client.create(actorOf(namespace, "split"));
    const { message } = await comes(client, actor, ["WorkloadReady", "NameTaken"]);
    assertStringIncludes(message, `There is a ConfigMap ${name} in ${namespace}`);
    assertEquals((await client.get(theirs)).data, { theirs: "yes" });
    await client.delete(theirs);
    await comes(client, actor, ["WorkloadReady", "True"], { patienceMs: 60_000 });
  });

  test("an actor is deleted, with what was made for it, and its queue is kept", async (t) => {
    const { client, namespace } = t;
    const actor = await ready(client, namespace);
    assertEquals((await client.get(refOf(actor))).metadata.finalizers, undefined);
    await client.delete(refOf(actor));
    for (const { kind } of OWNED_KINDS) await gone(client, childOf(namespace, "split", kind), COLLECTED);
    const host = await openTransport(broker.address({ namespace }));
    assertEquals(await host.queues(), ["split"]);
    await host.close();
  });

  test("a queue that is to be deleted goes once it is empty, and the actor with it", async (t) => {
    const { client, namespace } = t;
    const actor = await ready(client, namespace, { spec: { queuePolicy: "Delete" } });
    const host = await openTransport(broker.address({ namespace }));
    await host.publish([{ queue: "split", body: new Uint8Array(1) }]);
    await client.delete(refOf(actor));
    await until(
      client,
      refOf(actor),
      (object) => conditionOf(object, "QueueReady")?.reason === "QueueNotEmpty",
    );
    await exists(client, childOf(namespace, "split", "Deployment"));
    const consumer = host.consume("split", { inFlight: 1 });
    const { value } = await consumer[Symbol.asyncIterator]().next();
    await value.settle([]);
    await consumer.stop();
    await host.close();
    await gone(client, refOf(actor), { patienceMs: 60_000 });
    const later = await openTransport(broker.address({ namespace }));
    assertEquals(await later.queues(), []);
    await later.close();
  });

  test("a queue that is to be deleted is removed with what is in it when that is said, and how much is told", async (t) => {
    const { client, namespace } = t;
    const actor = await ready(client, namespace, { spec: { queuePolicy: "Delete" } });
    const host = await openTransport(broker.address({ namespace }));
    await host.publish(
      ["1", "2", "3"].map((text) => ({ queue: "split", body: new TextEncoder().encode(text) })),
    );
    await client.delete(refOf(actor));
    const said = await until(
      client,
      refOf(actor),
      (object) => conditionOf(object, "QueueReady")?.reason === "QueueNotEmpty",
    );
    assertStringIncludes(conditionOf(said, "QueueReady")?.message ?? "", FORCE_ANNOTATION);
    await client.merge(refOf(actor), { metadata: { annotations: { [FORCE_ANNOTATION]: "true" } } });
    await gone(client, refOf(actor), { patienceMs: 60_000 });
    assertEquals(await host.queues(), []);
    await host.close();
    const { items } = await client.list({ apiVersion: "events.k8s.io/v1", kind: "Event" }, { namespace });
    const event = items.find(({ reason }) => reason === "EnvelopesRemoved");
    assertEquals(
      [event?.type, event?.note],
      [
        "Warning",
        `The queue troupe_${namespace}_split was removed with envelopes in it, as ${FORCE_ANNOTATION} says: 3 of them`,
      ],
    );
  });

  test("nothing is lost of what is sent while an actor is deleted with its queue", async (t) => {
    const { client, namespace } = t;
    const actor = await ready(client, namespace, { spec: { queuePolicy: "Delete" } });
    const senders = await Promise.all([1, 2, 3].map(() => openTransport(broker.address({ namespace }))));
    const kept: string[] = [];
    const taken: string[] = [];
    let refused = 0;
    const sending = senders.map(async (sender, who) => {
      // Until it has been told for a while that there is no such queue any more.
      for (let i = 0, refusals = 0; refusals < 50; i++) {
        const text = `${who}/${i}`;
        const [outcome] = await sender.publish([{ queue: "split", body: new TextEncoder().encode(text) }]);
        const isRefused = outcome?.kind === "refused" && outcome.reason === "no-queue";
        refusals = isRefused ? refusals + 1 : 0;
        if (isRefused) refused++;
        else if (outcome?.kind === "ok") kept.push(text);
        else throw new Error(JSON.stringify(outcome));
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 200));
      }
    });
    // What its pods would do, for as long as it is to have some.
    const host = await openTransport(broker.address({ namespace }));
    const work = async (consumer: Consumer) => {
      for await (const delivery of consumer) {
        if ((await delivery.settle([])).acked) taken.push(new TextDecoder().decode(delivery.body));
      }
    };
    const end = new AbortController();
    const working: Promise<void>[] = [];
    let consumer: Consumer | undefined;
    const following = new Informer({
      client,
      kind: childOf(namespace, "split", "Deployment"),
      namespace,
      onChange({ type }) {
        if (type === "deleted") {
          void consumer?.stop();
          consumer = undefined;
        } else if (!consumer) working.push(work(consumer = host.consume("split", { inFlight: 10 })));
      },
    }).run(end.signal);
    await client.delete(refOf(actor));
    await gone(client, refOf(actor), { patienceMs: 90_000 });
    end.abort();
    await Promise.all([...sending, ...working, following]);
    assertEquals(taken.toSorted(), kept.toSorted());
    assert(kept.length > 0 && refused > 0, `${kept.length} kept, ${refused} refused`);
    await Promise.all([host, ...senders].map((transport) => transport.close()));
  });

  test("nothing is written while nothing happens, nor after a start", async ({ client, namespace }) => {
    const names = ["a", "b", "c", "d", "e"];
    for (const name of names) await ready(client, namespace, { name });
    const writes = async () =>
      (await site.writes()).filter(({ objectRef }) => objectRef?.namespace === namespace)
        .map(({ verb, objectRef }) => `${verb} ${objectRef?.resource}/${objectRef?.name}`);
    await site.renewals(2);
    const before = await writes();
    assert(before.length > names.length, "its writes are seen");
    // What has no meaning for it is looked at, and leads to nothing.
    for (const name of names) {
      await client.merge(refOf(actorOf(namespace, name)), { metadata: { labels: { team: "shop" } } });
      await client.merge(childOf(namespace, name, "Deployment"), { metadata: { labels: { team: "shop" } } });
    }
    await site.renewals(8);
    assertEquals((await writes()).slice(before.length), []);
    const { status, text } = await controller.ask("/metrics");
    assertEquals(status, 200);
    assertStringIncludes(text, 'troupe_controller_actors{ready="True"}');
    assertEquals((await controller.ask("/readyz")).status, 200);
    assertEquals((await controller.ask("/livez")).status, 200);

    await controller.stop();
    controller = await site.start("again");
    await controller.says("it acts");
    await site.renewals(4);
    assertEquals((await writes()).slice(before.length), []);
  });
}
