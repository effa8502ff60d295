/**
 * For each rule that the custom resource definition has: an Actor that it accepts, and one that it refuses. Tests try them
 * here, and on an API server.
 *
 * @module
 */

import { type CelRule, RULES } from "../_schema.ts";
import { partsOf } from "../place_rules.ts";
import { actorSchema } from "./actor_schema.ts";
import type { FieldSchema } from "./json_schema.ts";

/** A rule with its examples. */
export interface RuleExample {
  /** The value that it is about, such as `spec.grants.files[]`; empty for the whole resource. */
  readonly path: string;
  /** Where the API server says that it is wrong, such as `spec.limits.requestBytes`. */
  readonly reportedAt: string;
  /** What the API server says. */
  readonly message: string;
  /** An Actor that is as it has to be, in everything. */
  readonly accepted: unknown;
  /** One that breaks the rule. */
  readonly refused: unknown;
}

const SHA256 = "ab".repeat(32);
const OCI = `registry.example.com/shop/split@sha256:${SHA256}`;
const SECRET = { secretKeyRef: { name: "shop", key: "key" } };

/** What has to be around the value at a path for it to be looked at. */
const AROUND: Readonly<Record<string, unknown>> = {
  "spec.component.pullSecret": { oci: OCI },
  "spec.component.configMap": {},
  "spec.component.url": { sha256: SHA256 },
  "spec.component.sha256": { url: "https://example.com/a.wasm" },
  "spec.grants.secrets.*.env": SECRET,
  "spec.grants.secrets.*.secretKeyRef.name": { key: "key" },
  "spec.grants.secrets.*.secretKeyRef.key": { name: "shop" },
  "spec.grants.http[].headers.*.from.env": SECRET,
  "spec.grants.http[].headers.*.from.secretKeyRef.name": { key: "key" },
  "spec.grants.http[].headers.*.from.secretKeyRef.key": { name: "shop" },
  "spec.grants.http[].headers": { host: "a.example" },
  "spec.grants.http[].path": { host: "a.example" },
  "spec.grants.http[].methods": { host: "a.example" },
  "spec.grants.http[].addresses": { host: "a.example" },
  "spec.grants.files[].path": { configMap: "words" },
  "spec.grants.files[].configMap": { path: "/words" },
  "spec.grants.files[].secret": { path: "/words" },
  "spec.grants.files[].persistentVolumeClaim": { path: "/words" },
  "spec.resiliency.rules[].match": { policy: "never" },
  "spec.resiliency.rules": { policies: { slow: {} } },
  "spec.resiliency.rules[].policy": { match: ["A"] },
  "spec.scaling.advanced.modifiers.target": { formula: "queue" },
  "spec.scaling.advanced.modifiers.activationTarget": { formula: "queue", target: "5" },
  "spec.scaling.triggers[].name": { type: "cpu", metadata: { value: "60" } },
  "spec.scaling.triggers[].type": { name: "load", metadata: { value: "60" } },
  "spec.scaling.triggers[].authenticationRef": { name: "load", type: "prometheus", metadata: {} },
};

type Row = readonly [says: string, accepted: unknown, refused: unknown];

const name = (kind: string): readonly Row[] => [[`has to be the name of ${kind}`, "shop-1.a", "Shop"]];
const key: readonly Row[] = [["has to be the name of an entry", "api_key.v1", "api/key"]];
const size = (good: string | number, bad: string | number): readonly Row[] => [[
  "has to be a size",
  good,
  bad,
]];
const time = (good: string, bad: string): readonly Row[] => [["has to be a time", good, bad]];
const quantity: readonly Row[] = [["has to be a quantity", "500m", "-1"]];

const secret: readonly Row[] = [
  ["has to have either env or file, or in a cluster", SECRET, {}],
  ["has to have either env or file, not both", SECRET, { ...SECRET, env: "A", file: "/b" }],
  ["needs secretKeyRef in a cluster", { ...SECRET, env: "A" }, { env: "A" }],
];

/** By path: part of the rule's message, a value that it accepts, and one that it refuses. */
const ROWS: Readonly<Record<string, readonly Row[]>> = {
  "metadata.name": [
    ["metadata.name has to be a DNS label", `a${"b".repeat(62)}`, "split.v1"],
    ["metadata.name may not begin with", "xsplit", "x-split"],
  ],
  "spec.resiliency.policies": [[
    "begins with this actor itself",
    { slow: { onExhausted: ["other", "split"] } },
    { slow: { onExhausted: ["split"] } },
  ]],
  "spec.component": [
    ["has to have one of", { oci: OCI }, { oci: OCI, url: "https://example.com/a.wasm" }],
    [
      "needs sha256",
      { url: "https://example.com/a.wasm", sha256: SHA256 },
      { url: "https://example.com/a.wasm" },
    ],
    ["has oci and sha256", { configMap: { name: "a" }, sha256: SHA256 }, { oci: OCI, sha256: SHA256 }],
    [
      "has a pullSecret",
      { oci: OCI, pullSecret: "registry" },
      { url: "https://example.com/a.wasm", sha256: SHA256, pullSecret: "registry" },
    ],
    ["is a path on a laptop", { oci: OCI }, { file: "build/split.wasm" }],
  ],
  "spec.component.oci": [[
    "has to be an OCI reference",
    `localhost:5000/a/b:v1@sha256:${SHA256}`,
    "a/b:latest",
  ]],
  "spec.component.pullSecret": name("a Secret"),
  "spec.component.url": [[
    "has to be an https URL",
    "https://example.com/a.wasm?x",
    "https://me:pw@example.com/",
  ]],
  "spec.component.configMap.name": name("a ConfigMap"),
  "spec.component.configMap.key": key,
  "spec.component.sha256": [["has to be a SHA-256", SHA256, "AB".repeat(32)]],
  "spec.transport": [["has to be the name of a transport", "eu-1", "EU"]],
  "spec.limits": [
    [
      "is more than egressBytes@requestBytes",
      { egressBytes: "2Mi", requestBytes: 2097152 },
      { egressBytes: "1Mi", requestBytes: "2Mi" },
    ],
    ["is more than egressBytes@responseBytes", { responseBytes: "128Mi" }, { responseBytes: "129Mi" }],
    ["is more than timeout", { timeout: "1m", requestTimeout: "60s" }, { requestTimeout: "31s" }],
  ],
  "spec.limits.memory": size("64Mi", "1Ki"),
  "spec.limits.timeout": time("1m30s", "30"),
  "spec.limits.emittedBytes": size(1000, "1Ti"),
  "spec.limits.logBytes": size(0, "lots"),
  "spec.limits.egressBytes": size("64Gi", "65Gi"),
  "spec.limits.requestBytes": size("1Ki", "1.5"),
  "spec.limits.responseBytes": size("1Ki", "-1"),
  "spec.limits.requestTimeout": time("500ms", "0s"),
  "spec.limits.cpu": time("20ms", "19ms"),
  "spec.limits.residentMemory": size("1Gi", "1Mi"),
  "spec.grants.route[]": [
    ["has to be an actor's name", "review-*", "*"],
    ["cannot be granted", "x-sink", "x-resume"],
  ],
  "spec.grants.secrets.*": secret,
  "spec.grants.secrets.*.env": [["has to be the name of a variable", "API_KEY", "1ST"]],
  "spec.grants.secrets.*.secretKeyRef.name": name("a Secret"),
  "spec.grants.secrets.*.secretKeyRef.key": key,
  "spec.grants.http[].host": [["has to be a host", "*.example.com", "https://example.com"]],
  "spec.grants.http[].path": [["has to be a path", "/v1/", "v1"]],
  "spec.grants.http[].methods[]": [["has to be a method", "M-SEARCH", "CONNECT"]],
  "spec.grants.http[].addresses[]": [["has to be an address", "10.0.0.0/8", "10.0.0.1/8"]],
  "spec.grants.http[].headers.*.from": [
    ...secret,
    ["has to be an absolute path", { ...SECRET, file: "/run/key" }, { ...SECRET, file: "key" }],
  ],
  "spec.grants.http[].headers.*.from.env": [["has to be the name of a variable", "API_KEY", "A=B"]],
  "spec.grants.http[].headers.*.from.secretKeyRef.name": name("a Secret"),
  "spec.grants.http[].headers.*.from.secretKeyRef.key": key,
  "spec.grants.state.bucket": [["has to be a name", "carts", "A/B"]],
  "spec.grants.state.bytes": size("1Gi", "0"),
  "spec.grants.files": [[
    "has the same path twice",
    [{ path: "/a", configMap: "a" }, { path: "/b", configMap: "a" }],
    [{ path: "/a", configMap: "a" }, { path: "/a", configMap: "b" }],
  ]],
  "spec.grants.files[]": [
    ["needs from, or", { path: "/a", secret: "a" }, { path: "/a" }],
    ["not several", { path: "/a", secret: "a" }, { path: "/a", secret: "a", configMap: "a" }],
    ["in a cluster: from is", { path: "/a", from: "./a", configMap: "a" }, { path: "/a", from: "./a" }],
  ],
  "spec.grants.files[].path": [["has to be an absolute path", "/a/b.c", "/a/../b"]],
  "spec.grants.files[].configMap": name("a ConfigMap"),
  "spec.grants.files[].secret": name("a Secret"),
  "spec.grants.files[].persistentVolumeClaim": name("a PersistentVolumeClaim"),
  "spec.resiliency": [
    ["has a policy called never", { policies: { slow: {} } }, { policies: { never: {} } }],
    [
      "has a rule whose policy",
      { policies: { slow: {} }, rules: [{ match: ["A"], policy: "slow" }] },
      { rules: [{ match: ["A"], policy: "slow" }] },
    ],
    [
      "has rules behind one",
      { rules: [{ match: ["A"], policy: "never" }, { match: ["*"], policy: "never" }] },
      { rules: [{ match: ["*"], policy: "never" }, { match: ["A"], policy: "never" }] },
    ],
  ],
  "spec.resiliency.policies.*": [[
    "has to be at most maxDelay",
    { initialDelay: "1m", maxDelay: "60s" },
    { initialDelay: "2m", maxDelay: "1m" },
  ]],
  "spec.resiliency.policies.*.initialDelay": time("0s", "1"),
  "spec.resiliency.policies.*.maxDelay": time("24h", "25h"),
  "spec.resiliency.policies.*.maxDuration": time("720h", "0s"),
  "spec.resiliency.policies.*.onExhausted[]": [
    ["has to be a DNS label", "other", "Other"],
    ["may not begin with", "xother", "x-sink"],
  ],
  "spec.resiliency.rules[].match[]": [
    ["has to be the type of a failure", "openai.RateLimitError", "A*"],
    ["is dealt with in one way", "TimeoutError", "troupe.Fatal"],
  ],
  "spec.resiliency.rules[].policy": [["has to be the name of a policy", "never", "a b"]],
  "spec.rate": [["has to be a rate", "100/m", "0/s"]],
  "spec.scaling": [
    ["is more than max", { min: 10 }, { min: 11 }],
    ["has a meaning only where min is 0", { activation: 3 }, { min: 1, activation: 3 }],
    ["has more replicas than max", { fallback: { replicas: 10 } }, { max: 2, fallback: { replicas: 3 } }],
  ],
  "spec.scaling.pollingInterval": time("1m30s", "500ms"),
  "spec.scaling.cooldownPeriod": time("0s", "1.5h"),
  "spec.scaling.advanced.modifiers.target": [["has to be a number in quotes", "2.5", "many"]],
  "spec.scaling.advanced.modifiers.activationTarget": [["has to be a number in quotes", "0", "-1"]],
  "spec.scaling.triggers": [[
    "has the same name twice",
    [{ name: "a", type: "cron", metadata: {} }, { name: "b", type: "cron", metadata: {} }],
    [{ name: "a", type: "cron", metadata: {} }, { name: "a", type: "cron", metadata: {} }],
  ]],
  "spec.scaling.triggers[].name": [
    ["has to be a name of letters", "load_1", "load-1"],
    ["may not be queue or suspects", "load", "queue"],
  ],
  "spec.scaling.triggers[].type": [["has to be a kind of trigger", "aws-sqs-queue", "AWS"]],
  "spec.scaling.triggers[].authenticationRef.name": [
    ...name("a TriggerAuthentication"),
    ["may not begin with", "prometheus", "troupe-split"],
  ],
  "spec.resources": [[
    "asks under requests for more",
    { requests: { cpu: "500m", memory: "1Gi" }, limits: { cpu: 1 } },
    { requests: { cpu: 2 }, limits: { cpu: "1500m" } },
  ]],
  "spec.resources.requests.*": quantity,
  "spec.resources.limits.*": quantity,
  "spec.podTemplate.labels": [["may not have labels", { team: "a" }, { "app.kubernetes.io/name": "a" }]],
  "spec.podTemplate.annotations": [["may not have annotations", { team: "a" }, { "troupe.dev/hash": "a" }]],
  "spec.podTemplate.priorityClassName": name("a PriorityClass"),
  "spec.podTemplate.runtimeClassName": name("a RuntimeClass"),
  "spec.podTemplate.imagePullSecrets[].name": name("a Secret"),
};

/** Rules of the whole resource stand in the table with what they look at. */
const OF_THE_WHOLE = ["metadata.name", "spec.resiliency.policies"];

/** Every rule of the definition, with its examples. @throws {TypeError} when a rule has none, or there are some for none */
export function ruleExamples(): RuleExample[] {
  const examples: RuleExample[] = [];
  const left = new Set(
    Object.entries(ROWS).flatMap(([path, rows]) => rows.map(([says]) => `${path}: ${says}`)),
  );
  for (const { path, rule } of rulesIn(actorSchema(), "")) {
    const paths = path === "" ? OF_THE_WHOLE : [path];
    const found = paths.flatMap((at) => (ROWS[at] ?? []).map((row) => ({ at, row })))
      .find(({ row }) => isAbout(row[0], rule));
    if (!found) throw new TypeError(`There is no example for the rule of ${path}: ${rule.message}`);
    const { at, row: [says, accepted, refused] } = found;
    left.delete(`${at}: ${says}`);
    examples.push({
      path,
      reportedAt: `${path}${rule.fieldPath ?? ""}`,
      message: rule.message,
      accepted: actorWith(at, accepted),
      refused: actorWith(at, refused),
    });
  }
  if (left.size > 0) throw new TypeError(`There are examples for no rule: ${[...left].join("; ")}`);
  return examples;
}

function isAbout(says: string, { message, fieldPath = "" }: CelRule): boolean {
  const [text = "", field] = says.split("@");
  return message.includes(text) && (field === undefined || fieldPath === `.${field}`);
}

function* rulesIn(schema: FieldSchema, path: string): Generator<{ path: string; rule: CelRule }> {
  for (const rule of schema[RULES] ?? []) yield { path, rule };
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    yield* rulesIn(property, path === "" ? name : `${path}.${name}`);
  }
  if (schema.items) yield* rulesIn(schema.items, `${path}[]`);
  if (schema.additionalProperties) yield* rulesIn(schema.additionalProperties, `${path}.*`);
}

/** An Actor that has a value at a path, and what is around it. */
function actorWith(path: string, value: unknown): unknown {
  const actor = {
    apiVersion: "troupe.dev/v1alpha1",
    kind: "Actor",
    metadata: { name: "split" },
    spec: path.startsWith("spec.component") ? {} : { component: { oci: OCI } },
  };
  const around = Object.keys(AROUND).filter((at) =>
    path === at || path.startsWith(`${at}.`) || path.startsWith(`${at}[`)
  );
  for (const at of around) merge(actor, partsOf(at).slice(0, -1), AROUND[at]);
  if (path.startsWith("spec.component.configMap")) merge(actor, ["spec", "component"], { sha256: SHA256 });
  if (path === "spec.component.configMap.key") {
    merge(actor, ["spec", "component", "configMap"], { name: "a" });
  }
  const parts = partsOf(path);
  const last = parts.pop() as string;
  const parent = reach(actor, parts, last === "*" && path.endsWith("[]"));
  if (Array.isArray(parent)) parent[0] = value;
  else parent[last === "*" ? "k" : last] = value;
  return actor;
}

function merge(actor: unknown, parts: readonly string[], more: unknown): void {
  Object.assign(reach(actor, parts, false), more);
}

type Node = Record<string | number, unknown>;

/** The object or list at a path; it is made where it is not there. */
function reach(root: unknown, parts: readonly string[], isList: boolean): Node {
  let at = root as Node;
  for (const [i, part] of parts.entries()) {
    const listNext = LISTS.has(parts.slice(0, i + 1).join(".")) || (i === parts.length - 1 && isList);
    const step = part === "*" ? (Array.isArray(at) ? 0 : "k") : part;
    at[step] ??= listNext ? [] : {};
    at = at[step] as Node;
  }
  return at;
}

/** The paths of lists, as parts: which `*` is an entry of a list cannot be seen from them. */
const LISTS: ReadonlySet<string> = new Set(
  [...listsIn(actorSchema(), "")].map((path) => partsOf(path).join(".")),
);

function* listsIn(schema: FieldSchema, path: string): Generator<string> {
  if (schema.type === "array") yield path;
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    yield* listsIn(property, path === "" ? name : `${path}.${name}`);
  }
  if (schema.items) yield* listsIn(schema.items, `${path}[]`);
  if (schema.additionalProperties) yield* listsIn(schema.additionalProperties, `${path}.*`);
}
