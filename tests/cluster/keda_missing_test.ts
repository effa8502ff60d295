// A cluster without KEDA, in which it is installed later and removed again: what an actor's replicas are meanwhile. The
// controller, the broker and the hosts really run, and so does KEDA once it is there (see `keda_scaling_test.ts`).

import { assertEquals, assertStringIncludes } from "@std/assert";
import { serverFolder } from "../servers/_process.ts";
import { lacksRabbitmq, RabbitmqServer } from "../servers/rabbitmq.ts";
import { comes, ControllerSite } from "./_controller_testing.ts";
import { FAST } from "./_keda_testing.ts";
import { buildWork, ScaledMesh } from "./_scaled_mesh.ts";
import { lacksKeda } from "./binary.ts";
import { clusterTests } from "./cluster_tests.ts";
import { ControlPlane } from "./control_plane.ts";
import { Keda } from "./keda.ts";

/** It is looked for once a minute where it was there once. */
const LOOKED_FOR = { patienceMs: 150_000 };

if (!await lacksKeda() && !lacksRabbitmq()) {
  const [control, broker, work] = await Promise.all([
    ControlPlane.start(),
    RabbitmqServer.start(),
    buildWork(await serverFolder("work")),
  ]);
  const site = await ControllerSite.make(control, broker);
  const controller = await site.start("one");
  let keda: Keda | undefined;
  Deno.test.afterAll(async () => {
    await controller.stop();
    await keda?.stop();
    await Promise.all([control.stop(), broker.stop()]);
  });
  const test = clusterTests(control);

  test("without KEDA an actor works with the least of replicas, and is scaled once it is there", async (t) => {
    const { client, namespace } = t;
    await using mesh = await ScaledMesh.make({ client, namespace, broker, work, spec: { scaling: FAST } });
    const { message } = await comes(client, mesh.actor, ["Ready", "KedaMissing"]);
    assertStringIncludes(message, "spec.scaling.min replicas, or one");
    await mesh.pods.until((present) => present === 1);
    await mesh.send(5, 0);
    await mesh.allCame();
    await mesh.change({ suspend: true });
    await mesh.pods.until((present) => present === 0);
    await mesh.send(5, 0);
    await mesh.change({ suspend: false });
    await mesh.pods.until((present) => present === 1);
    await mesh.allCame();
    await mesh.change({ scaling: { min: 2 } });
    await mesh.pods.until((present) => present === 2);
    await mesh.change({ scaling: { min: 0 } });
    const { made } = mesh.pods.counts;

    keda = await Keda.start(control);
    await comes(client, mesh.actor, ["Ready", "True"]);
    await mesh.pods.until((present) => present === 0);
    assertEquals(mesh.pods.counts.made, made, "none was made for that");
    await mesh.send(5, 0);
    await mesh.allCame();
    await mesh.pods.until((present) => present === 0);

    await keda.removeKinds();
    await comes(client, mesh.actor, ["Ready", "KedaMissing"]);
    await mesh.pods.until((present) => present === 1);
    await mesh.send(5, 0);
    await mesh.allCame();
    await Keda.installKinds(control);
    await comes(client, mesh.actor, ["Ready", "True"], LOOKED_FOR);
    await mesh.pods.until((present) => present === 0);
    await mesh.account();
  });
}
