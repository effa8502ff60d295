// What the builders make for KEDA, on a real API server with KEDA's own kinds and KEDA's own admission: all of it is taken, and
// there is nothing to write when it is applied again.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { buildActor, FIELD_MANAGER } from "@troupe/controller/build";
import { readClusterActor } from "@troupe/controller/cluster_actor";
import { actorDefinition } from "@troupe/controller/crd";
import type { KubeObject } from "@troupe/controller/kube";
import { type Case, OCI, settingsOf } from "../../controller/build/build_testing.ts";
import { GOLDEN } from "../../controller/build/golden_testing.ts";
import { refused } from "./_client_testing.ts";
import { lacksKeda } from "./binary.ts";
import { ControlPlane } from "./control_plane.ts";
import { Keda } from "./keda.ts";
import { conditionOf, until } from "./until.ts";

const OPTIONS = { fieldManager: FIELD_MANAGER, force: true };
/** KEDA looks at the pods as well that these are of: each has to ask for what is measured. */
const BY_LOAD = {
  spec: {
    scaling: {
      triggers: [
        { name: "load", type: "cpu", metricType: "Utilization", metadata: { value: "80" } },
        { name: "size", type: "memory", metricType: "Utilization", metadata: { value: "80" } },
      ],
    },
  },
};
const ACTORS: Readonly<Record<string, Case>> = { ...GOLDEN, by_load: BY_LOAD };

if (!await lacksKeda()) {
  const control = await ControlPlane.start();
  const { client } = control;
  const keda = await Keda.start(control);
  await keda.startWebhooks();
  // It writes into what is made for it: here, only what the API server and the admission make of it counts.
  await keda.kill9("operator");
  Deno.test.afterAll(async () => {
    await keda.stop();
    await control.stop();
  });
  const definition = await client.apply(actorDefinition() as unknown as KubeObject, OPTIONS);
  const { apiVersion, kind, metadata: { name = "" } } = definition;
  await until(
    client,
    { apiVersion, kind, name },
    (object) => conditionOf(object, "Established")?.status === "True",
  );

  for (const [name, { name: actor = "split", spec = {}, settings = {} }] of Object.entries(ACTORS)) {
    Deno.test({
      name: `cluster: KEDA takes what is made for it of ${name}`,
      sanitizeResources: false,
      async fn() {
        const namespace = await control.makeNamespace();
        const { objects } = buildActor(
          readClusterActor(
            await client.create({
              apiVersion: "troupe.dev/v1alpha1",
              kind: "Actor",
              metadata: { name: actor, namespace },
              spec: { component: { oci: OCI }, ...spec },
            }),
          ),
          settingsOf(settings),
        );
        for (const object of objects as unknown as readonly KubeObject[]) {
          const first = await client.apply(object, OPTIONS);
          if (!object.apiVersion.startsWith("keda.sh/")) continue;
          const again = await client.apply(object, OPTIONS);
          assertEquals(again.metadata.generation, first.metadata.generation, object.kind);
        }
      },
    });
  }

  Deno.test({
    name: "cluster: KEDA's admission is asked: it refuses two triggers of one name",
    sanitizeResources: false,
    async fn() {
      const namespace = await control.makeNamespace();
      const metadata = { timezone: "UTC", start: "0 8 * * *", end: "0 18 * * *", desiredReplicas: "1" };
      const trigger = { type: "cron", name: "office", metadata };
      const error = await refused("troupe.KubeForbidden", () =>
        client.create({
          apiVersion: "keda.sh/v1alpha1",
          kind: "ScaledObject",
          metadata: { name: "twice", namespace },
          spec: { scaleTargetRef: { name: "nobody" }, triggers: [trigger, trigger] },
        }));
      assertStringIncludes(error.message, "office");
    },
  });
}
