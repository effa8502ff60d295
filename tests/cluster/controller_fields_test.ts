// Each field of an actor's spec, as its schema has them: it is changed, and what is seen of that is looked for in what is made
// for the actor; nothing else is written anew. And each part of what is made: it is edited by somebody else, and set back.

import { assert, assertEquals } from "@std/assert";
import { OWNED_KINDS } from "@troupe/controller/build";
import { type KubeObject, refOf } from "@troupe/controller/kube";
import { lacksRabbitmq, RabbitmqServer } from "../servers/rabbitmq.ts";
import { actorOf, childOf, ControllerSite, installKedaKinds } from "./_controller_testing.ts";
import { changed, CHANGES, EVERYTHING, type FieldChange, fieldsOfSpec, OF_LAPTOPS } from "./_spec_fields.ts";
import { lacksControlPlane } from "./binary.ts";
import { clusterTests } from "./cluster_tests.ts";
import { ControlPlane } from "./control_plane.ts";
import { until } from "./until.ts";

const PATIENT = { patienceMs: 60_000 };
const APPLIED = "troupe.dev/applied";
/** How many actors are changed at once, one field after another. */
const ACTORS = 8;

if (!await lacksControlPlane() && !lacksRabbitmq()) {
  const [control, broker] = await Promise.all([ControlPlane.start(), RabbitmqServer.start()]);
  const { client } = control;
  const site = await ControllerSite.make(control, broker, {
    meshes: { other: "fields" },
    settings: {
      triggers: ["prometheus", "cron"],
      state: { address: "redis://redis.data.svc", password: { name: "state", key: "password" } },
    },
  });
  await installKedaKinds(client);
  const controller = await site.start("one", { workers: 16 });
  Deno.test.afterAll(async () => {
    await controller.stop();
    await Promise.all([control.stop(), broker.stop()]);
  });
  const test = clusterTests(control);

  /** What was made for an actor, once the controller has acted on its spec. */
  const made = async (actor: KubeObject) => {
    const { name = "", namespace = "", generation } = actor.metadata;
    await until(
      client,
      refOf(actor),
      (object) =>
        (object?.status as { observedGeneration?: number } | undefined)?.observedGeneration === generation,
      PATIENT,
    );
    const objects = await Promise.all(
      OWNED_KINDS.map(({ kind }) => client.get(childOf(namespace, name, kind))),
    );
    return new Map(objects.map((object) => [object.kind, object]));
  };
  const hashOf = (object: KubeObject | undefined) => object?.metadata.annotations?.[APPLIED];

  test("each field of the spec has a case here", () => {
    assertEquals([...CHANGES.map(({ field }) => field), ...OF_LAPTOPS].toSorted(), fieldsOfSpec().toSorted());
    return Promise.resolve();
  });

  test("each field of the spec is followed in what shows it, and nothing else is written", async ({ namespace }) => {
    const problems: string[] = [];
    const rest = [...CHANGES];
    const check = async (name: string) => {
      const apply = (spec: Record<string, unknown>) =>
        client.apply(actorOf(namespace, name, spec), { fieldManager: "test", force: true });
      const before = await made(await apply(EVERYTHING));
      const step = async (change: FieldChange) => {
        const after = await made(await apply(changed(change)));
        const different = [...after].filter(([kind, object]) => hashOf(object) !== hashOf(before.get(kind)));
        const kinds = different.map(([kind]) => kind).toSorted();
        if (kinds.join() !== change.kinds.toSorted().join()) {
          problems.push(`${change.field}: ${kinds} and not ${change.kinds.toSorted()}`);
        }
        const { shown = String(change.value) } = change;
        const text = different.map(([, object]) => JSON.stringify({ ...object, status: undefined })).join();
        if (kinds.length > 0 && !text.includes(shown)) problems.push(`${change.field}: no ${shown}`);
      };
      for (let change = rest.shift(); change; change = rest.shift()) {
        await step(change).catch((error) => problems.push(`${change?.field}: ${error.message}`));
      }
    };
    await Promise.all(Array.from({ length: ACTORS }, (_, i) => check(`a${i}`)));
    assertEquals(problems, []);
  });

  test("a queue that is to be deleted with its actor is marked as that, and only while it is", async ({ namespace }) => {
    const actor = await client.create(actorOf(namespace, "split", EVERYTHING));
    const marked = (wanted: boolean) =>
      until(
        client,
        refOf(actor),
        (object) => (object?.metadata.finalizers?.length === 1) === wanted,
        PATIENT,
      );
    await client.merge(refOf(actor), { spec: { queuePolicy: "Delete" } });
    await marked(true);
    await client.merge(refOf(actor), { spec: { queuePolicy: "Keep" } });
    await marked(false);
  });

  for (const { kind } of OWNED_KINDS) {
    test(`an edit of what was set in a ${kind} is reverted, and what is added to it stays`, async ({ namespace }) => {
      const before = (await made(await client.create(actorOf(namespace, "split", EVERYTHING)))).get(kind);
      assert(before);
      const ref = refOf(before);
      await client.merge(ref, {
        metadata: {
          labels: { team: "theirs", "app.kubernetes.io/component": "theirs" },
          annotations: { note: "theirs" },
        },
      });
      const edits: Readonly<Record<string, Record<string, unknown>>> = {
        ServiceAccount: { automountServiceAccountToken: true },
        ConfigMap: { data: { "actor.yaml": "theirs" } },
        NetworkPolicy: { spec: { policyTypes: ["Ingress"] } },
        Deployment: { spec: { template: { spec: { automountServiceAccountToken: true } } } },
        PodDisruptionBudget: { spec: { maxUnavailable: 7 } },
        TriggerAuthentication: { spec: { secretTargetRef: [] } },
        ScaledObject: { spec: { maxReplicaCount: 999 } },
      };
      await client.merge(ref, edits[kind] ?? {});
      const content = ({ spec, data, automountServiceAccountToken }: KubeObject) =>
        JSON.stringify([spec, data, automountServiceAccountToken]);
      const after = await until(
        client,
        ref,
        (object) =>
          object !== undefined && content(object) === content(before) &&
          object.metadata.labels?.["app.kubernetes.io/component"] === "actor",
        PATIENT,
      );
      assertEquals([after.metadata.labels?.team, after.metadata.annotations?.note], ["theirs", "theirs"]);
    });
  }
}
