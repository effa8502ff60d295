/**
 * An image, and the cluster that its pods find: a broker, a store, and names for both.
 *
 * @module
 */

import { encodeHex } from "@std/encoding/hex";
import { buildActor } from "@troupe/controller/build";
import { readClusterActor } from "@troupe/controller/cluster_actor";
import { installation, type InstallObject } from "@troupe/controller/install";
import { openTransport } from "@troupe/host/transport/open";
import type { Transport } from "@troupe/host/transport";
import { join } from "@std/path";
import { settingsOf } from "../../controller/build/build_testing.ts";
import type { V1Container, V1PodSpec } from "../../controller/build/kubernetes.ts";
import { stored } from "../../controller/crd/stored_testing.ts";
import { watComponent } from "../../host/stage/_testing.ts";
import { PostgresServer } from "../servers/postgres.ts";
import { RabbitmqServer } from "../servers/rabbitmq.ts";
import { Container, type ContainerOptions } from "./_container.ts";
import { assembleFromContext, copyContext } from "./_context.ts";
import type { ClusterData, Data } from "./_kubelet.ts";
import { NameServer } from "./_name_server.ts";

/** The mesh. */
const NAMESPACE = "shop";
const [third = 0, fourth = 0] = crypto.getRandomValues(new Uint8Array(2));
/** Addresses of this machine that nobody else uses, not even this test, should it run twice. */
const NETWORK = `127.${128 + third % 100}.${fourth}`;
const NAMES_IP = `${NETWORK}.1`;
/** The address of the pod. */
export const POD_IP: string = `${NETWORK}.2`;

/** A pod, and what it refers to. */
export interface PodPlan {
  readonly pod: V1PodSpec;
  readonly cluster: ClusterData;
}

/** What tests work with. */
export interface Setting {
  /** The tree of the image. */
  readonly tree: string;
  readonly names: NameServer;
  readonly postgres: PostgresServer;
  /** Transport of the mesh. */
  readonly transport: Transport;
  /** A component that gives back what it gets. */
  readonly component: Uint8Array;
  /** The pod of an actor `a`. @param secrets More of the cluster. @param from Where its component is. @default a ConfigMap */
  actor(from?: Readonly<Record<string, unknown>>, secrets?: Readonly<Record<string, Data>>): PodPlan;
  /** The pods of what is installed, by name. @param settings Changed. */
  installed(settings?: Readonly<Record<string, unknown>>): Readonly<Record<string, PodPlan>>;
  /** Runs a container of a pod, the first or the one with the name. */
  start(plan: PodPlan, options?: StartOptions): Promise<Container>;
}

/** How a container is started otherwise than the pod says. */
export interface StartOptions extends Partial<Pick<ContainerOptions, "env" | "mounts">> {
  /** @default the first */
  readonly name?: string;
  /** Replaces what it runs. */
  readonly container?: Partial<V1Container>;
}

/** Runs a test. @param env Of hosts, as the settings of the controller have it. */
export async function withSetting(
  env: Readonly<Record<string, string>>,
  run: (setting: Setting) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "troupe_image_" });
  await using stack = new AsyncDisposableStack();
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const tree = join(folder, "tree");
  const context = join(folder, "context");
  await copyContext(context);
  const starts = [
    RabbitmqServer.start().then((server) => stack.adopt(server, () => server.stop())),
    PostgresServer.start().then((server) => stack.adopt(server, () => server.stop())),
    assembleFromContext(context, tree),
  ] as const;
  // What has started is ended also where something else has not.
  await Promise.allSettled(starts);
  const [broker, postgres] = await Promise.all(starts);
  const names = stack.use(
    await NameServer.start(
      { "rabbitmq.queues.svc": broker.host, "postgres.data.svc": postgres.host },
      NAMES_IP,
    ),
  );
  const given = (more: Readonly<Record<string, unknown>> = {}) =>
    settingsOf({
      transports: {
        default: {
          address: `rabbitmq://rabbitmq.queues.svc:${broker.port}?namespace=${NAMESPACE}`,
          credentials: { secret: "broker" },
        },
      },
      store: {
        address: `postgres://${postgres.user}@postgres.data.svc:${postgres.port}/postgres`,
        password: { name: "store", key: "password" },
      },
      env,
      ...more,
    });
  const component = await watComponent({ handle: "(call $return (local.get $at) (local.get $length))" });
  const sha256 = encodeHex(await crypto.subtle.digest("SHA-256", new Uint8Array(component)));
  const cluster: ToCluster = (configMaps, secrets = {}) => ({
    secrets: {
      ...secrets,
      broker: { username: broker.user, password: broker.password },
      store: { password: postgres.password },
      tokens: { v1: "token" },
      keys: { "public.pem": "key" },
    },
    configMaps: {
      ...configMaps,
      words: { "words.txt": "words" },
      component: { "component.wasm": component },
    },
  });
  const transport = await openTransport(broker.address({ namespace: NAMESPACE }));
  stack.defer(() => transport.close());
  await run({
    tree,
    names,
    postgres,
    transport,
    component,
    actor: (from = { configMap: { name: "component", key: "component.wasm" }, sha256 }, secrets = {}) =>
      actorPod(from, { settings: given(), cluster: (configMaps) => cluster(configMaps, secrets) }),
    installed: (more) => installedPods(installation(given(more)), cluster),
    start: async ({ pod, cluster }, { name, container = {}, ...options } = {}) => {
      const own = pod.containers.find((each) => name === undefined || each.name === name);
      if (!own) throw new TypeError(`the pod has no container ${name}`);
      return await Container.start(pod, { ...own, ...container }, {
        ...{ tree, folder, cluster, names: NAMES_IP, ip: POD_IP },
        ...options,
      });
    },
  });
}

type ToCluster = (
  configMaps: Readonly<Record<string, Data>>,
  secrets?: Readonly<Record<string, Data>>,
) => ClusterData;

function actorPod(
  component: Readonly<Record<string, unknown>>,
  { settings, cluster }: { readonly settings: ReturnType<typeof settingsOf>; readonly cluster: ToCluster },
): PodPlan {
  // What a host cannot read of what is granted, it does not start without.
  const grants = {
    secrets: { TOKEN: { secretKeyRef: { name: "tokens", key: "v1" } } },
    files: [
      { path: "/words", configMap: "words" },
      { path: "/keys", secret: "keys" },
      { path: "/models", persistentVolumeClaim: "models" },
    ],
  };
  const object = stored({ component, grants }, { name: "a", namespace: NAMESPACE });
  const { objects } = buildActor(readClusterActor(object), settings);
  const pod = objects.find(({ kind }) => kind === "Deployment");
  if (pod?.kind !== "Deployment" || !pod.spec.template.spec) throw new TypeError("there is no Deployment");
  return { pod: pod.spec.template.spec, cluster: cluster(configMapsOf(objects)) };
}

function installedPods(objects: readonly InstallObject[], cluster: ToCluster): Record<string, PodPlan> {
  const pods: Record<string, PodPlan> = {};
  for (const object of objects) {
    const spec = "spec" in object && "template" in object.spec ? object.spec.template.spec : undefined;
    if (spec) pods[object.metadata.name] = { pod: spec, cluster: cluster(configMapsOf(objects)) };
  }
  return pods;
}

function configMapsOf(
  objects: readonly {
    readonly kind: string;
    readonly metadata: { readonly name: string };
    readonly data?: Data;
  }[],
): Record<string, Data> {
  return Object.fromEntries(
    objects.filter(({ kind }) => kind === "ConfigMap").map((
      { metadata, data = {} },
    ) => [metadata.name, data]),
  );
}
