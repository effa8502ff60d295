/**
 * The actors whose objects are kept in `golden/`, one file each.
 *
 * @module
 */

import { type Case, OCI, SHA256, TRANSPORT } from "./build_testing.ts";

/** The actors, by the names of their files. */
export const GOLDEN: Readonly<Record<string, Case>> = {
  "minimal": {},
  "longest_name": { name: "a".repeat(63), namespace: "b".repeat(63) },
  "everything": {
    spec: {
      component: { oci: OCI, pullSecret: "registry" },
      isolation: "reuse",
      limits: { memory: "64Mi", timeout: "1m30s", concurrency: 4 },
      rate: "100/m",
      grants: {
        route: ["store", "review-*"],
        env: { LANGUAGE: "en" },
        secrets: {
          API_KEY: { env: "SHOP_API_KEY", secretKeyRef: { name: "shop", key: "api-key" } },
          TOKEN: { secretKeyRef: { name: "tokens", key: "v1" } },
        },
        files: [
          { from: "./words", path: "/words", configMap: "words" },
          { path: "/keys", secret: "keys" },
          { path: "/models", persistentVolumeClaim: "models" },
        ],
        http: [
          { host: "api.example.com", path: "/v1/", methods: ["GET", "POST"] },
          {
            host: "llm.example.com",
            port: 8443,
            headers: {
              "x-team": { from: { secretKeyRef: { name: "llm", key: "team" } } },
              authorization: { from: { secretKeyRef: { name: "llm", key: "key" } }, prefix: "Bearer " },
            },
          },
          { host: "prices.shop.svc", scheme: "http", port: 8080, addresses: ["10.0.0.0/8"] },
        ],
        state: { bucket: "carts" },
        clock: "precise",
      },
      resiliency: {
        policies: { slow: { maxAttempts: 5, initialDelay: "2s" } },
        rules: [{ match: ["openai.RateLimitError"], policy: "slow" }, { match: ["*"], policy: "never" }],
      },
      scaling: {
        min: 1,
        max: 20,
        queueLength: 10,
        pollingInterval: "5s",
        cooldownPeriod: "2m",
        fallback: { replicas: 2 },
        advanced: {
          behavior: { scaleDown: { policies: [{ type: "Percent", value: 50, periodSeconds: 60 }] } },
          modifiers: { formula: "max(queue, office)", target: "10" },
        },
        triggers: [{
          name: "office",
          type: "cron",
          metadata: {
            timezone: "Europe/Berlin",
            start: "0 8 * * *",
            end: "0 18 * * *",
            desiredReplicas: "2",
          },
        }],
      },
      resources: { requests: { cpu: "500m" }, limits: { "nvidia.com/gpu": 1 } },
      podTemplate: {
        labels: { team: "a" },
        annotations: { "example.com/note": "b" },
        nodeSelector: { disk: "ssd" },
        tolerations: [{ key: "gpu", operator: "Exists", effect: "NoSchedule" }],
        affinity: {
          podAntiAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [{
              weight: 1,
              podAffinityTerm: {
                topologyKey: "kubernetes.io/hostname",
                labelSelector: { matchLabels: { "app.kubernetes.io/instance": "split" } },
              },
            }],
          },
        },
        topologySpreadConstraints: [{
          maxSkew: 1,
          topologyKey: "topology.kubernetes.io/zone",
          whenUnsatisfiable: "ScheduleAnyway",
        }],
        priorityClassName: "batch",
        runtimeClassName: "gvisor",
        imagePullSecrets: [{ name: "pull" }],
      },
      queuePolicy: "Delete",
    },
    settings: {
      transports: {
        default: {
          address: "rabbitmqs://a.mq.example.com,b.mq.example.com:5673/shop?namespace=prod",
          credentials: { secret: "broker", username: "user", password: "pass" },
          tls: { secret: "broker-ca" },
          management: "https://mq.example.com:15671/",
          peers: [{ cidr: "203.0.113.0/24" }],
        },
      },
      store: {
        address: "postgres://mesh@postgres.data.svc/shop",
        password: { name: "store", key: "password" },
      },
      objects: { address: "s3://shop/mesh?region=eu-central-1", keys: { secret: "bucket" } },
      state: { address: "redis://redis.data.svc", password: { name: "state", key: "password" } },
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector.telemetry.svc:4318" },
      network: {
        scrapers: [{ namespace: "monitoring", pods: { app: "prometheus" } }],
        components: [{ cidr: "198.51.100.0/24" }],
        others: [{ namespace: "telemetry" }],
      },
    },
  },
  "component_in_a_config_map": {
    spec: {
      component: { configMap: { name: "component-split", key: "component.wasm.gz" }, sha256: SHA256 },
      scaling: { max: 1 },
    },
  },
  "component_at_a_url": {
    spec: { component: { url: "https://files.example.com:8443/split.wasm", sha256: SHA256 } },
  },
  "busy_unseen": {
    spec: { limits: { timeout: "20m", concurrency: 8 }, scaling: { queueLength: 50, activation: 3 } },
  },
  "seen_over_http": {
    spec: { limits: { timeout: "20m", concurrency: 8 }, scaling: { queueLength: 50, activation: 3 } },
    settings: { transports: { default: { ...TRANSPORT, management: "http://rabbitmq.queues.svc:15672" } } },
  },
  "suspended": { spec: { suspend: true, scaling: { paused: true } } },
  "paused": { spec: { scaling: { paused: true } } },
  "shared_with_asya": {
    settings: {
      transports: {
        default: { ...TRANSPORT, address: "rabbitmq://rabbitmq.queues.svc?mode=asya&namespace=shop" },
      },
    },
  },
};
