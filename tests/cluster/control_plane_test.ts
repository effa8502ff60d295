// The control plane for tests is one: it runs pods as far as is said, writes down who asks what, and leaves nothing behind.

import { assertEquals, assertRejects } from "@std/assert";
import { type KubeObject, refOf } from "@troupe/controller/kube";
import { POD_ANNOTATION } from "./_kwok.ts";
import { lacksControlPlane } from "./binary.ts";
import { clusterTests } from "./cluster_tests.ts";
import { ControlPlane, ControlPlaneError } from "./control_plane.ts";
import { gone, until } from "./until.ts";

if (!await lacksControlPlane()) {
  const control = await ControlPlane.start();
  Deno.test.afterAll(() => control.stop());
  const test = clusterTests(control);

  const deployment = (namespace: string, name: string, annotations: Record<string, string> = {}) => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name }, annotations },
        spec: { containers: [{ name: "host", image: "troupe" }] },
      },
    },
  });
  const statusOf = (object?: KubeObject) =>
    object?.status as { readyReplicas?: number; unavailableReplicas?: number } | undefined;

  test("the pods of a Deployment run, as far as is said, and go with it", async ({ client, namespace }) => {
    const ref = refOf(await client.apply(deployment(namespace, "fine"), { fieldManager: "test" }));
    await until(client, ref, (object) => statusOf(object)?.readyReplicas === 2);
    const pods = (await client.list({ apiVersion: "v1", kind: "Pod" }, { namespace })).items;
    assertEquals(pods.length, 2);
    await client.delete(ref);
    for (const pod of pods) await gone(client, refOf(pod));
  });

  test("a pod can be said to crash, or to wait", async ({ client, namespace }) => {
    for (const what of ["crashes", "waits"]) {
      const object = deployment(namespace, what, { [POD_ANNOTATION]: what });
      const ref = refOf(await client.apply(object, { fieldManager: "test" }));
      await until(client, ref, (now) => statusOf(now)?.unavailableReplicas === 2);
    }
    const states = async () => {
      const { items } = await client.list({ apiVersion: "v1", kind: "Pod" }, { namespace });
      const crashing = (pod: KubeObject) => JSON.stringify(pod.status).includes("CrashLoopBackOff");
      return items.map((pod) => `${pod.metadata.labels?.app} ${crashing(pod)}`).sort();
    };
    const [pod] = (await client.list({ apiVersion: "v1", kind: "Pod" }, {
      namespace,
      labelSelector: "app=crashes",
    })).items;
    if (pod) await until(client, refOf(pod), (now) => JSON.stringify(now).includes("CrashLoopBackOff"));
    assertEquals(new Set(await states()), new Set(["crashes true", "waits false"]));
  });

  test("a namespace holds pods to the Pod Security Standard that its label names", async ({ client }) => {
    const namespace = await control.makeNamespace({ "pod-security.kubernetes.io/enforce": "restricted" });
    const { template } = deployment(namespace, "loose").spec;
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "loose", namespace },
      spec: template.spec,
    };
    await assertRejects(() => client.create(pod), Error, 'violates PodSecurity "restricted');
  });

  test("requests are written down, with who asked and what became of them", async ({ client, namespace }) => {
    const ref = { apiVersion: "v1", kind: "Secret", namespace, name: "none" };
    assertEquals(await client.find(ref), undefined);
    const mine = (await control.requests()).filter(({ objectRef }) => objectRef?.resource === "secrets");
    assertEquals(
      mine.map(({ user, verb, objectRef, responseStatus }) => [
        user.username,
        verb,
        objectRef?.name,
        responseStatus.code,
      ]),
      [["admin", "get", "none", 404]],
    );
  });

  Deno.test("cluster: one that does not start says why, and leaves no process", async () => {
    const error = await assertRejects(
      () => ControlPlane.start({ flags: { apiserver: ["--no-such-flag"] } }),
      ControlPlaneError,
    );
    assertEquals(
      /apiserver has ended.*unknown flag: --no-such-flag/s.test(error.message),
      true,
      error.message,
    );
  });
}
