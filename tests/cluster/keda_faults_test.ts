// What goes wrong between KEDA and all that it works with: it is killed, it may not look at the queue, it cannot, or the broker
// is gone. With KEDA, a broker and hosts that really run (see `keda_scaling_test.ts`).

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Informer } from "@troupe/controller/kube";
import { lacksRabbitmq } from "../servers/rabbitmq.ts";
import { comes } from "./_controller_testing.ts";
import { FAST, KedaSite } from "./_keda_testing.ts";
import { type ScaledMesh, setCredentials } from "./_scaled_mesh.ts";
import { lacksKeda } from "./binary.ts";
import { clusterTests } from "./cluster_tests.ts";
import { conditionOf } from "./until.ts";

const LIMITS = { timeout: "2s", concurrency: 2 };
const TWO = { ...FAST, max: 2, queueLength: 3 };
/** KEDA's words for wrong credentials, over AMQP and over HTTP. */
const REFUSALS = [["default", "username or password not allowed"], ["seen", "are not working"]] as const;

if (!await lacksKeda() && !lacksRabbitmq()) {
  const site = await KedaSite.start();
  Deno.test.afterAll(() => site[Symbol.asyncDispose]());
  const test = clusterTests(site.control);

  test("KEDA killed in the middle of work: replicas stay and work, and once it is back they go", async (t) => {
    await using mesh = await site.mesh(t.namespace, { limits: LIMITS, scaling: TWO });
    await mesh.send(60, 300);
    await mesh.pods.until((present) => present === 2);
    await Promise.all([site.keda.kill9("operator"), site.keda.kill9("adapter")]);
    await mesh.allCame();
    assertEquals([mesh.pods.present, mesh.pods.counts.made], [2, 2]);
    await Promise.all([site.keda.startPart("operator"), site.keda.startPart("adapter")]);
    await mesh.pods.until((present) => present === 0);
    await mesh.send(5, 0);
    await mesh.allCame();
    await mesh.account();
  });

  test("without the adapter the autoscaler is blind: that is said, and over when it is back", async (t) => {
    await using mesh = await site.mesh(t.namespace, { limits: LIMITS, scaling: { ...FAST, min: 1 } });
    await comes(t.client, mesh.actor, ["Ready", "True"]);
    await site.keda.kill9("adapter");
    const { message } = await comes(t.client, mesh.actor, ["Ready", "AutoscalerFails"]);
    assertStringIncludes(message, "unable to get external metric");
    await site.keda.startPart("adapter");
    await comes(t.client, mesh.actor, ["Ready", "True"]);
  });

  for (const [transport, why] of REFUSALS) {
    test(`wrong credentials are said for as long as they are wrong (transport ${transport})`, async (t) => {
      const credentials = { user: site.broker.user, password: "wrong" };
      await using mesh = await site.mesh(t.namespace, { transport, scaling: FAST }, { credentials });
      await using said = saidOf(mesh);
      const { message } = await comes(t.client, mesh.actor, ["Ready", "KedaFails"]);
      for (const part of [why, "Secret broker", "events of the ScaledObject troupe-work"]) {
        assertStringIncludes(message, part);
      }
      await mesh.send(3, 0);
      const fails = (line: string) => line.includes(t.namespace) && line.includes('"level":"error"');
      await site.keda.says("operator", fails, 6);
      assert(!said.reasons.includes("Scaling"), said.reasons.join());
      await setCredentials(t.client, t.namespace, site.broker);
      await comes(t.client, mesh.actor, ["Ready", "True"]);
      await mesh.allCame();
      await mesh.pods.until((present) => present === 0);
      await mesh.account();
    });
  }

  test("where KEDA cannot ask the broker, replicas stay as many as they are", async (t) => {
    await using mesh = await site.mesh(t.namespace, { transport: "seen", limits: LIMITS, scaling: TWO });
    await mesh.send(60, 300);
    await mesh.pods.until((present) => present === 2);
    await using _blind = blind(site);
    await comes(t.client, mesh.actor, ["Ready", "KedaFails"]);
    await mesh.allCame();
    assertEquals([mesh.pods.present, mesh.pods.counts.made], [2, 2]);
    site.management.resume();
    await comes(t.client, mesh.actor, ["Ready", "True"]);
    await mesh.pods.until((present) => present === 0);
    await mesh.account();
  });

  for (const min of [0, 1]) {
    test(`where KEDA cannot ask the broker, there are as many as fallback says (from ${min})`, async (t) => {
      const scaling = { ...FAST, min, max: 4, fallback: { replicas: 3, failureThreshold: 2 } };
      await using mesh = await site.mesh(t.namespace, { transport: "seen", scaling });
      await comes(t.client, mesh.actor, ["Ready", "True"]);
      await mesh.pods.until((present) => present === min);
      await using _blind = blind(site);
      await mesh.pods.until((present) => present === 3);
      await comes(t.client, mesh.actor, ["Ready", "Fallback"]);
      site.management.resume();
      await mesh.pods.until((present) => present === min);
      await comes(t.client, mesh.actor, ["Ready", "True"]);
    });
  }

  test("a broker that is killed and started again is looked at again, and nothing is lost", async (t) => {
    await using mesh = await site.mesh(t.namespace, { limits: LIMITS, scaling: TWO });
    await mesh.send(60, 300);
    await mesh.pods.until((present) => present === 2);
    await mesh.came(10);
    await site.broker.kill9();
    await site.broker.restart();
    await mesh.allCame();
    await mesh.pods.until((present) => present === 0);
    await mesh.send(5, 0);
    await mesh.allCame();
    await mesh.account({ repeats: true });
  });
}

/** Has KEDA not reach the management interface, until it is disposed or the network resumed. */
function blind({ management }: KedaSite): AsyncDisposable {
  management.refuse();
  return { [Symbol.asyncDispose]: () => Promise.resolve(management.resume()) };
}

/** Notes all reasons that are given for the scaling of an actor, until it is disposed. */
function saidOf({ client, namespace, actor }: ScaledMesh) {
  const { apiVersion, kind, metadata: { name } } = actor;
  const reasons: string[] = [];
  const end = new AbortController();
  const informer = new Informer({
    client,
    kind: { apiVersion, kind },
    namespace,
    fieldSelector: `metadata.name=${name}`,
    onChange({ object }) {
      const { reason } = conditionOf(object, "ScalingReady") ?? {};
      if (reason !== undefined) reasons.push(reason);
    },
  });
  const following = informer.run(end.signal);
  return {
    reasons,
    async [Symbol.asyncDispose]() {
      end.abort();
      await following;
    },
  };
}
