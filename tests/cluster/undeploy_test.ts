// `troupe undeploy` on a real API server and a real broker, with the controller as a real process. See _deploy_testing.ts.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { actorDefinition } from "@troupe/controller/crd";
import { openTransport } from "@troupe/host/transport/open";
import { actor } from "../../host/component/_testing/components.ts";
import { lacksRabbitmq, RabbitmqServer } from "../servers/rabbitmq.ts";
import { actorOf } from "./_controller_testing.ts";
import { DeploySite, SYSTEM } from "./_deploy_testing.ts";
import { far } from "./_meshes_testing.ts";
import { lacksControlPlane } from "./binary.ts";
import { clusterTests } from "./cluster_tests.ts";
import { ControlPlane } from "./control_plane.ts";
import { gone } from "./until.ts";

const ACTOR = { apiVersion: "troupe.dev/v1alpha1", kind: "Actor" };
const CONFIG_MAP = { apiVersion: "v1", kind: "ConfigMap" };
const SECRET = { apiVersion: "v1", kind: "Secret" };
const DEPLOYMENT = { apiVersion: "apps/v1", kind: "Deployment" };
/** The garbage collector learns of new kinds every 30 seconds. */
const COLLECTED = { patienceMs: 90_000 };

if (!await lacksControlPlane() && !lacksRabbitmq()) {
  const [control, broker] = await Promise.all([ControlPlane.start(), RabbitmqServer.start()]);
  const site = await DeploySite.make(control, broker);
  Deno.test.afterAll(async () => {
    await site[Symbol.asyncDispose]();
    await Promise.all([control.stop(), broker.stop()]);
  });
  const test = clusterTests(control);

  const actorYaml = (name: string, spec: Record<string, unknown>) =>
    JSON.stringify({ ...ACTOR, metadata: { name }, spec: { component: { file: "a.wasm" }, ...spec } });

  test("a mesh goes: what others made stays, and queues with what is in them", async ({ client, namespace }) => {
    await site.bringKeda();
    await site.makeSecrets(namespace);
    const component = await actor();
    const dir = await site.mesh({
      "cluster.yaml": site.settings([namespace]),
      "keep/actor.yaml": actorYaml("keep", {}),
      "keep/a.wasm": component,
      "drop/actor.yaml": actorYaml("drop", { queuePolicy: "Delete" }),
      "drop/a.wasm": component,
    });
    const person = await site.person(namespace, { installer: true });
    const [deployed] = await Promise.all([
      site.run(person, ["deploy", dir, "--timeout", "3m"]),
      site.startController(),
    ]);
    assertEquals(deployed.code, 0, deployed.stderr);
    await client.create(actorOf(namespace, "theirs"));
    await client.create({ ...CONFIG_MAP, metadata: { name: "theirs", namespace }, data: { a: "b" } });
    const transport = await openTransport(broker.address({ namespace }));
    await transport.publish([{ queue: "drop", body: new Uint8Array(1) }]);

    const asked = await site.run(person, ["undeploy", dir]);
    assertEquals(asked.code, 2, asked.stderr);
    assertStringIncludes(asked.stderr, "Remove 2 actors?");
    // An envelope is still there, and the actor stays until that is done.
    const late = await site.run(person, ["undeploy", dir, "--yes", "--timeout", "10s"]);
    assertEquals(late.code, 3, late.stderr);
    assertStringIncludes(late.stderr, "✓ actor keep: gone");
    assertStringIncludes(late.stderr, `stay the queues troupe_${namespace}_keep\n`);
    assertStringIncludes(late.stderr, `✗ Actor ${namespace}/drop: is being removed`);
    const busy = await site.run(person, ["deploy", dir, "--actors-only"]);
    assertEquals(busy.code, 1, busy.stderr);
    assertStringIncludes(busy.stderr, `Actor ${namespace}/drop is being deleted: wait until it is gone`);
    const running = site.start(person, ["undeploy", dir, "--yes"]);
    await running.says("actor drop: waits");
    const consumer = transport.consume("drop", { inFlight: 1 });
    const { value } = await consumer[Symbol.asyncIterator]().next();
    await value.settle([]);
    await consumer.stop();
    await transport.close();
    assertEquals(await running.ended, 0, running.said());
    const { items } = await client.list(ACTOR, { namespace });
    assertEquals(items.map(({ metadata }) => metadata.name), ["theirs"]);
    await gone(client, { ...DEPLOYMENT, namespace, name: "troupe-keep" }, COLLECTED);
    const left = await client.list(CONFIG_MAP, { namespace, labelSelector: "troupe.dev/component-of" });
    assertEquals(left.items, []);
    assertEquals((await client.get({ ...CONFIG_MAP, namespace, name: "theirs" })).data, { a: "b" });
    await client.get({ ...SECRET, namespace, name: "broker" });
    const later = await openTransport(broker.address({ namespace }));
    assertEquals((await later.queues()).filter((queue) => queue !== "theirs"), ["keep"]);
    await later.close();
    const again = await site.run(person, ["undeploy", dir, "--yes"]);
    assertEquals(again.code, 0, again.stderr);
    assertStringIncludes(again.stderr, "no actors of the mesh");

    // Others' actors would have nobody any more.
    const refused = await site.run(person, ["undeploy", dir, "--all", "--crd", "--yes"]);
    assertEquals(refused.code, 1, refused.stderr);
    assertStringIncludes(refused.stderr, `there are other actors: ${namespace}/theirs`);
    await client.get({ ...DEPLOYMENT, namespace: SYSTEM, name: "troupe-controller" });
    await client.delete({ ...ACTOR, namespace, name: "theirs" });
    await gone(client, { ...ACTOR, namespace, name: "theirs" });

    await client.create({ ...CONFIG_MAP, metadata: { name: "theirs", namespace: SYSTEM }, data: {} });
    const all = await site.run(person, ["undeploy", dir, "--all", "--yes"]);
    assertEquals(all.code, 0, all.stderr);
    await gone(client, { ...DEPLOYMENT, namespace: SYSTEM, name: "troupe-controller" });
    await client.get({ ...SECRET, namespace: SYSTEM, name: "broker" });
    await client.get({ ...CONFIG_MAP, namespace: SYSTEM, name: "theirs" });
    const { apiVersion, kind, metadata: { name } } = actorDefinition();
    const definition = { apiVersion, kind, name };
    await client.get(definition);
    assertStringIncludes(all.stderr, "--crd removes it");
    const last = await site.run(person, ["undeploy", dir, "--all", "--crd", "--yes"]);
    assertEquals(last.code, 0, last.stderr);
    await gone(client, definition);
    assertEquals((await site.run(person, ["undeploy", dir, "--crd", "--yes"])).code, 2);
  });
  test("an installation that was killed in the middle is gone on with", async ({ client, namespace }) => {
    await site.makeSecrets(namespace);
    const dir = await site.mesh({ "cluster.yaml": site.settings([namespace]), ...far("far") });
    const person = await site.person(namespace, { installer: true });
    const running = site.start(person, ["deploy", dir]);
    await running.says("ServiceAccount troupe-system/troupe-controller: made");
    Deno.kill(running.pid, "SIGKILL");
    await running.ended;
    const again = await site.run(person, ["deploy", dir, "--timeout", "0s"]);
    assertEquals(again.code, 0, again.stderr);
    await client.get({ ...ACTOR, namespace, name: "far" });
    await client.get({ ...DEPLOYMENT, namespace: SYSTEM, name: "troupe-controller" });
    const last = await site.run(person, ["deploy", dir, "--timeout", "0s"]);
    assertStringIncludes(last.stderr, "nothing to do");
  });
}
