/**
 * A spec in which every field is set that means something in a cluster, and for each of its fields another value and what that
 * is seen in.
 *
 * @module
 */

import { actorDefinition } from "@troupe/controller/crd";
import type { OWNED_KINDS } from "@troupe/controller/build";

type Kind = typeof OWNED_KINDS[number]["kind"];

/** A change of one field. */
export interface FieldChange {
  /** As the schema has it, such as `spec.grants.http[].port`. */
  readonly field: string;
  /** Where in {@linkcode EVERYTHING}, such as `grants.http.0.port`. */
  readonly at: string;
  readonly value: unknown;
  /** What is written anew; nothing where only the actor itself or its status shows it. */
  readonly kinds: readonly Kind[];
  /** What is in one of them then. @default the value as text */
  readonly shown?: string;
}

const SHA = "a".repeat(64);
const secret = (key: string) => ({ secretKeyRef: { name: "shop", key } });

/** All fields. */
export const EVERYTHING = {
  component: { oci: `registry.example.com/shop/split@sha256:${SHA}`, pullSecret: "registry" },
  transport: "default",
  isolation: "reuse",
  limits: {
    memory: "64Mi",
    timeout: "20s",
    concurrency: 4,
    emits: 50,
    emittedBytes: "1Mi",
    logBytes: "8Ki",
    hostCalls: 8,
    egressBytes: "2Mi",
    requests: 20,
    requestBytes: "1Mi",
    responseBytes: "1Mi",
    requestTimeout: "5s",
    cpu: "2s",
    residentMemory: "256Mi",
  },
  rate: "100/m",
  grants: {
    route: ["store"],
    env: { LANGUAGE: "en" },
    secrets: { KEY: secret("key") },
    http: [{
      host: "api.example.com",
      scheme: "https",
      port: 8443,
      path: "/v1/",
      methods: ["GET"],
      addresses: ["10.0.0.0/8"],
      headers: { authorization: { from: secret("http"), prefix: "Bearer " } },
    }],
    state: { bucket: "carts", entries: 100, bytes: "1Mi" },
    files: [
      { path: "/a", configMap: "words" },
      { path: "/b", secret: "keys" },
      { path: "/c", persistentVolumeClaim: "models" },
    ],
    clock: "precise",
  },
  resiliency: {
    policies: {
      slow: {
        maxAttempts: 5,
        backoff: "linear",
        initialDelay: "2s",
        maxDelay: "30s",
        maxDuration: "5m",
        jitter: 0.2,
        onExhausted: ["store"],
      },
      quick: { maxAttempts: 2 },
    },
    rules: [{ match: ["openai.RateLimitError"], policy: "slow" }],
  },
  scaling: {
    min: 0,
    max: 20,
    queueLength: 10,
    pollingInterval: "5s",
    cooldownPeriod: "2m",
    activation: 3,
    paused: false,
    fallback: { failureThreshold: 4, replicas: 2, behavior: "static" },
    advanced: {
      behavior: {
        scaleUp: {
          stabilizationWindowSeconds: 5,
          selectPolicy: "Max",
          policies: [{ type: "Pods", value: 4, periodSeconds: 15 }],
        },
        scaleDown: {
          stabilizationWindowSeconds: 400,
          selectPolicy: "Max",
          policies: [{ type: "Percent", value: 50, periodSeconds: 60 }],
        },
      },
      modifiers: {
        formula: "max(queue, office)",
        target: "10",
        activationTarget: "2",
        metricType: "AverageValue",
      },
    },
    triggers: [{
      name: "office",
      type: "prometheus",
      metadata: { query: "up" },
      metricType: "AverageValue",
      useCachedMetrics: false,
      authenticationRef: { name: "metrics" },
    }],
  },
  resources: { requests: { cpu: "500m" }, limits: { memory: "1Gi" } },
  podTemplate: {
    labels: { team: "a" },
    annotations: { "example.com/note": "a" },
    nodeSelector: { disk: "ssd" },
    tolerations: [{
      key: "gpu",
      operator: "Equal",
      value: "yes",
      effect: "NoExecute",
      tolerationSeconds: 60,
    }],
    affinity: { nodeAffinity: {} },
    topologySpreadConstraints: [{ maxSkew: 1, topologyKey: "zone", whenUnsatisfiable: "ScheduleAnyway" }],
    priorityClassName: "system-cluster-critical",
    runtimeClassName: "gvisor",
    imagePullSecrets: [{ name: "pull" }],
  },
  queuePolicy: "Keep",
  suspend: false,
} as const;

const CONFIG = ["ConfigMap", "Deployment"] as const;
const PODS = ["Deployment"] as const;
const SCALER = ["ScaledObject"] as const;

/** A change, at the field's own place in {@linkcode EVERYTHING}. */
function change(
  field: string,
  value: unknown,
  kinds: readonly Kind[],
  { shown, at = field.replaceAll("[]", ".0") }: { readonly shown?: string; readonly at?: string } = {},
): FieldChange {
  return { field: `spec.${field}`, at, value, kinds, ...(shown === undefined ? {} : { shown }) };
}

/** Fields that only a laptop makes something of; a cluster refuses them, or leaves them alone. */
export const OF_LAPTOPS = [
  "spec.component.file",
  "spec.grants.secrets.*.env",
  "spec.grants.secrets.*.file",
  "spec.grants.http[].headers.*.from.env",
  "spec.grants.http[].headers.*.from.file",
  "spec.grants.files[].from",
];

const OTHER_SHA = "b".repeat(64);
const behavior = "scaling.advanced.behavior";

/** One change of each field. */
export const CHANGES: readonly FieldChange[] = [
  change("component.oci", `registry.example.com/shop/other@sha256:${OTHER_SHA}`, CONFIG),
  change("component.pullSecret", "elsewhere", PODS),
  change("component.url", { url: "https://example.com/a.wasm", sha256: SHA }, CONFIG, {
    at: "component",
    shown: "https://example.com/a.wasm",
  }),
  change("component.sha256", { url: "https://example.com/a.wasm", sha256: OTHER_SHA }, CONFIG, {
    at: "component",
    shown: OTHER_SHA,
  }),
  change("component.configMap.name", { configMap: { name: "wasm", key: "a" }, sha256: SHA }, [
    ...CONFIG,
    "NetworkPolicy",
  ], {
    at: "component",
    shown: "wasm",
  }),
  change("component.configMap.key", { configMap: { name: "wasm", key: "bee" }, sha256: SHA }, [
    ...CONFIG,
    "NetworkPolicy",
  ], {
    at: "component",
    shown: "bee",
  }),
  change("transport", "other", ["Deployment", "TriggerAuthentication", "ScaledObject"], { shown: "other" }),
  change("isolation", "fresh", CONFIG),
  change("limits.memory", "65Mi", CONFIG),
  change("limits.timeout", "21s", CONFIG),
  // What hosts have in hand is not seen in a queue: KEDA is told of less that waits.
  change("limits.concurrency", 5, [...CONFIG, "ScaledObject"]),
  change("limits.emits", 51, CONFIG),
  change("limits.emittedBytes", "3Mi", CONFIG),
  change("limits.logBytes", "9Ki", CONFIG),
  change("limits.hostCalls", 9, CONFIG),
  change("limits.egressBytes", "4Mi", CONFIG),
  change("limits.requests", 21, CONFIG),
  change("limits.requestBytes", "1500Ki", CONFIG),
  change("limits.responseBytes", "1600Ki", CONFIG),
  change("limits.requestTimeout", "6s", CONFIG),
  change("limits.cpu", "3s", CONFIG),
  change("limits.residentMemory", "257Mi", CONFIG),
  change("rate", "101/m", CONFIG),
  change("grants.route", ["store", "else"], CONFIG, { shown: "else" }),
  change("grants.env", { LANGUAGE: "de" }, CONFIG, { shown: "LANGUAGE: de" }),
  change("grants.secrets.*.secretKeyRef.name", "vault", PODS, { at: "grants.secrets.KEY.secretKeyRef.name" }),
  change("grants.secrets.*.secretKeyRef.key", "k2", PODS, { at: "grants.secrets.KEY.secretKeyRef.key" }),
  change("grants.http[].host", "b.example.com", CONFIG),
  change("grants.http[].scheme", "http", CONFIG),
  change("grants.http[].port", 9443, [...CONFIG, "NetworkPolicy"]),
  change("grants.http[].path", "/v2/", CONFIG),
  change("grants.http[].methods", ["GET", "POST"], CONFIG, { shown: "POST" }),
  change("grants.http[].addresses", ["10.1.0.0/16"], [...CONFIG, "NetworkPolicy"], { shown: "10.1.0.0/16" }),
  change("grants.http[].headers.*.from.secretKeyRef.name", "vault", PODS, {
    at: "grants.http.0.headers.authorization.from.secretKeyRef.name",
  }),
  change("grants.http[].headers.*.from.secretKeyRef.key", "k2", PODS, {
    at: "grants.http.0.headers.authorization.from.secretKeyRef.key",
  }),
  change("grants.http[].headers.*.prefix", "Token ", CONFIG, {
    at: "grants.http.0.headers.authorization.prefix",
  }),
  change("grants.state.bucket", "orders", CONFIG),
  change("grants.state.entries", 101, CONFIG),
  change("grants.state.bytes", "7Mi", CONFIG),
  change("grants.files[].path", "/aa", CONFIG),
  change("grants.files[].configMap", "terms", PODS),
  change("grants.files[].secret", "locks", PODS, { at: "grants.files.1.secret" }),
  change("grants.files[].persistentVolumeClaim", "weights", PODS, {
    at: "grants.files.2.persistentVolumeClaim",
  }),
  change("grants.clock", "coarse", CONFIG),
  change("resiliency.policies.*.maxAttempts", 6, CONFIG, { at: "resiliency.policies.slow.maxAttempts" }),
  change("resiliency.policies.*.backoff", "constant", CONFIG, { at: "resiliency.policies.slow.backoff" }),
  change("resiliency.policies.*.initialDelay", "3s", CONFIG, { at: "resiliency.policies.slow.initialDelay" }),
  change("resiliency.policies.*.maxDelay", "31s", CONFIG, { at: "resiliency.policies.slow.maxDelay" }),
  change("resiliency.policies.*.maxDuration", "6m", CONFIG, { at: "resiliency.policies.slow.maxDuration" }),
  change("resiliency.policies.*.jitter", 0.3, CONFIG, { at: "resiliency.policies.slow.jitter" }),
  change("resiliency.policies.*.onExhausted", ["else"], CONFIG, {
    at: "resiliency.policies.slow.onExhausted",
    shown: "else",
  }),
  change("resiliency.rules[].match", ["a.Error"], CONFIG, { shown: "a.Error" }),
  change("resiliency.rules[].policy", "quick", CONFIG),
  // A least number of replicas and an activation exclude each other.
  change("scaling.min", { ...EVERYTHING.scaling, min: 2, activation: 0 }, SCALER, {
    at: "scaling",
    shown: '"minReplicaCount":2',
  }),
  change("scaling.max", 21, SCALER),
  change("scaling.queueLength", 11, SCALER),
  change("scaling.pollingInterval", "6s", SCALER, { shown: '"pollingInterval":6' }),
  change("scaling.cooldownPeriod", "3m", SCALER, { shown: '"cooldownPeriod":180' }),
  change("scaling.activation", 4, SCALER),
  change("scaling.paused", true, SCALER, { shown: '"autoscaling.keda.sh/paused":"true"' }),
  change("scaling.fallback.failureThreshold", 5, SCALER),
  change("scaling.fallback.replicas", 3, SCALER),
  change("scaling.fallback.behavior", "currentReplicas", SCALER),
  change(`${behavior}.scaleUp.stabilizationWindowSeconds`, 6, SCALER),
  change(`${behavior}.scaleUp.selectPolicy`, "Min", SCALER),
  change(`${behavior}.scaleUp.policies[].type`, "Percent", SCALER),
  change(`${behavior}.scaleUp.policies[].value`, 5, SCALER),
  change(`${behavior}.scaleUp.policies[].periodSeconds`, 16, SCALER),
  change(`${behavior}.scaleDown.stabilizationWindowSeconds`, 401, SCALER),
  change(`${behavior}.scaleDown.selectPolicy`, "Min", SCALER),
  change(`${behavior}.scaleDown.policies[].type`, "Pods", SCALER),
  change(`${behavior}.scaleDown.policies[].value`, 51, SCALER),
  change(`${behavior}.scaleDown.policies[].periodSeconds`, 61, SCALER),
  change("scaling.advanced.modifiers.formula", "min(queue, office)", SCALER),
  change("scaling.advanced.modifiers.target", "11", SCALER),
  change("scaling.advanced.modifiers.activationTarget", "3", SCALER),
  change("scaling.advanced.modifiers.metricType", "Value", SCALER),
  change("scaling.triggers[].name", { ...EVERYTHING.scaling.triggers[0], name: "desk" }, SCALER, {
    at: "scaling.triggers.0",
    shown: "desk",
  }),
  change("scaling.triggers[].type", "cron", SCALER),
  change("scaling.triggers[].metadata", { query: "down" }, SCALER, { shown: "down" }),
  change("scaling.triggers[].metricType", "Value", SCALER),
  change("scaling.triggers[].useCachedMetrics", true, SCALER, { shown: '"useCachedMetrics":true' }),
  change("scaling.triggers[].authenticationRef.name", "others", SCALER),
  change("resources.requests", { cpu: "600m" }, PODS, { shown: "600m" }),
  change("resources.limits", { memory: "2Gi" }, PODS, { shown: "2Gi" }),
  change("podTemplate.labels", { team: "bee" }, PODS, { shown: "bee" }),
  change("podTemplate.annotations", { "example.com/note": "bee" }, PODS, { shown: "bee" }),
  change("podTemplate.nodeSelector", { disk: "hdd" }, PODS, { shown: "hdd" }),
  change("podTemplate.tolerations[].key", "tpu", PODS),
  change(
    "podTemplate.tolerations[].operator",
    { key: "gpu", operator: "Exists", effect: "NoExecute" },
    PODS,
    {
      at: "podTemplate.tolerations.0",
      shown: "Exists",
    },
  ),
  change("podTemplate.tolerations[].value", "no", PODS),
  change(
    "podTemplate.tolerations[].effect",
    { key: "gpu", operator: "Equal", value: "yes", effect: "NoSchedule" },
    PODS,
    {
      at: "podTemplate.tolerations.0",
      shown: "NoSchedule",
    },
  ),
  change("podTemplate.tolerations[].tolerationSeconds", 61, PODS),
  change("podTemplate.affinity", { podAffinity: {} }, PODS, { shown: "podAffinity" }),
  change(
    "podTemplate.topologySpreadConstraints",
    [{ maxSkew: 1, topologyKey: "rack", whenUnsatisfiable: "ScheduleAnyway" }],
    PODS,
    { shown: "rack" },
  ),
  change("podTemplate.priorityClassName", "system-node-critical", PODS),
  change("podTemplate.runtimeClassName", "kata", PODS),
  change("podTemplate.imagePullSecrets[].name", "drag", PODS),
  change("queuePolicy", "Delete", []),
  change("suspend", true, SCALER, { shown: '"autoscaling.keda.sh/paused-replicas":"0"' }),
];

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
}

/** All fields of the schema that hold a value, and no further fields. */
export function fieldsOfSpec(): string[] {
  const [version] = (actorDefinition() as unknown as {
    readonly spec: {
      readonly versions: readonly { readonly schema: { readonly openAPIV3Schema: Schema } }[];
    };
  }).spec.versions;
  return [...leaves(version?.schema.openAPIV3Schema.properties?.spec ?? {}, "spec")];
}

function* leaves({ properties, items, additionalProperties }: Schema, path: string): Generator<string> {
  if (properties) {
    for (const [name, schema] of Object.entries(properties)) yield* leaves(schema, `${path}.${name}`);
  } else if (items?.properties) yield* leaves(items, `${path}[]`);
  else if (typeof additionalProperties === "object" && additionalProperties.properties) {
    yield* leaves(additionalProperties, `${path}.*`);
  } else yield path;
}

/** {@linkcode EVERYTHING} with another value somewhere. */
export function changed({ at, value }: Pick<FieldChange, "at" | "value">): Record<string, unknown> {
  const spec = structuredClone(EVERYTHING) as unknown as Record<string, unknown>;
  const names = at.split(".");
  const last = names.pop() ?? "";
  const place = names.reduce((object, name) => object[name] as Record<string, unknown>, spec);
  if (!(last in place)) throw new TypeError(`there is no ${at}`);
  place[last] = value;
  return spec;
}
