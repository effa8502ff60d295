import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { DEFAULT_LIMITS } from "@troupe/host/limits";
import { ActorSpecError, parseActorSpec } from "./spec.ts";

const HEAD = `apiVersion: troupe.dev/v1alpha1
kind: Actor
metadata:
  name: split
spec:
`;
const COMPONENT = "  component: { file: build/split.wasm }\n";

function read(text: string) {
  return parseActorSpec(text, { file: "/mesh/split/actor.yaml" });
}

function problems(text: string): string[] {
  return assertThrows(() => read(text), ActorSpecError).message.split("\n");
}

Deno.test("what is not said has its default", () => {
  assertEquals(read(HEAD + COMPONENT), {
    name: "split",
    component: { kind: "file", path: "/mesh/split/build/split.wasm" },
    isolation: "fresh",
    limits: DEFAULT_LIMITS,
    grants: { route: [] },
    resiliency: { rules: [] },
    file: "/mesh/split/actor.yaml",
    folder: "/mesh/split",
  });
});

Deno.test("a component in a registry", () => {
  const reference = `registry.example.com/shop/split:v1@sha256:${"ab".repeat(32)}`;
  const { component } = read(`${HEAD}\n  component: { oci: "${reference}" }\n`);
  assertEquals(component, { kind: "oci", reference });
});

Deno.test("everything can be said", () => {
  const sha256 = "ab".repeat(32);
  const spec = read(`${HEAD}
  component: { url: "https://example.com/a.wasm", sha256: ${sha256} }
  isolation: reuse
  limits:
    memory: 64Mi
    timeout: 1m30s
    concurrency: 4
    emits: 10
    emittedBytes: 1Mi
    logBytes: 0
    requests: 20
    requestBytes: 1Ki
    responseBytes: 2Ki
    requestTimeout: 5s
  grants:
    route: [store, review-*, x-sink]
`);
  assertEquals(spec.component, { kind: "https", url: "https://example.com/a.wasm", sha256 });
  assertEquals(spec.isolation, "reuse");
  assertEquals(spec.limits, {
    memoryBytes: 67_108_864,
    timeoutMs: 90_000,
    concurrency: 4,
    emits: 10,
    emittedBytes: 1_048_576,
    logBytes: 0,
    hostCalls: 16,
    egressBytes: 134_217_728,
    requests: 20,
    requestBytes: 1024,
    responseBytes: 2048,
    requestMs: 5000,
  });
  assertEquals(spec.grants.route, ["store", "review-*", "x-sink"]);
});

Deno.test("labels and annotations are allowed", () => {
  const head = HEAD.replace("name: split", "name: split\n  labels: { team: a }\n  annotations: { note: b }");
  assertEquals(read(head + COMPONENT).name, "split");
});

Deno.test("a rate is a count and a time; without one there is none", () => {
  assertEquals(read(`${HEAD}${COMPONENT}  rate: 100/m\n`).rate, { count: 100, perMs: 60_000 });
  assertEquals("rate" in read(HEAD + COMPONENT), false);
});

Deno.test("JSON is YAML", () => {
  const resource = {
    apiVersion: "troupe.dev/v1alpha1",
    kind: "Actor",
    metadata: { name: "a" },
    spec: { component: { file: "../shared/a.wasm" } },
  };
  assertEquals(read(JSON.stringify(resource)).component, { kind: "file", path: "/mesh/shared/a.wasm" });
});

const REFUSED: Record<string, { text: string; line?: number; says: string[] }> = {
  "an empty file": { text: "", says: ["actor.yaml: is empty"] },
  "a list": { text: "- a\n", says: ["has to be an object with apiVersion"] },
  "no YAML": { text: "a: [1\nb: {", says: ["is not YAML"] },
  "a key twice": { text: `${HEAD}${COMPONENT}${COMPONENT}`, line: 7, says: ["is not YAML", "unique"] },
  "two documents": { text: `${HEAD}${COMPONENT}---\n${HEAD}${COMPONENT}`, says: ["several documents"] },
  "another version": {
    text: HEAD.replace("v1alpha1", "v1") + COMPONENT,
    line: 1,
    says: ['apiVersion has to be "troupe.dev/v1alpha1"'],
  },
  "another kind": {
    text: HEAD.replace("Actor", "Pod") + COMPONENT,
    line: 2,
    says: ['kind has to be "Actor"'],
  },
  "no name": {
    text: HEAD.replace("name: split", "labels: {}") + COMPONENT,
    says: ["metadata.name is missing"],
  },
  "a name that is no label": {
    text: HEAD.replace("split", "Split_1") + COMPONENT,
    line: 4,
    says: ["metadata.name has to be a DNS label"],
  },
  "a name of the crew": {
    text: HEAD.replace("split", "x-split") + COMPONENT,
    says: ['may not begin with "x-"'],
  },
  "no spec": { text: HEAD.replace("spec:\n", ""), says: ["spec is missing"] },
  "no component": { text: `${HEAD}  isolation: fresh\n`, says: ["spec.component is missing"] },
  "an empty component": {
    text: `${HEAD}  component: {}\n`,
    line: 6,
    says: ["has to have one of oci, url, configMap and file"],
  },
  "file and url": {
    text: `${HEAD}  component: { file: a.wasm, url: "https://a/b" }\n`,
    says: ["has to have one of oci, url, configMap and file"],
  },
  "url without sha256": { text: `${HEAD}  component: { url: "https://a/b" }\n`, says: ["needs sha256"] },
  "a component that is only in a cluster": {
    text: `${HEAD}  component: { configMap: { name: a }, sha256: ${"a".repeat(64)} }\n`,
    line: 6,
    says: ["spec.component has a configMap, which only a cluster has"],
  },
  "a secret that is only in a cluster": {
    text: `${HEAD}${COMPONENT}  grants:\n    secrets: { K: { secretKeyRef: { name: a, key: b } } }\n`,
    line: 8,
    says: ["spec.grants.secrets.K has only a secretKeyRef"],
  },
  "a header's secret that is only in a cluster": {
    text:
      `${HEAD}${COMPONENT}  grants:\n    http:\n      - host: a.example\n        headers: { x-key: { from: { secretKeyRef: { name: a, key: b } } } }\n`,
    line: 10,
    says: ["spec.grants.http[0].headers.x-key.from has only a secretKeyRef"],
  },
  "files that are only in a cluster": {
    text: `${HEAD}${COMPONENT}  grants: { files: [{ path: /a, configMap: a }] }\n`,
    line: 7,
    says: ["spec.grants.files[0] has no from"],
  },
  "an http URL": {
    text: `${HEAD}  component: { url: "http://a/b", sha256: ${"a".repeat(64)} }\n`,
    says: ["spec.component.url has to be an https URL"],
  },
  "a URL with a password": {
    text: `${HEAD}  component: { url: "https://me:pw@a/b", sha256: ${"a".repeat(64)} }\n`,
    says: ["without credentials"],
  },
  "a rate without a time": {
    text: `${HEAD}${COMPONENT}  rate: 100\n`,
    line: 7,
    says: ["spec.rate has to be a rate, such as 100/m"],
  },
  "a rate of nothing": {
    text: `${HEAD}${COMPONENT}  rate: 0/s\n`,
    line: 7,
    says: ["spec.rate has to be a rate, such as 100/m"],
  },
  "a short digest": {
    text: `${HEAD}  component: { url: "https://a/b", sha256: abc }\n`,
    says: ["64 lower-case hex digits"],
  },
  "an absolute path": {
    text: `${HEAD}  component: { file: /etc/a.wasm }\n`,
    says: ["relative to the folder"],
  },
  "an unknown isolation": {
    text: `${HEAD}${COMPONENT}  isolation: shared\n`,
    line: 7,
    says: ["fresh or reuse"],
  },
  "a size that is none": {
    text: `${HEAD}${COMPONENT}  limits:\n    memory: lots\n`,
    line: 8,
    says: ["spec.limits.memory has to be a size, such as 128Mi"],
  },
  "a size that is too small": {
    text: `${HEAD}${COMPONENT}  limits: { memory: 1Ki }\n`,
    says: ["between 1Mi and 4Gi"],
  },
  "a time without unit": {
    text: `${HEAD}${COMPONENT}  limits: { timeout: 30 }\n`,
    says: ["spec.limits.timeout has to be a time with its unit"],
  },
  "a time of zero": { text: `${HEAD}${COMPONENT}  limits: { timeout: 0s }\n`, says: ["between 1ms and 24h"] },
  "half an envelope": {
    text: `${HEAD}${COMPONENT}  limits: { concurrency: 0.5 }\n`,
    says: ["spec.limits.concurrency has to be a whole number between 1 and 1000"],
  },
  "a route grant that is a pattern": {
    text: `${HEAD}${COMPONENT}  grants:\n    route:\n      - store\n      - "*"\n`,
    line: 10,
    says: ["spec.grants.route[1] has to be an actor's name"],
  },
  "the crew's own grant": {
    text: `${HEAD}${COMPONENT}  grants: { route: [x-resume] }\n`,
    says: ["only the crew may send to x-resume"],
  },
  "a route grant that is no list": {
    text: `${HEAD}${COMPONENT}  grants: { route: store }\n`,
    says: ["spec.grants.route has to be a list"],
  },
  "a field that was mistyped": {
    text: `${HEAD}${COMPONENT}  isolaton: fresh\n`,
    line: 7,
    says: ["spec.isolaton is not a field of an Actor; did you mean isolation?"],
  },
  "a field that there is not": {
    text: `${HEAD}${COMPONENT}  limits: { zebras: 1 }\n`,
    says: [
      "spec.limits.zebras is not a field",
      "memory, timeout, concurrency, emits, emittedBytes, logBytes",
    ],
  },
  "more requests than can be asked for": {
    text: `${HEAD}${COMPONENT}  limits: { requests: 1000000 }\n`,
    line: 7,
    says: ["spec.limits.requests has to be a whole number between 0 and 5000"],
  },
  "a response that is larger than all of them together": {
    text: `${HEAD}${COMPONENT}  limits: { egressBytes: 1Mi, responseBytes: 2Mi }\n`,
    line: 7,
    says: ["spec.limits.responseBytes is more than egressBytes", "raise egressBytes too, or lower it"],
  },
  "a request that takes longer than its hop": {
    text: `${HEAD}${COMPONENT}  limits: { requestTimeout: 31s }\n`,
    line: 7,
    says: ["spec.limits.requestTimeout is more than timeout"],
  },
  "a time of requests without a unit": {
    text: `${HEAD}${COMPONENT}  limits: { requestTimeout: 5 }\n`,
    line: 7,
    says: ["spec.limits.requestTimeout has to be a time with its unit"],
  },
  "a status": {
    text: `${HEAD}${COMPONENT}status: {}\n`,
    line: 7,
    says: ["status is written by the controller"],
  },
};

for (const [name, { text, line, says }] of Object.entries(REFUSED)) {
  Deno.test(`refuses ${name}`, () => {
    const [problem = ""] = problems(text);
    if (line !== undefined) assertStringIncludes(problem, `/mesh/split/actor.yaml:${line}: `);
    for (const part of says) assertStringIncludes(problem, part);
  });
}

const ELSEWHERE: Record<string, string> = {
  "  env: { A: b }": "spec.env is spec.grants.env: move it there",
  "  replicas: 3": "spec.replicas is spec.scaling.min and spec.scaling.max",
};

for (const [text, says] of Object.entries(ELSEWHERE)) {
  Deno.test(`says where it belongs: ${text.trim()}`, () => {
    assertEquals(problems(`${HEAD}${COMPONENT}${text}\n`), [`/mesh/split/actor.yaml:7: ${says}`]);
  });
}

Deno.test("what is designed and not there yet is refused by name", () => {
  assertEquals(problems(`${HEAD}  component: { file: a.wasm, persistentVolumeClaim: {} }\n`), [
    "/mesh/split/actor.yaml:6: spec.component.persistentVolumeClaim is not supported by this version of Troupe: " +
    "remove it",
  ]);
});

Deno.test("what only a cluster makes something of changes nothing in a local mesh", () => {
  const text = `${HEAD}${COMPONENT}
  transport: other
  scaling: { min: 1, max: 3, triggers: [{ name: day, type: cron, metadata: { timezone: UTC } }] }
  resources: { limits: { memory: 1Gi } }
  podTemplate: { nodeSelector: { disk: ssd } }
  queuePolicy: Delete
  suspend: true
`;
  assertEquals(read(text.replace("name: split", "name: split\n  namespace: shop")), read(HEAD + COMPONENT));
});

Deno.test("tells everything that is wrong at once, in the order of the lines", () => {
  const found = problems(`apiVersion: v1
kind: Actor
metadata: { name: "-" }
spec:
  component: { file: a.wasm }
  limits: { memory: x, timeout: y }
  scalling: {}
`);
  assertEquals(found.map((line) => line.replace(/^.*?:(\d+): (\S+) .*$/, "$1 $2")), [
    "1 apiVersion",
    "3 metadata.name",
    "6 spec.limits.memory",
    "6 spec.limits.timeout",
    "7 spec.scalling",
  ]);
});

Deno.test("the error has a code, and its problems as data", () => {
  const error = assertThrows(() => read(`${HEAD}${COMPONENT}  suspend: 1\n`), ActorSpecError);
  assertEquals(error.code, "troupe.BadSpec");
  assertEquals(error.problems.map(({ line, path }) => ({ line, path })), [{ line: 7, path: "spec.suspend" }]);
});

Deno.test("aliases that multiply are refused", () => {
  const levels = Array.from({ length: 12 }, (_, n) => `  l${n + 1}: &l${n + 1} [${`*l${n}, `.repeat(10)}]`);
  const [problem = ""] = problems(`metadata:\n  l0: &l0 [a]\n${levels.join("\n")}\n`);
  assertStringIncludes(problem, "is not YAML that can be read");
});

Deno.test("keys that mean something to JavaScript are unknown fields", () => {
  const [problem = ""] = problems(`${HEAD}${COMPONENT}  __proto__: { isolation: reuse }\n`);
  assertStringIncludes(problem, "spec.__proto__");
});
