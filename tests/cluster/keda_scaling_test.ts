// An actor is scaled by KEDA and an autoscaler, as its queue on a real broker is long. All of it runs: the controller as a
// process under its own roles, KEDA's operator and its adapter, RabbitMQ with its management interface, and for each pod a
// host. No container does: a pod is kwok's, and its host a process of the test (`_running_pods.ts`).

import { assert, assertEquals } from "@std/assert";
import { lacksRabbitmq } from "../servers/rabbitmq.ts";
import { comes } from "./_controller_testing.ts";
import { FAST, KedaSite } from "./_keda_testing.ts";
import { lacksKeda } from "./binary.ts";
import { clusterTests } from "./cluster_tests.ts";

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
}
