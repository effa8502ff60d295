// The controller when it, the API server or the broker fails: as in controller_actors_test.ts, as a process under
// its own ServiceAccount's token, with KEDA's kinds and without KEDA.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { FIELD_MANAGER } from "@troupe/controller/build";
import type { KubeObject } from "@troupe/controller/kube";
import { lacksRabbitmq, RabbitmqServer } from "../servers/rabbitmq.ts";
import { actorOf, childOf, comes, ControllerSite, installKedaKinds } from "./_controller_testing.ts";
import { lacksControlPlane } from "./binary.ts";
import { clusterTests } from "./cluster_tests.ts";
import { ControlPlane } from "./control_plane.ts";
import { exists } from "./until.ts";

/** Longer than a broken connection, a lease and the longest pause of a test's failures take. */
const PATIENT = { patienceMs: 90_000 };
/** For how long the API server is away, in milliseconds. */
const AWAY_MS = 60_000;

if (!await lacksControlPlane() && !lacksRabbitmq()) {
  const [control, broker] = await Promise.all([ControlPlane.start(), RabbitmqServer.start()]);
  const site = await ControllerSite.make(control, broker);
  await installKedaKinds(control.client);
  Deno.test.afterAll(async () => {
    await Promise.all([control.stop(), broker.stop()]);
  });
  const test = clusterTests(control);
  const lease = {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    name: FIELD_MANAGER,
    namespace: site.namespace,
  };
  const holderIn = (object: KubeObject | undefined) =>
    (object?.spec as { holderIdentity?: string } | undefined)?.holderIdentity;

  test("one of two acts, and the other takes over when it is killed", async ({ client, namespace }) => {
    await using first = await site.start("first");
    await first.says("it acts");
    await using second = await site.start("second");
    await comes(client, await client.create(actorOf(namespace, "a")), ["WorkloadReady", "True"]);
    await site.renewals(2);
    assert(!(await second.log()).includes("it acts"));
    assertStringIncludes((await second.ask("/metrics")).text, "troupe_controller_leading 0");
    await first.kill9();
    const begun = performance.now();
    const actor = await client.create(actorOf(namespace, "b"));
    await comes(client, actor, ["WorkloadReady", "True"], PATIENT);
    console.error(`taken over ${Math.round(performance.now() - begun)} ms after the kill`);
    assertStringIncludes((await second.ask("/metrics")).text, "troupe_controller_leading 1");
    assertEquals(holderIn(await client.get(lease)), "second");
  });

  test("told to end, it gives the lease back, and the next one acts at once", async ({ client }) => {
    const first = await site.start("first");
    await first.says("it acts");
    await first.stop();
    assertStringIncludes(await first.log(), "it does not act any more");
    assertEquals(holderIn(await client.get(lease)), "");
  });

  test("an API server that is away for a minute is come back to, and nothing is missed", async (t) => {
    const { client, namespace } = t;
    await using controller = await site.start("one");
    const before = await client.create(actorOf(namespace, "before"));
    await comes(client, before, ["WorkloadReady", "True"]);
    await control.kill9("apiserver");
    await controller.says("it does not act any more");
    assertEquals((await controller.ask("/livez")).status, 200);
    assertEquals((await controller.ask("/readyz")).status, 503);
    await new Promise((resolve) => setTimeout(resolve, AWAY_MS));
    await control.startApiServer();
    const after = await client.create(actorOf(namespace, "after"));
    await client.delete(childOf(namespace, "before", "NetworkPolicy"));
    await comes(client, after, ["WorkloadReady", "True"], PATIENT);
    await exists(client, childOf(namespace, "before", "NetworkPolicy"), PATIENT);
  });

  test("a broker that is away is said to be, the rest goes on, and then the queue is made", async (t) => {
    const { client, namespace } = t;
    await using _ = await site.start("one");
    await broker.kill9();
    const actor = await client.create(actorOf(namespace, "a"));
    const { message } = await comes(client, actor, ["QueueReady", "RabbitmqUnreachable"], PATIENT);
    assertStringIncludes(message, "127.0.0.1");
    await comes(client, actor, ["WorkloadReady", "True"]);
    await comes(client, actor, ["ScalingReady", "WaitsForQueue"]);
    assertEquals(await client.find(childOf(namespace, "a", "ScaledObject")), undefined);
    await broker.restart();
    await comes(client, actor, ["QueueReady", "True"], PATIENT);
    await exists(client, childOf(namespace, "a", "ScaledObject"));
  });
}
