// Actors that want one queue, and objects that want one name.

import { assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { objectName, OWNED_KINDS } from "@troupe/controller/build";
import { type KubeClient, type KubeObject, refOf } from "@troupe/controller/kube";
import { FORCE_ANNOTATION } from "@troupe/controller/reconcile/take_down";
import { openTransport } from "@troupe/host/transport/open";
import { lacksRabbitmq, RabbitmqServer } from "../servers/rabbitmq.ts";
import {
  actorOf,
  childOf,
  comes,
  ControllerSite,
  foreignObject,
  installKedaKinds,
} from "./_controller_testing.ts";
import type { LoggedProcess } from "./_logged_process.ts";
import { lacksControlPlane } from "./binary.ts";
import { clusterTests } from "./cluster_tests.ts";
import { ControlPlane } from "./control_plane.ts";
import { exists, gone, until } from "./until.ts";

const PATIENT = { patienceMs: 60_000 };
const MESH = "shared-mesh";

if (!await lacksControlPlane() && !lacksRabbitmq()) {
  const [control, broker] = await Promise.all([ControlPlane.start(), RabbitmqServer.start()]);
  const site = await ControllerSite.make(control, broker, { meshes: { shared: MESH, twin: MESH } });
  await installKedaKinds(control.client);
  let controller: LoggedProcess = await site.start("one");
  Deno.test.afterAll(async () => {
    await controller.stop();
    await Promise.all([control.stop(), broker.stop()]);
  });
  const test = clusterTests(control);

  const childrenOf = async (client: KubeClient, namespace: string, actor: string) => {
    const found = await Promise.all(
      OWNED_KINDS.map(({ kind }) => client.find(childOf(namespace, actor, kind))),
    );
    return found.filter((each) => each !== undefined).map(({ kind }) => kind);
  };
  const isUp = async (client: KubeClient, actor: KubeObject) => {
    await comes(client, actor, ["QueueReady", "True"], PATIENT);
    await exists(
      client,
      childOf(actor.metadata.namespace ?? "", actor.metadata.name ?? "", "ScaledObject"),
      PATIENT,
    );
  };
  /** Makes actors one after another, each in a later second. */
  const inTurn = async (client: KubeClient, actors: readonly KubeObject[]) => {
    const made: KubeObject[] = [];
    for (const actor of actors) {
      const isOlder = () =>
        Date.now() < Date.parse(String(made.at(-1)?.metadata.creationTimestamp ?? 0)) + 1_000;
      while (isOlder()) await new Promise((resolve) => setTimeout(resolve, 50));
      made.push(await client.create(actor));
    }
    return made as [KubeObject, KubeObject];
  };

  test("of two actors that want one queue the older has it, and the younger takes its place", async (t) => {
    const { client, namespace } = t;
    const other = await control.makeNamespace();
    const spec = { transport: "shared", queuePolicy: "Delete" };
    // The younger one has the name that comes first, and another transport to the same place.
    const [older, younger] = await inTurn(client, [
      actorOf(namespace, "split", spec),
      actorOf(other, "split", { ...spec, transport: "twin" }),
    ]);
    await isUp(client, older);
    const { message } = await comes(client, younger, ["QueueReady", "QueueTaken"], PATIENT);
    assertStringIncludes(message, `is that of the actor ${namespace}/split`);
    await comes(client, younger, ["Ready", "QueueTaken"]);
    assertEquals(await childrenOf(client, other, "split"), []);

    await controller.kill9();
    controller = await site.start("one");
    await controller.says("it acts");
    await site.renewals(2);
    await comes(client, younger, ["Ready", "QueueTaken"]);
    await comes(client, older, ["QueueReady", "True"]);
    assertEquals(await childrenOf(client, other, "split"), []);

    // Its deletion leaves the queue alone that is not its own, even if it is told to remove it with all that is in it.
    const host = await openTransport(broker.address({ namespace: MESH }));
    await host.publish([{ queue: "split", body: new Uint8Array(1) }]);
    await client.merge(refOf(younger), { metadata: { annotations: { [FORCE_ANNOTATION]: "true" } } });
    await client.delete(refOf(younger));
    await gone(client, refOf(younger));
    assertEquals((await host.depth("split")).ready, 1);

    const [third] = await inTurn(client, [actorOf(other, "split", { transport: "shared" })]);
    await comes(client, third, ["Ready", "QueueTaken"], PATIENT);
    await client.merge(refOf(older), { metadata: { annotations: { [FORCE_ANNOTATION]: "true" } } });
    await client.delete(refOf(older));
    await gone(client, refOf(older), PATIENT);
    await isUp(client, third);
    assertEquals((await host.depth("split")).ready, 0);
    await host.close();
  });

  test("an older actor that comes to want a queue gets it, and the pods of the younger go", async (t) => {
    const { client, namespace } = t;
    const other = await control.makeNamespace();
    const [older, younger] = await inTurn(client, [
      actorOf(namespace, "sum"),
      actorOf(other, "sum", { transport: "shared" }),
    ]);
    await isUp(client, older);
    await isUp(client, younger);
    await client.merge(refOf(older), { spec: { transport: "shared" } });
    await comes(client, younger, ["Ready", "QueueTaken"], PATIENT);
    for (const { kind } of OWNED_KINDS) await gone(client, childOf(other, "sum", kind), PATIENT);
    await comes(client, older, ["QueueReady", "True"], PATIENT);
    await client.merge(refOf(older), { spec: { transport: "default" } });
    await isUp(client, younger);
  });

  test("names of 63 characters that differ in what is cut away have objects of their own", async (t) => {
    const { client, namespace } = t;
    const names = ["a", "b"].map((end) => `${"n".repeat(62)}${end}`) as [string, string];
    // One whose own name is what another's is shortened to.
    const looks = objectName(names[0]).slice("troupe-".length);
    for (const name of [...names, looks]) {
      const actor = await client.create(actorOf(namespace, name));
      await isUp(client, actor);
      await comes(client, actor, ["WorkloadReady", "True"], PATIENT);
    }
    const all = await Promise.all(
      [...names, looks].map((name) => client.get(childOf(namespace, name, "Deployment"))),
    );
    assertEquals(new Set(all.map(({ metadata }) => metadata.name)).size, 3);
    for (const [i, { metadata }] of all.entries()) {
      assertEquals(metadata.ownerReferences?.[0]?.name, [...names, looks][i]);
      assertEquals((metadata.name ?? "").length <= 63, true);
    }
  });

  for (const { kind } of OWNED_KINDS) {
    test(`a ${kind} of somebody else is left alone, said, and made when it is gone`, async ({ client, namespace }) => {
      const ref = childOf(namespace, "split", kind);
      const { name } = ref;
      await client.create(foreignObject(ref, { "app.kubernetes.io/managed-by": "troupe-controller" }));
      const before = await client.get(ref);
      const actor = await client.create(actorOf(namespace, "split"));
      const type = ["ScaledObject", "TriggerAuthentication"].includes(kind)
        ? "ScalingReady"
        : "WorkloadReady";
      const { message } = await comes(client, actor, [type, "NameTaken"], PATIENT);
      assertStringIncludes(message, `There is a ${kind} ${name} in ${namespace}`);
      const { metadata } = await client.get(ref);
      assertEquals([metadata.ownerReferences, metadata.generation], [undefined, before.metadata.generation]);
      await client.delete(ref);
      await until(client, ref, (object) => object?.metadata.ownerReferences?.[0]?.name === "split", PATIENT);
    });
  }

  test("an actor that is made anew under its name takes nothing over from the one before", async (t) => {
    const { client, namespace } = t;
    const before = await client.create(actorOf(namespace, "split"));
    await isUp(client, before);
    const old = await client.get(childOf(namespace, "split", "Deployment"));
    await client.delete(refOf(before));
    const after = await client.create(actorOf(namespace, "split"));
    // The garbage collector learns of new kinds every 30 seconds.
    const made = await until(
      client,
      childOf(namespace, "split", "ScaledObject"),
      (object) => object?.metadata.ownerReferences?.[0]?.uid === after.metadata.uid,
      { patienceMs: 90_000 },
    );
    const deployment = await client.get(childOf(namespace, "split", "Deployment"));
    assertNotEquals(deployment.metadata.uid, old.metadata.uid);
    assertEquals(made.metadata.ownerReferences?.length, 1);
  });
}
