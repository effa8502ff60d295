// What takes an actor's replicas away, or keeps them, though its queue says otherwise: `suspend` and `scaling.paused`, with
// KEDA, a broker and hosts that really run (see `keda_scaling_test.ts`).

import { assert, assertEquals } from "@std/assert";
import { lacksRabbitmq } from "../servers/rabbitmq.ts";
import { comes } from "./_controller_testing.ts";
import { FAST, KedaSite } from "./_keda_testing.ts";
import { lacksKeda } from "./binary.ts";
import { clusterTests } from "./cluster_tests.ts";

const LIMITS = { timeout: "5s", concurrency: 2 };

if (!await lacksKeda() && !lacksRabbitmq()) {
  const site = await KedaSite.start();
  Deno.test.afterAll(() => site[Symbol.asyncDispose]());
  const test = clusterTests(site.control);

  test("suspended in the middle of work, what is in hand comes out, and all else waits", async (t) => {
    await using mesh = await site.mesh(t.namespace, {
      limits: LIMITS,
      scaling: { ...FAST, max: 2, queueLength: 3 },
    });
    await mesh.send(40, 700);
    await mesh.pods.until((present) => present === 2);
    await mesh.came(4);
    await mesh.change({ suspend: true });
    await mesh.pods.until((present) => present === 0);
    await mesh.pods.drained();
    assertEquals(mesh.pods.overdue, []);
    await comes(t.client, mesh.actor, ["ScalingReady", "Suspended"]);
    const { arrived } = mesh;
    assert(arrived < 40, "there is work left");
    await mesh.send(10, 0);
    const { made } = mesh.pods.counts;
    await site.round();
    assertEquals([mesh.pods.present, mesh.pods.counts.made], [0, made], "it stays suspended");
    // What the hosts had taken and not begun, they have given back.
    assertEquals((await mesh.transport.depth("work")).ready, 50 - mesh.arrived);
    await mesh.change({ suspend: false });
    await mesh.allCame();
    await mesh.pods.until((present) => present === 0);
    await mesh.account();
  });

  test("suspended from the start, it has a queue and no pod, until that is taken back", async (t) => {
    await using mesh = await site.mesh(t.namespace, { suspend: true, scaling: { ...FAST, min: 1, max: 1 } });
    await comes(t.client, mesh.actor, ["Ready", "True"]);
    await mesh.send(5, 0);
    await site.round();
    assertEquals(mesh.pods.counts.made, 0);
    await mesh.change({ suspend: false });
    await mesh.allCame();
    assertEquals(mesh.pods.present, 1);
    await mesh.account();
  });

  test("paused, its replicas stay as many as they are, whatever the queue holds", async (t) => {
    await using mesh = await site.mesh(t.namespace, { limits: LIMITS, scaling: { ...FAST, queueLength: 3 } });
    await mesh.send(2, 3_000);
    await mesh.pods.until((present) => present === 1);
    await mesh.change({ scaling: { paused: true } });
    await comes(t.client, mesh.actor, ["ScalingReady", "Paused"]);
    await mesh.send(40, 200);
    await mesh.allCame();
    await site.round();
    assertEquals([mesh.pods.present, mesh.pods.counts.made], [1, 1], "neither more nor fewer");
    await mesh.change({ scaling: { paused: false } });
    await mesh.pods.until((present) => present === 0);
    await mesh.account();
  });

  test("paused before there was a replica, none is started", async (t) => {
    await using mesh = await site.mesh(t.namespace, { scaling: { ...FAST, paused: true } });
    await comes(t.client, mesh.actor, ["ScalingReady", "Paused"]);
    await mesh.send(3, 0);
    await site.round();
    assertEquals(mesh.pods.counts.made, 0);
    await mesh.change({ scaling: { paused: false } });
    await mesh.allCame();
    await mesh.account();
  });
}
