// What the builders make, on a real API server: it takes all of it, makes pods of it under the restricted standard, and has
// nothing to write when it is applied again. KEDA's kinds are tried where KEDA is.

import { assertEquals } from "@std/assert";
import { buildActor, FIELD_MANAGER, rbac, selectorOf } from "@troupe/controller/build";
import { readClusterActor } from "@troupe/controller/cluster_actor";
import { actorDefinition, DEFINITION_NAME } from "@troupe/controller/crd";
import type { KubeObject } from "@troupe/controller/kube";
import { OCI, settingsOf } from "../../controller/build/build_testing.ts";
import { GOLDEN } from "../../controller/build/golden_testing.ts";
import { lacksControlPlane } from "./binary.ts";
import { ControlPlane } from "./control_plane.ts";
import { conditionOf, until } from "./until.ts";

const OPTIONS = { fieldManager: FIELD_MANAGER, force: true };

if (!await lacksControlPlane()) {
  const control = await ControlPlane.start();
  Deno.test.afterAll(() => control.stop());
  const { client } = control;

  await client.apply(actorDefinition() as unknown as KubeObject, OPTIONS);
  await until(
    client,
    { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", name: DEFINITION_NAME },
    (object) => conditionOf(object, "Established")?.status === "True",
  );
  // What the actors' pods name.
  await client.create({
    apiVersion: "scheduling.k8s.io/v1",
    kind: "PriorityClass",
    metadata: { name: "batch" },
    value: 1,
  });
  await client.create({
    apiVersion: "node.k8s.io/v1",
    kind: "RuntimeClass",
    metadata: { name: "gvisor" },
    handler: "runsc",
  });

  for (const [name, { name: actor = "split", spec = {}, settings = {} }] of Object.entries(GOLDEN)) {
    Deno.test({
      name: `cluster: the objects of ${name} are taken, and pods made of them`,
      sanitizeResources: false,
      async fn() {
        const namespace = await control.makeNamespace({ "pod-security.kubernetes.io/enforce": "restricted" });
        const written = {
          apiVersion: "troupe.dev/v1alpha1",
          kind: "Actor",
          metadata: { name: actor, namespace },
          spec: { component: { oci: OCI }, ...spec },
        };
        const { plan, objects } = buildActor(
          readClusterActor(await client.create(written)),
          settingsOf(settings),
        );
        for (const object of objects.filter(({ apiVersion }) => !apiVersion.startsWith("keda.sh/"))) {
          const first = await client.apply(object as unknown as KubeObject, OPTIONS);
          const again = await client.apply(object as unknown as KubeObject, OPTIONS);
          // A Deployment's status is written meanwhile, by others.
          assertEquals(again.metadata.generation, first.metadata.generation, object.kind);
          if (object.kind !== "Deployment" && object.kind !== "PodDisruptionBudget") {
            assertEquals(again.metadata.resourceVersion, first.metadata.resourceVersion, object.kind);
          }
        }
        const ref = { apiVersion: "apps/v1", kind: "Deployment", name: plan.name, namespace };
        await until(client, ref, (object) => replicasOf(object) === 1);
        const labelSelector = Object.entries(selectorOf(plan)).map(([key, value]) => `${key}=${value}`)
          .join();
        const { items } = await client.list({ apiVersion: "v1", kind: "Pod" }, { namespace, labelSelector });
        assertEquals(items.length, 1);
      },
    });
  }

  Deno.test({
    name: "cluster: the controller's identity and roles are taken",
    sanitizeResources: false,
    async fn() {
      const namespace = await control.makeNamespace();
      for (const object of rbac(namespace)) await client.apply(object as unknown as KubeObject, OPTIONS);
    },
  });
}

function replicasOf(object: KubeObject | undefined): number | undefined {
  return (object?.["status"] as { readonly replicas?: number } | undefined)?.replicas;
}
