// The custom resource definition on a real API server: what it refuses, in which words, and what it fills in.

import { assert, assertEquals } from "@std/assert";
import { actorDefinition, DEFINITION_NAME } from "@troupe/controller/crd";
import { isKubeError, type KubeObject } from "@troupe/controller/kube";
import { ruleExamples } from "../../controller/crd/rule_examples_testing.ts";
import { stored } from "../../controller/crd/stored_testing.ts";
import { lacksControlPlane } from "./binary.ts";
import { clusterTests } from "./cluster_tests.ts";
import { ControlPlane } from "./control_plane.ts";
import { refused } from "./_client_testing.ts";
import { conditionOf, until } from "./until.ts";

/** An Actor in a namespace. */
function inNamespace(actor: unknown, namespace: string): KubeObject {
  const { metadata, ...rest } = actor as KubeObject;
  return { ...rest, metadata: { ...metadata, namespace } };
}

/** A path as an API server writes it: entries have a number or a name. */
function plain(path: string): string {
  return path.replaceAll(/\[\d+\]/g, "[]").replaceAll(/\[[^\]]+\]/g, ".*");
}

if (!await lacksControlPlane()) {
  const control = await ControlPlane.start();
  Deno.test.afterAll(() => control.stop());
  const test = clusterTests(control);

  const definition = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" };
  await control.client.apply(actorDefinition() as unknown as KubeObject, { fieldManager: "test" });
  await until(
    control.client,
    { ...definition, name: DEFINITION_NAME },
    (object) => conditionOf(object, "Established")?.status === "True",
  );

  test("nothing of the definition is lost, and it is structural", async ({ client }) => {
    const there = await client.get({ ...definition, name: DEFINITION_NAME });
    assertEquals(conditionOf(there, "NonStructuralSchema"), undefined);
    const { spec } = there as unknown as ReturnType<typeof actorDefinition>;
    assertEquals(spec.versions[0]?.schema, actorDefinition().spec.versions[0]?.schema);
  });

  test("each rule lets the one pass and refuses the other, in its own words", async ({ client, namespace }) => {
    const examples = ruleExamples();
    assert(examples.length > 80);
    for (const { reportedAt, message, accepted, refused: bad } of examples) {
      await client.create(inNamespace(accepted, namespace), { dryRun: true });
      const { causes } = await refused(
        "troupe.KubeInvalid",
        () => client.create(inNamespace(bad, namespace), { dryRun: true }),
      );
      const said = causes.map(({ field = "", message = "" }) => `${plain(field)} ${message}`);
      const found = said.some((line) =>
        line.endsWith(message) && line.startsWith(`${plain(reportedAt) || "<nil>"} `)
      );
      assert(found, `${reportedAt} ${message}\n${said.join("\n")}`);
    }
  });

  test("fields that are not there, of another kind, and beyond their bounds are refused", async ({ client, namespace }) => {
    const component = { url: "https://example.com/a.wasm", sha256: "ab".repeat(32) };
    const specs: [spec: Record<string, unknown>, says: string][] = [
      [{ component, isolaton: "fresh" }, 'unknown field "spec.isolaton"'],
      [{ component, scaling: { max: 0 } }, "spec.scaling.max"],
      [{ component, isolation: "shared" }, 'supported values: "fresh", "reuse"'],
      [{ component, grants: { state: true } }, "spec.grants.state"],
      [{}, "spec.component: Required value"],
    ];
    for (const [spec, says] of specs) {
      const actor = inNamespace({ ...stored({}), spec, metadata: { name: "split" } }, namespace);
      const error = await client.create(actor, { dryRun: true }).then(
        () => undefined,
        (error: unknown) => error,
      );
      assert(isKubeError(error, "troupe.KubeInvalid") && error.message.includes(says), `${says}: ${error}`);
    }
  });

  test("what is not said is filled in as it is here", async ({ client, namespace }) => {
    const spec = {
      component: { configMap: { name: "a" }, sha256: "ab".repeat(32) },
      grants: { http: [{ host: "a.example" }] },
      resiliency: { policies: { slow: {} } },
    };
    const written = { apiVersion: "troupe.dev/v1alpha1", kind: "Actor", metadata: { name: "split" }, spec };
    const there = await client.create(inNamespace(written, namespace));
    assertEquals(there["spec"], stored(spec)["spec"]);
  });
}
