// An actor is scaled by KEDA and an autoscaler, as its queue on a real broker is long. All of it runs: the controller as a
// process under its own roles, KEDA's operator and its adapter, RabbitMQ with its management interface, and for each pod a
// host. No container does: a pod is kwok's, and its host a process of the test (`_running_pods.ts`).

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { lacksRabbitmq } from "../servers/rabbitmq.ts";
import { childOf, comes } from "./_controller_testing.ts";
import { autoscaled, autoscalerOf, FAST, KedaSite } from "./_keda_testing.ts";
import { lacksKeda } from "./binary.ts";
import { clusterTests } from "./cluster_tests.ts";
import { exists } from "./until.ts";

if (!await lacksKeda() && !lacksRabbitmq()) {
  const site = await KedaSite.start();
  Deno.test.afterAll(() => site[Symbol.asyncDispose]());
  const test = clusterTests(site.control);

  for (const transport of ["default", "seen"]) {
    test(`an actor goes from 0 to 3 replicas and back as envelopes come (transport ${transport})`, async (t) => {
      await using mesh = await site.mesh(t.namespace, {
        transport,
        limits: { timeout: "1s" },
        scaling: { ...FAST, max: 3, queueLength: 4 },
      });
      await comes(t.client, mesh.actor, ["Ready", "True"]);
      await comes(t.client, mesh.actor, ["WorkloadReady", "ScaledToZero"]);
      assertEquals(mesh.pods.counts.made, 0, "no pod is made while there is nothing to do");
      await mesh.send(80, 400);
      await mesh.pods.until((present) => present === 3);
      await mesh.allCame();
      await mesh.pods.until((present) => present === 0);
      await mesh.account();
      const { object } = await comes(t.client, mesh.actor, ["WorkloadReady", "ScaledToZero"]);
      assertEquals((object.status as { replicas: number }).replicas, 0);
      assert(mesh.pods.counts.most <= 3);
    });
  }

  for (
    const [transport, concurrency, replicas] of [["default", 2, 5], ["seen", 2, 3], [
      "default",
      9,
      10,
    ]] as const
  ) {
    test(`10 envelopes of 4 each want ${replicas} replicas (transport ${transport}, ${concurrency} at once)`, async (t) => {
      const scaling = { ...FAST, max: 12, queueLength: 4 };
      await using mesh = await site.mesh(t.namespace, { transport, limits: { concurrency }, scaling }, {
        hosts: false,
      });
      await mesh.send(10, 0);
      await mesh.pods.until((present) => present === replicas);
      await autoscaled(mesh, replicas);
      assertEquals(mesh.pods.present, replicas);
    });
  }

  test("there are never less replicas than min, nor more than max", async (t) => {
    const scaling = { ...FAST, min: 1, max: 2, queueLength: 1 };
    await using mesh = await site.mesh(t.namespace, { transport: "seen", scaling });
    await mesh.pods.until((present) => present === 1);
    // The management interface tells how many there are up to 10 seconds late.
    await mesh.send(100, 300);
    await mesh.pods.until((present) => present === 2);
    await mesh.allCame();
    await mesh.pods.until((present) => present === 1);
    await autoscaled(mesh, 1);
    await mesh.account();
    assertEquals(mesh.pods.counts, { made: 2, most: 2 });
  });

  test("a first replica is started when there are more envelopes than activation", async (t) => {
    await using mesh = await site.mesh(t.namespace, { scaling: { ...FAST, activation: 3 } });
    await comes(t.client, mesh.actor, ["Ready", "True"]);
    await mesh.send(3, 0);
    await site.looks(mesh, 2);
    assertEquals(mesh.pods.counts.made, 0);
    await mesh.send(1, 0);
    await mesh.allCame();
    await mesh.pods.until((present) => present === 0);
    await mesh.account();
  });

  for (
    const [transport, cooldown] of [["default", "as long as a hop can take"], ["seen", "no time"]] as const
  ) {
    test(`work in hand keeps its replica though the queue is empty (transport ${transport})`, async (t) => {
      await using mesh = await site.mesh(t.namespace, {
        transport,
        limits: { timeout: "12s" },
        scaling: FAST,
      });
      const { spec } = await exists(t.client, childOf(t.namespace, "work", "ScaledObject"));
      assertEquals(
        (spec as { cooldownPeriod: number }).cooldownPeriod,
        transport === "seen" ? 0 : 12,
        cooldown,
      );
      await mesh.send(2, 8_000);
      await mesh.allCame();
      assertEquals([mesh.pods.present, mesh.pods.counts.made], [1, 1]);
      await mesh.pods.until((present) => present === 0);
      await mesh.account();
    });
  }

  test("an envelope that was taken unseen is finished though its replica is taken away", async (t) => {
    await using mesh = await site.mesh(t.namespace, { limits: { timeout: "8s" }, scaling: FAST });
    const cools = (line: string) => line.includes("ScaleTarget cooling down") && line.includes(t.namespace);
    let sent = 0;
    let takenAway = false;
    // KEDA may look in the moment in which it waits; then the replica stays, as it should.
    for (let attempt = 0; attempt < 5 && !takenAway; attempt++) {
      await mesh.send(1, 0);
      await mesh.came(++sent);
      await site.keda.says("operator", cools, 6);
      // The host takes it at once, and is at it for longer than KEDA still waits.
      await mesh.send(1, 6_000);
      await mesh.pods.until((present) => present === 0);
      takenAway = mesh.arrived === sent;
      await mesh.came(++sent);
    }
    assert(takenAway, "no replica was taken away in the middle of work");
    await mesh.account();
  });

  test("a formula over the triggers is KEDA's", async (t) => {
    const scaling = {
      ...FAST,
      max: 8,
      advanced: { ...FAST.advanced, modifiers: { formula: "queue * 2 + suspects", target: "4" } },
    };
    await using mesh = await site.mesh(t.namespace, { transport: "seen", scaling }, { hosts: false });
    await mesh.send(10, 0);
    await mesh.pods.until((present) => present === 5);
    await autoscaled(mesh, 5);
  });

  test("KEDA looks through TLS, and trusts whom the Secret of the settings says", async (t) => {
    const ca = (text: string) =>
      t.client.apply({
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "broker-ca", namespace: t.namespace },
        stringData: { "ca.crt": text },
      }, { fieldManager: "test", force: true });
    await ca(await site.control.authority());
    const spec = { transport: "sealed", scaling: FAST };
    await using mesh = await site.mesh(t.namespace, spec, { hosts: false });
    const { message } = await comes(t.client, mesh.actor, ["Ready", "KedaFails"]);
    assertStringIncludes(message, "certificate signed by unknown authority");
    await mesh.send(1, 0);
    await ca(await Deno.readTextFile(site.broker.certificate));
    await comes(t.client, mesh.actor, ["Ready", "True"]);
    await mesh.pods.until((present) => present === 1);
  });

  test("the controller writes nothing while KEDA scales, but how many replicas there are", async (t) => {
    await using mesh = await site.mesh(t.namespace, { limits: { timeout: "1s" }, scaling: FAST });
    await comes(t.client, mesh.actor, ["Ready", "True"]);
    const writes = async () =>
      (await site.site.writes()).filter(({ objectRef }) => objectRef?.namespace === t.namespace)
        .map(({ verb, objectRef: { resource = "", subresource = "" } = {} }) =>
          `${verb} ${resource}/${subresource}`
        );
    await site.looks(mesh, 3);
    const before = (await writes()).length;
    assert(before > 0, "its writes are seen");
    await site.looks(mesh, 3);
    await site.site.renewals(2);
    assertEquals((await writes()).slice(before), []);
    await mesh.send(5, 0);
    await mesh.allCame();
    await mesh.pods.until((present) => present === 0);
    await site.looks(mesh, 3);
    const during = (await writes()).slice(before).filter((write) => !write.includes(" events/"));
    assertEquals([...new Set(during)], ["patch actors/status"]);
  });

  test("an actor with the longest name is scaled as any other", async (t) => {
    const name = "a".repeat(63);
    await using mesh = await site.mesh(t.namespace, { scaling: FAST }, { name });
    await mesh.send(5, 100);
    await mesh.allCame();
    await mesh.pods.until((present) => present === 0);
    await comes(t.client, mesh.actor, ["Ready", "True"]);
    await mesh.account();
  });

  test("behaviour is the autoscaler's, and a trigger of another kind counts beside the queue", async (t) => {
    const behavior = {
      scaleUp: { policies: [{ type: "Pods", value: 1, periodSeconds: 5 }], stabilizationWindowSeconds: 0 },
      scaleDown: { selectPolicy: "Disabled" },
    };
    const office = {
      name: "office",
      type: "cron",
      metadata: { timezone: "Etc/UTC", start: "0 0 * * *", end: "59 23 * * *", desiredReplicas: "2" },
    };
    const scaling = { ...FAST, advanced: { behavior }, triggers: [office] };
    await using mesh = await site.mesh(t.namespace, { transport: "seen", scaling });
    await mesh.pods.until((present) => present === 2);
    assertEquals(mesh.pods.counts.made, 2, "nothing is in the queue: they are the other trigger's");
    const { spec } = await t.client.get(autoscalerOf(mesh)) as unknown as { spec: { behavior: Behavior } };
    assertEquals(spec.behavior.scaleUp?.policies, behavior.scaleUp.policies);
    assertEquals(spec.behavior.scaleDown?.selectPolicy, "Disabled");
  });
}

type Behavior = Readonly<
  Record<"scaleUp" | "scaleDown", { readonly policies?: unknown; readonly selectPolicy?: string } | undefined>
>;
