// `troupe deploy` on a real API server, a real broker and a real registry: as processes of people who may do what
// docs/deploy.md says and no more. See _deploy_testing.ts for what is not real. The first whole mesh brings the controller
// that the tests behind it have.

import { assert, assertEquals, assertMatch, assertNotMatch, assertStringIncludes } from "@std/assert";
import type { KubeObject } from "@troupe/controller/kube";
import { join } from "@std/path";
import { parseAllDocuments } from "yaml";
import { lookAt, METADATA_ALONE } from "../../cli/commands/deploy/look.ts";
import { actorText, assemble } from "../../host/component/_testing/components.ts";
import { readComponent } from "../../host/component/read.ts";
import { lacksRabbitmq, RabbitmqServer } from "../servers/rabbitmq.ts";
import { lacksRegistry, RegistryServer } from "../servers/registry.ts";
import { BY_TEST, DeploySite, type PersonOptions, SYSTEM } from "./_deploy_testing.ts";
import {
  ACTOR,
  actorsIn,
  actorsOnlyMesh,
  actorYaml,
  componentsIn,
  CONFIG_MAP,
  far,
  type MeshFiles,
  OCI,
  SMALL,
  specOf,
  textOf,
} from "./_meshes_testing.ts";
import { lacksControlPlane } from "./binary.ts";
import { clusterTests } from "./cluster_tests.ts";
import { ControlPlane } from "./control_plane.ts";

if (!await lacksControlPlane() && !lacksRabbitmq() && !lacksRegistry()) {
  const [control, broker, registry] = await Promise.all([
    ControlPlane.start(),
    RabbitmqServer.start(),
    RegistryServer.start(),
  ]);
  const site = await DeploySite.make(control, broker);
  Deno.test.afterAll(async () => {
    await site[Symbol.asyncDispose]();
    await Promise.all([control.stop(), broker.stop(), registry.stop()]);
  });
  const test = clusterTests(control);
  const actorsOnly = (namespace: string, files: MeshFiles, options: PersonOptions = {}) =>
    actorsOnlyMesh(site, { namespace, files, ...options });

  test("a cluster that is not fit for it: everything that is missing is said at once, and nothing is written", async (t) => {
    const { namespace } = t;
    await site.makeSecrets(namespace, ["store"]);
    await site.client.apply({
      ...{ apiVersion: "v1", kind: "Secret", metadata: { name: "broker", namespace } },
      stringData: { username: "ada" },
    }, BY_TEST);
    const dir = await site.mesh({
      "cluster.yaml": site.settings([namespace]),
      ...far("far", {
        grants: { secrets: { KEY: { secretKeyRef: { name: "keys", key: "api" } } } },
      }),
    });
    const person = await site.person(namespace);
    const found = await site.run(person, ["deploy", dir]);
    assertEquals(found.code, 1, textOf(found));
    assertMatch(found.stderr, /^✓ context test: https:\/\/127\.0\.0\.1:\d+, Kubernetes v1\.\d+/m);
    // The controller is more than this person may install, and all of that is listed.
    for (
      const missing of [
        "customresourcedefinitions.apiextensions.k8s.io: create, get, patch",
        `deployments.apps in ${SYSTEM}: create, get, list, patch, watch`,
        `networkpolicies.networking.k8s.io in ${SYSTEM}: create, get, patch`,
        "to give others the ClusterRole troupe-controller: escalate, bind, or all that it allows",
      ]
    ) assertStringIncludes(found.stderr, `- ${missing}`);
    assertNotMatch(found.stderr, /- actors\.troupe\.dev/);
    assertMatch(found.stderr, /^✗ KEDA: this cluster has none.*\n {2}Install version 2\.20/m);
    assertMatch(found.stderr, /^✗ Secret broker in .*: it has no entry password$/m);
    assertStringIncludes(
      found.stderr,
      `kubectl create secret generic keys -n ${namespace} --from-file=api=FILE`,
    );
    assertMatch(found.stderr, /^! Secret broker in troupe-system.*you may not look/m);
    assertStringIncludes(found.stderr, "nothing was written");
    assert(!textOf(found).includes("ada") && !textOf(found).includes(broker.password));
    assertEquals(await site.writes(person), []);
  });

  test("a whole mesh: built, put where it is found, applied, ready; again, nothing is written", async (t) => {
    const { namespace, client } = t;
    await site.bringKeda();
    await site.makeSecrets(namespace);
    const dir = await site.mesh({
      "cluster.yaml": site.settings([namespace]),
      "split/actor.yaml": actorYaml("split", {
        component: { file: "build/split.wasm" },
        grants: { http: ["https://api.example.com/v1"], route: ["score"] },
        limits: { timeout: "5s", memory: "64Mi" },
      }),
      "split/actor.js": "export const handle = (payload) => payload;\n",
      "score/actor.yaml": actorYaml("score", { component: { file: "score.wasm" } }),
      "score/score.wasm": SMALL,
      ...far("far"),
    });
    const person = await site.person(namespace, { installer: true });
    const [first] = await Promise.all([
      site.run(person, ["deploy", dir, "--timeout", "3m"]),
      site.startController(),
    ]);
    assertEquals(first.code, 0, textOf(first));
    assertMatch(first.stderr, /^✓ split: built, [\d.]+ MiB, in ConfigMap component-split-[0-9a-f]{16}$/m);
    assertStringIncludes(first.stderr, `✓ Actor ${namespace}/split: made`);
    assertStringIncludes(first.stderr, `${SYSTEM}/troupe-controller: ready`);
    assertMatch(first.stderr, /^✓ .* is deployed: 3 actors ready/m);
    assertStringIncludes(first.stderr, `kubectl -n ${namespace} get actors`);
    assert(!textOf(first).includes(broker.password));

    // What a host would find is what was built.
    const split = await client.get({ ...ACTOR, namespace, name: "split" });
    const { configMap, sha256 } = specOf(split).component as {
      configMap: { name: string; key: string };
      sha256: string;
    };
    const object = await client.get({ ...CONFIG_MAP, namespace, name: configMap.name });
    assertEquals([configMap.key, object.immutable], ["component.wasm.gz", true]);
    const path = join(dir, "component.wasm.gz");
    const { [configMap.key]: content = "" } = object.binaryData as Record<string, string>;
    await Deno.writeFile(path, Uint8Array.fromBase64(content));
    const bytes = await readComponent({ kind: "file", path, sha256 });
    assertEquals(bytes, await Deno.readFile(join(dir, "split/build/split.wasm")));
    assertEquals(specOf(split).grants?.http, [
      { host: "api.example.com", scheme: "https", path: "/v1" },
    ]);
    assertEquals(
      (specOf(await client.get({ ...ACTOR, namespace, name: "score" })).component as {
        configMap: { key: string };
      }).configMap.key,
      "component.wasm",
    );

    const before = await site.writes(person);
    assert(before.includes("patch actors/split"), before.join());
    const again = await site.run(person, ["deploy", dir]);
    assertEquals(again.code, 0, textOf(again));
    assertStringIncludes(again.stderr, "✓ nothing to do");
    assertEquals((await site.writes(person)).slice(before.length), []);
    const diff = await site.run(person, ["deploy", dir, "--diff"]);
    assertEquals([diff.code, diff.stdout], [0, ""], textOf(diff));

    // A change of one actor is a change of one object.
    await Deno.writeTextFile(
      join(dir, "far/actor.yaml"),
      actorYaml("far", { component: { oci: OCI }, limits: { timeout: "7s" } }),
    );
    const differs = await site.run(person, ["deploy", dir, "--diff"]);
    assertEquals(differs.code, 4, textOf(differs));
    assertStringIncludes(differs.stdout, `~ Actor ${namespace}/far\n`);
    assertMatch(differs.stdout, /^ {4}.*spec\.limits\.timeout: .* → 7s$/m);
    assertEquals(differs.stdout.match(/^[~+-]/gm)?.length, 1);
    assertEquals((await site.writes(person)).slice(before.length), []);
    const changed = await site.run(person, ["deploy", dir, "--json"]);
    assertEquals(changed.code, 0, textOf(changed));
    const said = changed.stdout.trim().split("\n").map((line) => JSON.parse(line));
    assertEquals(said.filter(({ type }) => type === "change"), [
      { type: "change", change: "update", object: `Actor ${namespace}/far` },
    ]);
    assertEquals(said.at(-1).ready, true);
    assertEquals((await site.writes(person)).slice(before.length), ["patch actors/far"]);

    // Another component has another object, and the former goes when nobody names it.
    await Deno.writeTextFile(join(dir, "split/actor.js"), "export const handle = (payload) => [payload];\n");
    const rebuilt = await site.run(person, ["deploy", dir]);
    assertEquals(rebuilt.code, 0, textOf(rebuilt));
    assertStringIncludes(rebuilt.stderr, `ConfigMap ${namespace}/${configMap.name}: removed`);
    assertEquals(
      (await componentsIn(site, namespace)).map(({ metadata }) =>
        metadata.labels?.["troupe.dev/component-of"]
      ),
      [
        "score",
        "split",
      ],
    );
  });

  test("without a cluster, all is printed as YAML that an API server takes", async ({ namespace }) => {
    const dir = await site.mesh({ "cluster.yaml": site.settings([namespace]), ...far("far") });
    const nowhere = { kubeconfig: join(site.folder, "none"), user: "" };
    const named = await site.run(nowhere, ["deploy", dir, "--dry-run", "--namespace", namespace]);
    assertEquals(named.code, 0, textOf(named));
    const objects = parseAllDocuments(named.stdout).map((document) => document.toJS() as KubeObject);
    assert(objects.length > 10);
    assertEquals(objects[0]?.kind, "Namespace");
    const { name, namespace: where } = objects.at(-1)?.metadata ?? {};
    assertEquals([objects.at(-1)?.kind, name, where], ["Actor", "far", namespace]);
    for (const object of objects) await site.client.apply(object, { ...BY_TEST, dryRun: true });
    // Short forms, and what only a laptop reads beside what only a cluster does.
    const both = await site.mesh(far("both", {
      grants: {
        state: true,
        http: ["http://a.example:8080/v1/", { host: "b.example", methods: ["GET"] }],
        secrets: { KEY: { env: "KEY", secretKeyRef: { name: "keys", key: "api" } } },
        files: [{ path: "/words", from: "./words", configMap: "words" }],
      },
      limits: { memory: "64Mi", timeout: "1m30s" },
      rate: "100/m",
    }));
    const printed = await site.run(nowhere, [
      ...["deploy", both, "--dry-run", "--actors-only", "--namespace", namespace],
    ]);
    assertEquals(printed.code, 0, textOf(printed));
    const [document] = parseAllDocuments(printed.stdout);
    const taken = await site.client.apply(document?.toJS() as KubeObject, { ...BY_TEST, dryRun: true });
    assertEquals((specOf(taken).grants?.http as unknown[])[0], {
      ...{ host: "a.example", scheme: "http", port: 8080, path: "/v1/" },
    });
  });

  test("who may not look at Secrets is told so, and who lacks a verb is told which", async ({ namespace }) => {
    const { person, dir } = await actorsOnly(namespace, far("far"), { secrets: false });
    await Deno.writeTextFile(join(dir, "cluster.yaml"), site.settings([namespace]));
    const hidden = await site.run(person, ["deploy", dir, "--actors-only"]);
    assertEquals(hidden.code, 0, textOf(hidden));
    assertMatch(hidden.stderr, /^! Secret broker in .*you may not look/m);
    await site.client.apply({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: "almost" },
      rules: [
        { apiGroups: ["troupe.dev"], resources: ["actors"], verbs: ["get", "list", "watch", "create"] },
        { apiGroups: [""], resources: ["configmaps"], verbs: ["*"] },
      ],
    }, BY_TEST);
    const almost = await site.person(namespace, { roles: ["almost"] });
    const refused = await site.run(almost, ["deploy", dir, "--actors-only"]);
    assertEquals(refused.code, 1, textOf(refused));
    assertStringIncludes(
      refused.stderr,
      `  - actors.troupe.dev in ${namespace}: patch\n`,
    );
  });

  test("a context that is not there, a namespace that is not there, and a cluster that is away", async (t) => {
    const { namespace } = t;
    const { dir, person, deploy } = await actorsOnly(namespace, far("far"));
    const context = await deploy("--context", "elsewhere");
    assertEquals(context.code, 1);
    assertMatch(context.stderr, /no cluster for the context "elsewhere"; its contexts are: test/);
    const installer = await site.person(namespace, { installer: true });
    const missing = await site.run(installer, [
      ...["deploy", dir, "--actors-only", "--namespace", `${namespace}-x`],
    ]);
    assertEquals(missing.code, 1);
    assertMatch(missing.stderr, /^✗ namespace .*-x: it is not there\n {2}Make it with --create-namespace/m);
    const text = await Deno.readTextFile(person.kubeconfig);
    const away = join(site.folder, "away.kubeconfig");
    await Deno.writeTextFile(away, text.replace(/127\.0\.0\.1:\d+/, "127.0.0.1:9"));
    const unknown = join(site.folder, "unknown.kubeconfig");
    await Deno.writeTextFile(unknown, text.replace(/"token":"[^"]+"/, '"token":"old"'));
    const nobody = await site.run({ kubeconfig: unknown, user: "" }, ["deploy", dir, "--actors-only"]);
    assertEquals(nobody.code, 1);
    assertMatch(nobody.stderr, /does not know who you are\n {2}Log in anew/);
    const gone = await site.run({ kubeconfig: away, user: "" }, ["deploy", dir, "--actors-only"]);
    assertEquals(gone.code, 1);
    assertMatch(
      gone.stderr,
      /^✗ context test: https:\/\/127\.0\.0\.1:9 does not answer\n {2}See that the cluster/m,
    );
  });

  test("a namespace is made when that is asked for", async ({ namespace }) => {
    const name = `${namespace}-new`;
    const dir = await site.mesh(far("far"));
    const person = { kubeconfig: control.admin, user: "admin" };
    const args = ["deploy", dir, "--actors-only", "--namespace", name, "--timeout", "0s"];
    const made = await site.run(person, [...args, "--create-namespace"]);
    assertEquals(made.code, 0, textOf(made));
    assertEquals(await actorsIn(site, name), ["far"]);
    assertStringIncludes((await site.run(person, args)).stderr, "nothing to do");
  });

  test("the version of KEDA is told, and when it is an old one", async ({ client, namespace }) => {
    const { dir } = await actorsOnly(namespace, far("far"));
    const installer = await site.person(namespace, { installer: true });
    for (const [version, line] of [["2.20.2", "✓"], ["2.12.0", "!"]]) {
      await client.merge({
        ...{ apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" },
        name: "scaledobjects.keda.sh",
      }, { metadata: { labels: { "app.kubernetes.io/version": version } } });
      const run = await site.run(installer, ["deploy", dir, "--actors-only", "--timeout", "0s"]);
      assertEquals(run.code, 0, textOf(run));
      assertStringIncludes(run.stderr, `${line} KEDA: version ${version}\n`);
    }
  });

  test("with a registry, components are pushed and named by digest; again, they are there", async (t) => {
    const { namespace, client } = t;
    const { deploy } = await actorsOnly(namespace, {
      "split/actor.yaml": actorYaml("split", { component: { file: "build/split.wasm" } }),
      "split/actor.js": "export const handle = (payload) => payload;\n",
    });
    const prefix = `${registry.name}/shop`;
    const args = ["--registry", prefix];
    const pushed = await deploy(...args);
    assertEquals(pushed.code, 0, textOf(pushed));
    assertStringIncludes(pushed.stderr, `split: pushed: ${prefix}/split@sha256:`);
    const { component } = specOf(await client.get({ ...ACTOR, namespace, name: "split" }));
    assertMatch(String(component?.oci), new RegExp(`^${prefix}/split@sha256:[0-9a-f]{64}$`));
    const digest = String(component?.oci).split("@")[1];
    const answer = await fetch(`http://${registry.name}/v2/shop/split/manifests/${digest}`, {
      headers: { accept: "application/vnd.oci.image.manifest.v1+json" },
    });
    await answer.body?.cancel();
    assertEquals(answer.status, 200);
    assertEquals(await componentsIn(site, namespace), []);
    const again = await deploy(...args);
    assertStringIncludes(again.stderr, "split: is in the registry");
    assertStringIncludes(again.stderr, "nothing to do");
    const nowhere = await deploy("--registry", "https://registry.example.com");
    assertEquals(nowhere.code, 2, textOf(nowhere));
  });

  test("a component that is too large says how large it is, and what to do", async ({ namespace }) => {
    const { person, dir, deploy } = await actorsOnly(namespace, {
      "big/actor.yaml": actorYaml("big", { component: { file: "big.wasm" } }),
    });
    // What cannot be compressed, as data of an actor.
    const random = Array.from({ length: 32 }, () => crypto.getRandomValues(new Uint8Array(65_536)).toHex())
      .join("");
    const data = `(data (i32.const 4096) "${random.replaceAll(/../g, "\\$&")}")`;
    const bytes = await assemble(actorText({ core: data, pages: 64 }));
    await Deno.writeFile(join(dir, "big/big.wasm"), bytes);
    const large = await deploy();
    assertEquals(large.code, 1, textOf(large));
    assertMatch(
      large.stderr,
      /component of big has 2\.0 MiB, and 2\.0 MiB compressed; a ConfigMap holds 1\.0 MiB/,
    );
    assertStringIncludes(large.stderr, "--registry");
    assertEquals(await site.writes(person), []);
    // One that fits just so is taken.
    const fits = await assemble(
      actorText({ core: data.slice(0, 3 * 1_046_000).replace(/(\\..?)?$/, '")'), pages: 64 }),
    );
    assert(fits.length > 1_040_000 && fits.length <= 1_048_576, `${fits.length}`);
    await Deno.writeFile(join(dir, "big/big.wasm"), fits);
    const taken = await deploy("--timeout", "0s");
    assertEquals(taken.code, 0, textOf(taken));
    assertEquals(Object.keys((await componentsIn(site, namespace))[0]?.binaryData as object), [
      "component.wasm",
    ]);
  });

  test("what is asked of a Secret is not what is in it", async ({ client, namespace }) => {
    await site.makeSecrets(namespace);
    const path = `/api/v1/namespaces/${namespace}/secrets/broker`;
    const answer = await client.requests.json("GET", path, { accept: METADATA_ALONE });
    const { kind, data, stringData } = answer as Record<string, unknown>;
    assertEquals([kind, data, stringData], ["PartialObjectMetadata", undefined, undefined]);
    const reference = { kind: "Secret", namespace, name: "broker" } as const;
    const { signal } = new AbortController();
    assertEquals(await lookAt(client, reference, signal), {
      state: "there",
      keys: new Set(["password", "username"]),
    });
    // However it was made.
    const encoded = { a: btoa("1"), "b.c": btoa("2") };
    await client.create({
      ...{ apiVersion: "v1", kind: "Secret", metadata: { name: "made", namespace } },
      data: encoded,
    });
    const made = await lookAt(client, { ...reference, name: "made" }, signal);
    assertEquals(made.state === "there" && made.keys, new Set(["a", "b.c"]));
    assertEquals(await lookAt(client, { ...reference, name: "none" }, signal), { state: "missing" });
  });
}
