import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { readSettings } from "../../host/command_line.ts";
import { isActorName } from "@troupe/host/actor_name";
import { parseActorSpec } from "../spec.ts";
import { built, type Case, objectOf, SHA256, TRANSPORT } from "./build_testing.ts";
import { GOLDEN } from "./golden_testing.ts";
import type { V1Container, V1PodSpec } from "./kubernetes.ts";
import { HASH_ANNOTATION } from "./mod.ts";

function podOf(given: Case): { pod: V1PodSpec; host: V1Container; hash: string } {
  const { template } = objectOf(built(given), "Deployment").spec;
  const pod = template.spec as V1PodSpec;
  const [host, ...others] = pod.containers;
  assert(host && others.length === 0);
  return { pod, host, hash: template.metadata?.annotations?.[HASH_ANNOTATION] ?? "" };
}

for (const [name, given] of Object.entries(GOLDEN)) {
  Deno.test(`the pods of ${name} meet the restricted standard`, () => {
    const { pod, host } = podOf(given);
    assertEquals([pod.hostNetwork, pod.hostPID, pod.hostIPC], [undefined, undefined, undefined]);
    assertEquals(pod.securityContext?.runAsNonRoot, true);
    assertNotEquals(pod.securityContext?.runAsUser, 0);
    assertEquals(pod.securityContext?.seccompProfile, { type: "RuntimeDefault" });
    assertEquals(host.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    const allowed = ["configMap", "emptyDir", "persistentVolumeClaim", "projected", "secret"];
    for (const { name: _name, ...source } of pod.volumes ?? []) {
      assertEquals(Object.keys(source).filter((kind) => !allowed.includes(kind)), []);
    }
    assertEquals((host.ports ?? []).map(({ hostPort }) => hostPort), [undefined]);
  });

  Deno.test(`nothing of a cluster's is in the pods of ${name}`, () => {
    const { pod } = podOf(given);
    assertEquals([pod.automountServiceAccountToken, pod.enableServiceLinks], [false, false]);
    assertEquals(objectOf(built(given), "ServiceAccount").automountServiceAccountToken, false);
  });

  Deno.test(`each volume of ${name} is mounted once, and only the cache can be written to`, () => {
    const { pod, host } = podOf(given);
    const mounts = host.volumeMounts ?? [];
    assertEquals(mounts.map(({ name }) => name), (pod.volumes ?? []).map(({ name }) => name));
    assertEquals(new Set(mounts.map(({ mountPath }) => mountPath)).size, mounts.length);
    const writable = mounts.filter(({ readOnly }) => !readOnly).map(({ mountPath }) => mountPath);
    assertEquals(writable, ["/var/cache/troupe"]);
  });

  Deno.test(`a host understands what it is told in the pods of ${name}`, () => {
    const { host } = podOf(given);
    const env = Object.fromEntries((host.env ?? []).map(({ name, value }) => [name, value]));
    const args = (host.args ?? []).map((arg) => arg.replace("$(POD_IP)", "10.1.2.3"));
    const read = readSettings([...args, "--transport", env["TROUPE_TRANSPORT"] ?? ""]);
    assertEquals(read?.what, "/etc/troupe/actor/actor.yaml");
    assertEquals(read?.listen, { port: 9464, hostname: "10.1.2.3" });
  });

  Deno.test(`the objects of ${name} have names and labels that a cluster takes, and one owner`, () => {
    for (const { metadata } of built(given).objects) {
      assert(isActorName(metadata.name), metadata.name);
      for (const value of Object.values(metadata.labels)) assert(value.length <= 63, value);
      assertEquals(metadata.ownerReferences.map(({ kind, controller }) => [kind, controller]), [[
        "Actor",
        true,
      ]]);
    }
  });
}

const FETCHED = { component: { url: "https://a.example/a.wasm", sha256: SHA256 } };

Deno.test("a host reads what it is told, and finds there what the pod has", () => {
  const everything = GOLDEN["everything"] as Case;
  const given = { ...everything, spec: { ...everything.spec, ...FETCHED } };
  const told = objectOf(built(given), "ConfigMap").data["actor.yaml"] ?? "";
  const spec = parseActorSpec(told, { file: "/etc/troupe/actor/actor.yaml" });
  const { host, pod } = podOf(given);
  const mounts = (host.volumeMounts ?? []).map(({ mountPath }) => mountPath);
  const sources = pod.volumes?.find(({ name }) => name === "secrets")?.projected?.sources ?? [];
  const there = sources.flatMap(({ secret }) =>
    (secret?.items ?? []).map(({ path }) => `/etc/troupe/secrets/${path}`)
  );
  const headers = (spec.grants.http ?? []).flatMap(({ headers = {} }) =>
    Object.values(headers).map(({ from }) => from)
  );
  const asked = [...Object.values(spec.grants.secrets ?? {}), ...headers].map((from) =>
    "file" in from ? from.file : from
  );
  assertEquals(asked.sort(), there.sort());
  assertEquals(spec.grants.files?.map(({ from }) => from.replace(/\/\.\.data$/, "")), mounts.slice(-3));
  assertEquals([spec.limits.timeoutMs, spec.isolation, spec.rate], [90_000, "reuse", {
    count: 100,
    perMs: 60_000,
  }]);
});

Deno.test("a component out of a ConfigMap is a file with a digest", () => {
  const told = objectOf(built(GOLDEN["component_in_a_config_map"]), "ConfigMap").data["actor.yaml"] ?? "";
  assertEquals(parseActorSpec(told, { file: "/etc/troupe/actor/actor.yaml" }).component, {
    kind: "file",
    path: "/etc/troupe/component/component.wasm.gz",
    sha256: SHA256,
  });
});

const GRACE: [timeout: string, seconds: number][] = [["1ms", 31], ["30s", 60], ["1m30s", 120], [
  "24h",
  86_430,
]];

for (const [timeout, seconds] of GRACE) {
  Deno.test(`a pod whose hops may take ${timeout} has ${seconds} s to end`, () => {
    assertEquals(podOf({ spec: { limits: { timeout } } }).pod.terminationGracePeriodSeconds, seconds);
  });
}

const PODS_ANEW: Record<string, { spec?: Record<string, unknown>; settings?: Record<string, unknown> }> = {
  "limits": { spec: { limits: { emits: 3 } } },
  "grants": { spec: { grants: { route: ["store"] } } },
  "another component": { spec: FETCHED },
  "resources": { spec: { resources: { requests: { cpu: "2" } } } },
  "labels of pods": { spec: { podTemplate: { labels: { team: "a" } } } },
  "another image": { settings: { image: "registry.example.com/host:2" } },
  "another broker": {
    settings: { transports: { default: { ...TRANSPORT, address: "rabbitmq://other.queues.svc" } } },
  },
};

for (const [name, given] of Object.entries(PODS_ANEW)) {
  Deno.test(`pods are made anew for ${name}`, () => {
    const template = (given: Case) => objectOf(built(given), "Deployment").spec.template;
    assertNotEquals(template(given), template({}));
  });
}

const PODS_AS_THEY_ARE: Record<string, Record<string, unknown>> = {
  "scaling": { scaling: { min: 2, max: 30 } },
  "what becomes of the queue": { queuePolicy: "Delete" },
  "suspending": { suspend: true },
};

for (const [name, spec] of Object.entries(PODS_AS_THEY_ARE)) {
  Deno.test(`pods stay as they are for ${name}`, () => {
    assertEquals(objectOf(built({ spec }), "Deployment"), objectOf(built({}), "Deployment"));
  });
}

Deno.test("how many pods there are is not for the Deployment to say", () => {
  assertEquals("replicas" in objectOf(built({ spec: { scaling: { min: 3 } } }), "Deployment").spec, false);
});

Deno.test("the order in which an API server gives keys changes nothing", () => {
  const turned = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(turned)
      : typeof value === "object" && value !== null
      ? Object.fromEntries(Object.entries(value).reverse().map(([name, item]) => [name, turned(item)]))
      : value;
  const { spec = {}, settings = {} } = GOLDEN["everything"] as Case;
  const there = built({ spec: turned(spec) as Record<string, unknown>, settings });
  assertEquals(there.objects, built({ spec, settings }).objects);
});

const MEMORY: [
  spec: Record<string, unknown>,
  requests: Record<string, string>,
  limits: Record<string, string>,
][] = [
  [{}, { cpu: "100m", memory: "256Mi" }, { memory: "1920Mi" }],
  [{ limits: { memory: "64Mi", concurrency: 1 } }, { cpu: "100m", memory: "256Mi" }, { memory: "1088Mi" }],
  [{ limits: { residentMemory: "1Gi" } }, { cpu: "100m", memory: "256Mi" }, { memory: "1408Mi" }],
  [{ resources: { limits: { memory: "128Mi" } } }, { cpu: "100m", memory: "128Mi" }, { memory: "128Mi" }],
  [{ resources: { requests: { memory: "1Gi" }, limits: { cpu: 2 } } }, { cpu: "2", memory: "1Gi" }, {
    cpu: "2",
    memory: "1920Mi",
  }],
];

for (const [spec, requests, limits] of MEMORY) {
  Deno.test(`what a pod asks for: ${JSON.stringify(spec)}`, () => {
    assertEquals(podOf({ spec }).host.resources, { requests, limits });
  });
}

Deno.test("settings give hosts variables, and none that says where queues are or who signs in", () => {
  const env = { ZONE: "eu", TROUPE_TRANSPORT: "rabbitmq://elsewhere", POD_IP: "127.0.0.1", A: "b" };
  const found = podOf({ settings: { env } }).host.env ?? [];
  const values = Object.fromEntries(found.map(({ name, value }) => [name, value]));
  assertEquals(new Set(found.map(({ name }) => name)).size, found.length);
  assertEquals([values["A"], values["ZONE"], values["POD_IP"]], ["b", "eu", undefined]);
  assertEquals(values["TROUPE_TRANSPORT"], "rabbitmq://rabbitmq.queues.svc?namespace=shop");
});
