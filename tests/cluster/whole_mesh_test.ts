// A mesh in a cluster, once from its folder to nothing: as a person would have it, by the command line alone.
//
// It takes a control plane of Kubernetes, KEDA, RabbitMQ, PostgreSQL and an OCI registry with passwords: all real. Each pod of
// the controller, of the crew and of the actors is a process in the tree of the image: with the command, environment, volumes,
// user and system calls that its spec in the API server says, ready when its probe says so, started again when it ends, and
// gone when it has ended (_image_node.ts). The controller comes to the API server as its pod's account, by the token and the
// address that a kubelet gives. Of a crew without a database there is whole_mesh_volume_test.ts.
//
// What it does not show: no container engine runs, so nobody bounds memory and processor time, and the image is a tree that
// was never pulled; there is one node, of which kwok tells; network policies bind nobody, as all share one loopback, which is
// why the broker and the registry are called by their addresses; and liveness probes are not asked.

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { objectName } from "@troupe/controller/build";
import type { KubeObject } from "@troupe/controller/kube";
import { openTransport } from "@troupe/host/transport/open";
import { join } from "@std/path";
import { isRequired } from "../require.ts";
import { lacksPostgres } from "../servers/postgres.ts";
import { lacksRabbitmq } from "../servers/rabbitmq.ts";
import { lacksRegistry } from "../servers/registry.ts";
import { SYSTEM } from "./_deploy_testing.ts";
import { textOf } from "./_meshes_testing.ts";
import { leftOver } from "./_left_over.ts";
import { ACTORS, expected, SHOP, startWholeMesh, type WholeMesh, yamlOf } from "./_whole_mesh.ts";
import { lacksKeda } from "./binary.ts";
import { until } from "./until.ts";

const isRoot = Deno.build.os === "linux" && Deno.uid() === 0;
if (!isRoot && !isRequired("cluster")) console.error("skipped: only root can make a root for a process");
const skipped = (!isRoot && !isRequired("cluster")) || await lacksKeda() || lacksRabbitmq() ||
  lacksPostgres() || lacksRegistry();

/** How many envelopes are sent. */
const SENT = 300;
/** How many more, while an actor is changed. */
const MORE = 200;
/** After how many results things are killed. */
const SOME = 60;
const PATIENCE = { patienceMs: 240_000 };
const LEASE = {
  apiVersion: "coordination.k8s.io/v1",
  kind: "Lease",
  namespace: SYSTEM,
  name: "troupe-controller",
};

const deployment = (actor: string) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  namespace: SHOP,
  name: objectName(actor),
});
const holder = (lease: KubeObject | undefined) =>
  (lease?.spec as { holderIdentity?: string } | undefined)?.holderIdentity;
const actorPods = ({ node }: WholeMesh) => ACTORS.flatMap((actor) => node.of(actor));

const numbers = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);
const expectedOf = (from: number, count: number) => numbers(from, count).flatMap(expected).sort();

/** How many results there are. */
async function resultsOf({ postgres }: WholeMesh): Promise<number> {
  return Number(await postgres.sql("SELECT count(*) FROM troupe_shop.result"));
}

/** Resolves when there are so many: it is asked, since nobody tells. */
async function resultsComeTo(count: number, mesh: WholeMesh): Promise<void> {
  const end = performance.now() + PATIENCE.patienceMs;
  while (await resultsOf(mesh) < count) {
    if (performance.now() > end) throw new Error(`there are no ${count} results\n${mesh.node.tails()}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

Deno.test({
  name: "cluster: a whole mesh, from its folder to nothing",
  ignore: skipped,
  // Connections of the administrator.
  sanitizeResources: false,
  async fn(t) {
    await using stack = new AsyncDisposableStack();
    const mesh = await startWholeMesh(stack);
    const { site: { client, control }, node, dir, inCluster, troupe, broker, postgres, registry } = mesh;
    const deploy = () =>
      inCluster("deploy", dir, "--registry", `${registry.name}/shop`, "--pull-secret", "registry");
    const transport = broker.address({ namespace: SHOP });
    const store = postgres.address("postgres", { schema: "troupe_shop" });
    const send = async (from: number, count: number) => {
      const file = join(dir, `from_${from}.jsonl`);
      await Deno.writeTextFile(file, numbers(from, count).map((n) => `{"n":${n}}\n`).join(""));
      const way = ["--transport", transport, "--store", store];
      return await troupe("send", "split,score", "--file", file, ...way, "--wait", "--timeout", "5m");
    };

    await t.step("it is deployed: controller, crew and actors are ready", async () => {
      const deployed = await deploy();
      assertEquals(deployed.code, 0, textOf(deployed) + node.tails());
      assertMatch(deployed.stderr, /is deployed: 4 actors ready/);
      assertEquals(node.of("troupe-controller").map(({ ready }) => ready), [true, true]);
      assertEquals(actorPods(mesh), [], "nothing is to be done");
      // By the token that its pod has.
      const account = `system:serviceaccount:${SYSTEM}:troupe-controller`;
      const requests = (await control.requests()).filter(({ user }) => user.username === account);
      assert(
        requests.some(({ verb, objectRef }) => verb === "patch" && objectRef?.resource === "deployments"),
      );
    });

    await t.step("the short name of actors means nothing else", async () => {
      const names = async (group: string) => {
        const { resources } = await client.requests.json("GET", `/apis/${group}/v1alpha1`) as {
          resources: { shortNames?: string[] }[];
        };
        return resources.flatMap(({ shortNames = [] }) => shortNames);
      };
      const theirs = await names("keda.sh");
      assert(theirs.includes("so"));
      assertEquals((await names("troupe.dev")).filter((name) => theirs.includes(name)), []);
    });

    await t.step(
      "envelopes wake the actors, each is accounted for whatever is killed, and all sleep again",
      async () => {
        const sending = send(0, SENT);
        await node.until(() => node.of("score").length > 0, { what: "score has a replica", ...PATIENCE });
        await resultsComeTo(SOME, mesh);

        const was = holder(await client.get(LEASE)) ?? "";
        const acting = node.of("troupe-controller").find(({ name }) => name === was);
        assert(acting, `${was} holds the lease`);
        const taken = Promise.withResolvers<void>();
        await acting.kill9(taken.promise);
        const host = node.of("score").find(({ ready }) => ready);
        assert(host);
        await host.kill9();
        assert(await resultsOf(mesh) < 2 * SENT, "it was in the middle");
        const lease = await until(client, LEASE, (lease) => holder(lease) !== was, PATIENCE);
        assert(node.of("troupe-controller").some(({ name }) => name === holder(lease)));
        taken.resolve();

        const sent = await sending;
        assertEquals(sent.code, 0, sent.stderr + node.tails());
        const listed = await troupe("results", "--json", "--store", store);
        assertEquals(listed.code, 0, listed.stderr);
        const results = listed.stdout.trim().split("\n").map((line) => JSON.parse(line));
        assertEquals(results.length, 2 * SENT);
        assertEquals(new Set(results.map(({ id }) => id)).size, 2 * SENT);
        assertEquals(new Set(results.map(({ phase }) => phase)), new Set(["succeeded"]));
        assertEquals(results.map(({ payload }) => JSON.stringify(payload)).sort(), expectedOf(0, SENT));
        const dead = await troupe("results", "--dead", "--json", "--store", store);
        assertEquals([dead.code, dead.stdout], [0, ""], dead.stderr);
        assertEquals([host.restarts, acting.restarts], [1, 1]);

        await node.until(() => actorPods(mesh).length === 0, { what: "no actor has a pod", ...PATIENCE });
        for (const actor of ACTORS) {
          const { spec } = await client.get(deployment(actor));
          assertEquals((spec as { replicas: number }).replicas, 0);
          assert(node.all.some(({ labels }) => labels["app.kubernetes.io/instance"] === actor), actor);
        }
        assertEquals(node.all.filter(({ overdue }) => overdue).map(({ tail }) => tail), []);
      },
    );

    await t.step("again there is nothing to do; a change of one actor rolls that one", async () => {
      const again = await deploy();
      assertEquals(again.code, 0, textOf(again));
      assertStringIncludes(again.stderr, "✓ nothing to do");
      const templates = async () =>
        Object.fromEntries(
          await Promise.all(ACTORS.map(async (actor) => {
            const { spec } = await client.get(deployment(actor));
            return [actor, JSON.stringify((spec as { template: unknown }).template)] as const;
          })),
        );
      const before = await templates();
      await Deno.writeTextFile(join(dir, "score/actor.yaml"), yamlOf("score", { timeout: "6s", min: 1 }));
      const sending = send(SENT, MORE);
      await node.until(() => node.of("score").some(({ ready }) => ready), {
        what: "score is ready",
        ...PATIENCE,
      });
      const changed = await deploy();
      assertEquals(changed.code, 0, textOf(changed));
      const after = await templates();
      assertEquals(ACTORS.filter((actor) => before[actor] !== after[actor]), ["score"]);
      const sent = await sending;
      assertEquals(sent.code, 0, sent.stderr + node.tails());
      const payloads = sent.stdout.trim().split("\n").map((line) => JSON.stringify(JSON.parse(line).payload));
      assertEquals(payloads.sort(), expectedOf(SENT, MORE));
      const pods = node.all.filter(({ labels }) => labels["app.kubernetes.io/instance"] === "score");
      assertEquals(new Set(pods.map(({ labels }) => labels["pod-template-hash"])).size, 2);
    });

    await t.step(
      "with other settings there are other controllers, and then other pods of all actors",
      async () => {
        const former = node.of("troupe-controller");
        const file = join(dir, "cluster.yaml");
        await Deno.writeTextFile(file, `${await Deno.readTextFile(file)}  cacheSize: 512Mi\n`);
        const changed = await deploy();
        assertEquals(changed.code, 0, textOf(changed) + node.tails());
        await node.until(() => former.every(({ isGone }) => isGone), { what: "others control", ...PATIENCE });
        const pods = node.of("troupe-controller");
        assertEquals(pods.map(({ ready }) => ready), [true, true]);
        const lease = await until(
          client,
          LEASE,
          (lease) => pods.some(({ name }) => name === holder(lease)),
          PATIENCE,
        );
        assert(lease);
        const tells = (object: KubeObject | undefined) =>
          JSON.stringify(object?.spec ?? {}).includes(`"512Mi"`);
        for (const actor of ACTORS) {
          await until(client, deployment(actor), tells, PATIENCE);
        }
        assertEquals(node.all.filter(({ overdue }) => overdue).map(({ tail }) => tail), []);
      },
    );

    await t.step("it is removed: nothing of it is left, but queues and records", async () => {
      const removed = await inCluster("undeploy", dir, "--all", "--crd", "--yes");
      assertEquals(removed.code, 0, textOf(removed) + node.tails());
      await node.until(() => node.size === 0, { what: "no pod is left", ...PATIENCE });
      // What belongs to another object goes when its owner has gone: nobody tells when all of that is done.
      const stays = [`Lease ${SYSTEM}/troupe-controller`, `Namespace /${SYSTEM}`];
      let left = await leftOver(client);
      for (const end = performance.now() + 90_000; left.length > stays.length && performance.now() < end;) {
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        left = await leftOver(client);
      }
      assertEquals(left, stays);
      const queues = await openTransport(transport);
      const crew = ["x-join", "x-pause", "x-resume", "x-sink", "x-sump"];
      assertEquals((await queues.queues()).toSorted(), ["keep", "score", "split", ...crew].toSorted());
      await queues.close();
      const kept = await troupe("results", "--json", "--store", store);
      assertEquals(kept.stdout.trim().split("\n").length, 2 * (SENT + MORE));
    });
  },
});
