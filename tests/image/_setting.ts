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
/** Addresses of this machine that nobody else uses: of the name server, and of pods. */
const NAMES_IP = "127.77.0.1";
/** The address of the pod. */
export const POD_IP = "127.77.0.2";

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
  /** The pod of an actor `a` whose component gives back what it gets. */
  readonly actor: PodPlan;
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
  const [broker, postgres] = await Promise.all([
    RabbitmqServer.start().then((server) => stack.adopt(server, () => server.stop())),
    PostgresServer.start().then((server) => stack.adopt(server, () => server.stop())),
    assembleFromContext(context, tree),
  ]);
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
  const cluster = (configMaps: Readonly<Record<string, Data>>): ClusterData => ({
    secrets: {
      broker: { username: broker.user, password: broker.password },
      store: { password: postgres.password },
    },
    configMaps,
  });
  const transport = await openTransport(broker.address({ namespace: NAMESPACE }));
  stack.defer(() => transport.close());
  await run({
    tree,
    names,
    postgres,
    transport,
    actor: await actorPod(given(), cluster),
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

type ToCluster = (configMaps: Readonly<Record<string, Data>>) => ClusterData;

async function actorPod(settings: ReturnType<typeof settingsOf>, cluster: ToCluster): Promise<PodPlan> {
  const component = await watComponent({ handle: "(call $return (local.get $at) (local.get $length))" });
  const sha256 = encodeHex(await crypto.subtle.digest("SHA-256", new Uint8Array(component)));
  const configMap = { name: "component-a", key: "component.wasm" };
  const object = stored({ component: { configMap, sha256 } }, { name: "a", namespace: NAMESPACE });
  const { objects } = buildActor(readClusterActor(object), settings);
  const pod = objects.find(({ kind }) => kind === "Deployment");
  if (pod?.kind !== "Deployment" || !pod.spec.template.spec) throw new TypeError("there is no Deployment");
  return {
    pod: pod.spec.template.spec,
    cluster: cluster({ ...configMapsOf(objects), [configMap.name]: { [configMap.key]: component } }),
  };
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
