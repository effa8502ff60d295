/**
 * The settings whose installations are kept in `golden/`, one file each.
 *
 * @module
 */

import { TRANSPORT } from "../build/build_testing.ts";
import type { InstallationOptions } from "./mod.ts";

/** What is installed of what. */
export interface InstallCase extends InstallationOptions {
  /** Beside an image and a transport. @default none */
  readonly settings?: Readonly<Record<string, unknown>>;
}

const STORE = {
  address: "postgres://mesh@postgres.data.svc/shop",
  password: { name: "store", key: "password" },
};

/** The settings, by the names of their files. */
export const INSTALLED: Readonly<Record<string, InstallCase>> = {
  "minimal": {},
  "with_a_store": { settings: { store: STORE, crew: { namespaces: ["shop"], replicas: 2 } } },
  "two_meshes_in_files": {
    settings: {
      transports: {
        default: TRANSPORT,
        eu: { ...TRANSPORT, address: "rabbitmq://eu.queues.svc?namespace=prod" },
      },
      crew: { namespaces: ["shop"], storage: { size: "1Gi", className: "fast" } },
    },
  },
  "no_crew": {
    settings: { transports: { default: { ...TRANSPORT, crew: false } }, controller: { replicas: 1 } },
  },
  "everything": {
    namespace: "mesh",
    settings: {
      imagePullPolicy: "Always",
      transports: {
        default: {
          address: "rabbitmqs://a.mq.example.com,b.mq.example.com:5673/shop?namespace=prod",
          credentials: { secret: "broker", username: "user", password: "pass" },
          tls: { secret: "broker-ca" },
          management: "https://mq.example.com:15671/",
          peers: [{ cidr: "10.20.0.0/16" }],
        },
        asya: { ...TRANSPORT, address: "rabbitmq://rabbitmq.asya.svc?mode=asya", crew: false },
      },
      store: STORE,
      objects: { address: "s3://shop/mesh?region=eu-central-1", keys: { secret: "bucket" } },
      state: { address: "redis://redis.data.svc" },
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector.telemetry.svc:4318" },
      network: {
        dns: [{ cidr: "169.254.20.10/32" }],
        scrapers: [{ namespace: "monitoring", pods: { app: "prometheus" } }],
        others: [{ namespace: "telemetry" }],
      },
      cacheSize: "2Gi",
      controller: {
        replicas: 3,
        resources: { requests: { cpu: "1" } },
        podTemplate: {
          labels: { team: "platform" },
          annotations: { "example.com/note": "a" },
          nodeSelector: { "kubernetes.io/os": "linux" },
          tolerations: [{ key: "system", operator: "Exists" }],
          priorityClassName: "system-cluster-critical",
          imagePullSecrets: [{ name: "pull" }],
        },
        apiServer: { peers: [{ cidr: "10.0.0.1/32" }], ports: [6443] },
      },
      crew: {
        replicas: 2,
        resources: { limits: { memory: "1Gi" } },
        podTemplate: { topologySpreadConstraints: [], imagePullSecrets: [{ name: "pull" }] },
        retention: "720h",
        keepIds: "1440h",
      },
    },
  },
};
