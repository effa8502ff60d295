// `troupe deploy` where something is in the way: what others have made or do at the same time, and what ends before it is
// done. See _deploy_testing.ts for what is not real.

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type KubeObject, refOf } from "@troupe/controller/kube";
import { join } from "@std/path";
import { removeComponents, unneededComponents } from "../../cli/commands/deploy/components_there.ts";
import { actor } from "../../host/component/_testing/components.ts";
import { lacksRabbitmq, RabbitmqServer } from "../servers/rabbitmq.ts";
import { TcpProxy } from "../servers/tcp_proxy.ts";
import { actorOf } from "./_controller_testing.ts";
import { DeploySite, type PersonOptions } from "./_deploy_testing.ts";
import { POD_ANNOTATION } from "./_kwok.ts";
import {
  ACTOR,
  actorsIn,
  actorsOnlyMesh,
  actorYaml,
  componentsIn,
  far,
  install,
  type MeshFiles,
  meshYaml,
  OCI,
  SMALL,
  specOf,
  textOf,
} from "./_meshes_testing.ts";
import { lacksControlPlane } from "./binary.ts";
import { clusterTests } from "./cluster_tests.ts";
import { ControlPlane } from "./control_plane.ts";
import { exists } from "./until.ts";

/** A proxy that is closed at the end. */
function disposable(of: TcpProxy) {
  return { of, [Symbol.asyncDispose]: () => of.close() };
}

if (!await lacksControlPlane() && !lacksRabbitmq()) {
  const [control, broker] = await Promise.all([ControlPlane.start(), RabbitmqServer.start()]);
  const site = await DeploySite.make(control, broker);
  await install(site);
  Deno.test.afterAll(async () => {
    await site[Symbol.asyncDispose]();
    await Promise.all([control.stop(), broker.stop()]);
  });
  const test = clusterTests(control);
  const actorsOnly = (namespace: string, files: MeshFiles, options: PersonOptions = {}) =>
    actorsOnlyMesh(site, { namespace, files, ...options });

  test("what is not in the folder any more stays and is said, and goes with --prune; what others made stays", async (t) => {
    const { namespace, client } = t;
    const { dir, person, deploy } = await actorsOnly(namespace, { ...far("one"), ...far("two") });
    await client.create(actorOf(namespace, "theirs"));
    const labelled = actorOf(namespace, "labelled");
    await client.create({
      ...labelled,
      metadata: { ...labelled.metadata, labels: { "troupe.dev/mesh": "shop" } },
    });
    assertEquals((await deploy()).code, 0);
    await Deno.remove(join(dir, "two"), { recursive: true });
    const before = await site.writes(person);
    const left = await deploy();
    assertEquals(left.code, 0, textOf(left));
    assertStringIncludes(left.stderr, `not in ${dir} any more: Actor ${namespace}/two`);
    const asked = await deploy("--prune");
    assertEquals(asked.code, 2, textOf(asked));
    assertStringIncludes(asked.stderr, "--yes");
    const diff = await deploy("--prune", "--diff");
    assertEquals([diff.code, diff.stdout], [4, `- Actor ${namespace}/two\n`]);
    assertEquals((await site.writes(person)).slice(before.length), []);
    const pruned = await deploy("--prune", "--yes");
    assertEquals(pruned.code, 0, textOf(pruned));
    assertEquals(await actorsIn(site, namespace), ["labelled", "one", "theirs"]);
    assertEquals((await site.writes(person)).slice(before.length), ["delete actors/two"]);
  });

  test("a field of somebody else, and an actor of another mesh, are named and left until they are taken", async (t) => {
    const { namespace, client } = t;
    const files = far("far", { scaling: { max: 3 }, limits: { timeout: "5s" } });
    const { dir, person, deploy } = await actorsOnly(namespace, files);
    await client.apply(
      {
        ...ACTOR,
        metadata: { name: "far", namespace },
        spec: { component: { oci: OCI }, scaling: { max: 7 } },
      },
      { fieldManager: "tuner" },
    );
    const conflict = await deploy();
    assertEquals(conflict.code, 1, textOf(conflict));
    assertStringIncludes(conflict.stderr, `Actor ${namespace}/far: spec.scaling.max is set by tuner`);
    assertEquals(await site.writes(person), []);
    const taken = await deploy("--force-conflicts");
    assertEquals(taken.code, 0, textOf(taken));
    assertEquals(specOf(await client.get({ ...ACTOR, namespace, name: "far" })).scaling?.max, 3);
    await Deno.writeTextFile(
      join(dir, "mesh.yaml"),
      meshYaml("other"),
    );
    const other = await deploy();
    assertEquals(other.code, 1, textOf(other));
    assertStringIncludes(other.stderr, `Actor ${namespace}/far is of the mesh shop`);
  });

  test("an actor that is wrong is refused before anything is written", async ({ namespace }) => {
    const { person, deploy } = await actorsOnly(namespace, {
      ...far("good"),
      ...far("bad", { scaling: { min: 3, max: 2 } }),
    });
    const wrong = await deploy();
    assertEquals(wrong.code, 1, textOf(wrong));
    assertMatch(wrong.stderr, /bad\/actor\.yaml:\d+: spec\.scaling.* raise max/);
    assertEquals(await site.writes(person), []);
  });

  test("an actor that does not start: the reasons, and an exit code of their own", async ({ namespace }) => {
    const { deploy } = await actorsOnly(namespace, {
      ...far("good"),
      ...far("bad", { scaling: { min: 1 }, podTemplate: { annotations: { [POD_ANNOTATION]: "crashes" } } }),
    });
    const late = await deploy("--timeout", "15s");
    assertEquals(late.code, 3, textOf(late));
    assertMatch(late.stderr, /^✗ bad: CrashLoopBackOff\n {2}The pod troupe-bad-\S+ does not start/m);
    assertStringIncludes(late.stderr, "what is applied stays");
    assertEquals(await actorsIn(site, namespace), ["bad", "good"]);
  });

  test("a cluster that is gone while it waits is waited for", async ({ client, namespace }) => {
    const { dir, person } = await actorsOnly(
      namespace,
      far("slow", { scaling: { min: 1 }, podTemplate: { annotations: { [POD_ANNOTATION]: "waits" } } }),
    );
    await using proxy = disposable(new TcpProxy(control));
    const through = join(site.folder, "through.kubeconfig");
    const config = await Deno.readTextFile(person.kubeconfig);
    await Deno.writeTextFile(through, config.replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${proxy.of.port}`));
    const running = site.start({ kubeconfig: through, user: "" }, ["deploy", dir, "--actors-only"]);
    await running.says("slow: coming (Starting");
    proxy.of.refuse();
    await running.says("It is tried again.");
    const { items: [pod] } = await client.list({ apiVersion: "v1", kind: "Pod" }, { namespace });
    await client.merge(refOf(pod as KubeObject), { metadata: { annotations: { [POD_ANNOTATION]: "runs" } } });
    proxy.of.resume();
    assertEquals(await running.ended, 0, running.said());
    assertStringIncludes(running.said(), "slow: ready (Scaling, replicas 1/1)");
  });

  test("what fails in the middle says how far it came, and goes on when it is said again", async (t) => {
    const { client, namespace } = t;
    const names = ["a", "b", "c", "d", "e"];
    const { deploy } = await actorsOnly(namespace, Object.assign({}, ...names.map((name) => far(name))));
    // A quota is not used up by questions what would be: only by what is made.
    const quota = { apiVersion: "v1", kind: "ResourceQuota", metadata: { name: "few", namespace } };
    const hard = { "count/actors.troupe.dev": "2" };
    await client.create({ ...quota, spec: { hard } });
    await client.merge(
      refOf(quota),
      { status: { hard, used: { "count/actors.troupe.dev": "0" } } },
      { subresource: "status" },
    );
    const failed = await deploy();
    assertEquals(failed.code, 1, textOf(failed));
    assertStringIncludes(failed.stderr, "2 of 5 objects are applied, and stay; deploy again to go on");
    assertStringIncludes(failed.stderr, "exceeded quota: few");
    assertEquals((await actorsIn(site, namespace)).length, 2);
    await client.delete(refOf(quota));
    const again = await deploy();
    assertEquals(again.code, 0, textOf(again));
    assertEquals(await actorsIn(site, namespace), names);
  });

  test("Ctrl-C before anything was written says so, also while the cluster is silent", async ({ namespace }) => {
    const { dir, person } = await actorsOnly(namespace, far("far"));
    await using proxy = disposable(new TcpProxy(control));
    const through = join(site.folder, "silent.kubeconfig");
    const config = await Deno.readTextFile(person.kubeconfig);
    await Deno.writeTextFile(through, config.replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${proxy.of.port}`));
    const running = site.start({ kubeconfig: through, user: "" }, ["deploy", dir, "--actors-only"]);
    await running.says("✓ context");
    proxy.of.freeze();
    Deno.kill(running.pid, "SIGINT");
    assertEquals(await running.ended, 130, running.said());
    assertStringIncludes(running.said(), "interrupted; nothing was written");
    assertEquals(await site.writes(person), []);
  });

  test("Ctrl-C leaves what is applied, and says so", async ({ namespace }) => {
    const { dir, person } = await actorsOnly(
      namespace,
      far("slow", { scaling: { min: 1 }, podTemplate: { annotations: { [POD_ANNOTATION]: "waits" } } }),
    );
    const running = site.start(person, ["deploy", dir, "--actors-only"]);
    await running.says("slow: coming (Starting");
    Deno.kill(running.pid, "SIGINT");
    assertEquals(await running.ended, 130, running.said());
    assertStringIncludes(running.said(), "interrupted: all is applied and stays; 1 of 1 are not ready yet");
    assertEquals(await actorsIn(site, namespace), ["slow"]);
  });

  test("killed in the middle, the same command goes on from there", async ({ namespace }) => {
    const names = Array.from({ length: 24 }, (_, i) => `a${i}`);
    const { dir, person, deploy } = await actorsOnly(
      namespace,
      Object.assign({}, ...names.map((name) => far(name))),
    );
    const running = site.start(person, ["deploy", dir, "--actors-only"]);
    await exists(site.client, { ...ACTOR, namespace, name: "a0" });
    Deno.kill(running.pid, "SIGKILL");
    assertEquals(await running.ended, 137);
    const again = await deploy();
    assertEquals(again.code, 0, textOf(again));
    assertEquals((await actorsIn(site, namespace)).sort(), names.toSorted());
  });

  test("two that deploy the same at once do not harm each other", async ({ namespace }) => {
    const { dir, person } = await actorsOnly(namespace, {
      "split/actor.yaml": actorYaml("split", { component: { file: "split.wasm" } }),
      "split/split.wasm": SMALL,
      ...far("one"),
      ...far("two"),
    });
    const both = await Promise.all([1, 2].map(() => site.run(person, ["deploy", dir, "--actors-only"])));
    assertEquals(both.map(({ code }) => code), [0, 0], both.map(textOf).join("\n"));
    assertEquals(await actorsIn(site, namespace), ["one", "split", "two"]);
    assertEquals((await componentsIn(site, namespace)).length, 1);
    const again = await site.run(person, ["deploy", dir, "--actors-only"]);
    assertStringIncludes(again.stderr, "nothing to do", textOf(again));
  });

  test("a component that is named in the moment in which it is removed is put back", async (t) => {
    const { namespace, client } = t;
    const { deploy } = await actorsOnly(namespace, {
      "split/actor.yaml": actorYaml("split", { component: { file: "split.wasm" } }),
      "split/split.wasm": SMALL,
    });
    assertEquals((await deploy("--timeout", "0s")).code, 0);
    const split = await client.get({ ...ACTOR, namespace, name: "split" });
    await client.delete({ ...ACTOR, namespace, name: "split" });
    const unneeded = await unneededComponents(client, { mesh: "shop", namespace });
    assertEquals(unneeded.length, 1);
    // Somebody else deploys it, after it was looked which are needed.
    await client.create(actorOf(namespace, "split", split.spec as Record<string, unknown>));
    assertEquals(await removeComponents(client, unneeded, namespace), []);
    const [back, ...more] = await componentsIn(site, namespace);
    assertEquals([back?.metadata.name, more], [unneeded[0]?.metadata.name, []]);
    assertEquals(back?.binaryData, { "component.wasm": SMALL.toBase64() });
    await client.delete({ ...ACTOR, namespace, name: "split" });
    const again = await unneededComponents(client, { mesh: "shop", namespace });
    assertEquals(await removeComponents(client, again, namespace), [back?.metadata.name]);
    assertEquals(await componentsIn(site, namespace), []);
  });

  test("two that deploy different components of the same actor: what is named in the end is there", async (t) => {
    const { client, namespace } = t;
    const { dir, person } = await actorsOnly(namespace, {
      "split/actor.yaml": actorYaml("split", { component: { file: "split.wasm" } }),
      "split/split.wasm": SMALL,
    });
    const other = await site.mesh({
      "mesh.yaml": meshYaml("shop"),
      "split/actor.yaml": actorYaml("split", { component: { file: "split.wasm" } }),
      "split/split.wasm": await actor({ pages: 2 }),
    });
    const both = await Promise.all(
      [dir, other, dir, other].map((each) => site.run(person, ["deploy", each, "--actors-only"])),
    );
    assertEquals(both.map(({ code }) => code), [0, 0, 0, 0], both.map(textOf).join("\n"));
    const { component } = specOf(await client.get({ ...ACTOR, namespace, name: "split" }));
    const { name } = component?.configMap as { name: string };
    await client.get({ apiVersion: "v1", kind: "ConfigMap", namespace, name });
  });

  test("a crew that does not start says why", async ({ namespace }) => {
    await site.makeSecrets(namespace);
    const crew = { podTemplate: { annotations: { [POD_ANNOTATION]: "crashes" } } };
    const dir = await site.mesh({ "cluster.yaml": site.settings([namespace], crew), ...far("far") });
    const person = await site.person(namespace, { installer: true });
    const late = await site.run(person, ["deploy", dir, "--timeout", "10s"]);
    assertEquals(late.code, 3, textOf(late));
    assertMatch(
      late.stderr,
      /^✗ troupe-system\/troupe-x-sink-\S+: CrashLoopBackOff\n {2}The pod troupe-x-sink-\S+ does not start/m,
    );
  });

  test("a broker that is away is told by the controller, and waited for", async ({ namespace }) => {
    const { dir, person } = await actorsOnly(namespace, far("far"));
    await broker.kill9();
    const running = site.start(person, ["deploy", dir, "--actors-only"]);
    await running.says("far: not ready (Rabbitmq");
    await broker.restart();
    assertEquals(await running.ended, 0, running.said());
  });
}
