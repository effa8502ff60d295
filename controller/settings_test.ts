import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { stringify } from "yaml";
import { ActorSpecError } from "./errors.ts";
import { parseSettings } from "./settings.ts";

const TRANSPORT = { address: "rabbitmq://rabbitmq.queues.svc", credentials: { secret: "broker" } };
const SPEC = { image: "registry.example.com/host:1", transports: { default: TRANSPORT } };

function read(spec: Record<string, unknown>) {
  const settings = {
    apiVersion: "troupe.dev/v1alpha1",
    kind: "ControllerSettings",
    spec: { ...SPEC, ...spec },
  };
  return parseSettings(stringify(settings), { file: "settings.yaml" });
}

Deno.test("settings need an image and a transport; the rest has a default", () => {
  assertEquals(read({}), {
    image: "registry.example.com/host:1",
    imagePullPolicy: "IfNotPresent",
    transports: {
      default: {
        address: "rabbitmq://rabbitmq.queues.svc",
        credentials: { secret: "broker", username: "username", password: "password" },
        crew: true,
      },
    },
    env: {},
    network: {
      dns: [{ namespace: "kube-system", pods: { "k8s-app": "kube-dns" } }],
      scrapers: [],
      others: [],
    },
    resources: { requests: { cpu: "100m", memory: "256Mi" } },
    cacheSize: 1024 ** 3,
    triggers: ["cron", "cpu", "memory"],
    requireHardening: true,
    controller: {
      replicas: 2,
      resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "1Gi" } },
      podTemplate: {},
      apiServer: { ports: [443, 6443] },
    },
    crew: {
      namespaces: ["default"],
      replicas: 1,
      resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "512Mi" } },
      podTemplate: {},
      retention: 7 * 24 * 3_600_000,
      keepIds: 14 * 24 * 3_600_000,
      storage: { size: 10 * 1024 ** 3 },
    },
  });
});

const transport = (more: Record<string, unknown>) => ({ transports: { default: { ...TRANSPORT, ...more } } });

const STORE = { address: "postgres://mesh@postgres.data.svc/shop" };

const REFUSED: Record<string, { spec: Record<string, unknown>; says: string[] }> = {
  "several replicas of a crew that has a file": {
    spec: { crew: { replicas: 2 } },
    says: ["spec.crew.replicas is more than 1, which needs a store"],
  },
  "ids that are forgotten before what came under them": {
    spec: { crew: { retention: "30m", keepIds: "10m" } },
    says: ["spec.crew.keepIds is less than retention"],
  },
  "a schema that several crews would share": {
    spec: {
      store: { address: `${STORE.address}?schema=mesh` },
      crew: { namespaces: ["shop", "billing"] },
    },
    says: ["spec.store.address names a schema, and there are crews of shop, billing"],
  },
  "a folder of a bucket with no room for those of meshes": {
    spec: { objects: { address: `s3://shop/${"a".repeat(160)}` } },
    says: ["spec.objects.address", "159 characters"],
  },
  "several crews beside Asya": {
    spec: {
      transports: { default: { ...TRANSPORT, address: `${TRANSPORT.address}?mode=asya` } },
      crew: { namespaces: ["shop", "billing"] },
    },
    says: ["spec.transports.default has mode=asya", "not those of shop, billing"],
  },
  "a namespace that is none": {
    spec: { crew: { namespaces: ["Shop"] } },
    says: ["spec.crew.namespaces[0] has to be the name of a namespace"],
  },
  "no transport called default": {
    spec: { transports: { eu: TRANSPORT } },
    says: ["spec.transports has no transport called default"],
  },
  "a password in an address": {
    spec: transport({ address: "rabbitmq://me:secret@rabbitmq.queues.svc" }),
    says: [
      "spec.transports.default.address must not hold a user or a password",
      "the Secret that credentials",
    ],
  },
  "an address that is none": {
    spec: transport({ address: "rabbitmq://rabbitmq.queues.svc?namespace=A_B" }),
    says: ["spec.transports.default.address", "namespace is not a DNS label"],
  },
  "a queue in a file": {
    spec: transport({ address: "embedded:mesh.db" }),
    says: ["in a cluster, queues are on RabbitMQ"],
  },
  "a broker that no policy can name": {
    spec: transport({ address: "rabbitmqs://broker.example.com" }),
    says: ["spec.transports.default needs peers", "broker.example.com", "NAME.NAMESPACE.svc"],
  },
  "TLS without it": {
    spec: transport({ tls: { secret: "ca" } }),
    says: ["spec.transports.default.tls has a meaning with rabbitmqs:// only"],
  },
  "a file of certificates in an address": {
    spec: transport({ address: "rabbitmqs://rabbitmq.queues.svc?cacertfile=/a" }),
    says: ["names a file", "under tls"],
  },
  "a management interface with credentials": {
    spec: transport({ management: "http://me:secret@rabbitmq.queues.svc:15672" }),
    says: ["spec.transports.default.management has to be a URL", "without credentials"],
  },
  "a peer of two kinds": {
    spec: transport({ peers: [{ cidr: "10.0.0.0/8", namespace: "queues" }] }),
    says: ["spec.transports.default.peers[0] has to have either cidr, or namespace"],
  },
  "a network that is none": {
    spec: { network: { others: [{ cidr: "10.0.0.1" }] } },
    says: ["spec.network.others[0].cidr has to be a network"],
  },
  "a password of the store": {
    spec: { store: { address: "postgres://me:secret@postgres.data.svc/shop" } },
    says: ["spec.store.address must not hold a password"],
  },
  "a store in a file": { spec: { store: { address: "results.db" } }, says: ["such as postgres://"] },
  "a store that no policy can name": {
    spec: { store: { address: "postgres://me@db.example.com/shop" } },
    says: ["spec.store needs peers"],
  },
  "a setting that was mistyped": {
    spec: { imge: "a" },
    says: ["spec.imge is not a setting; did you mean image?"],
  },
};

for (const [name, { spec, says }] of Object.entries(REFUSED)) {
  Deno.test(`settings are refused with ${name}`, () => {
    const { message } = assertThrows(() => read(spec), ActorSpecError);
    for (const part of says) assertStringIncludes(message, part);
    assertEquals(message.includes("secret@"), false, message);
  });
}
