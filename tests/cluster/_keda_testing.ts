/**
 * All that scales, for tests: a control plane with KEDA, a broker with its management interface, and a controller under the
 * roles that it ships.
 *
 * @module
 */

import type { KubeObject } from "@troupe/controller/kube";
import { serverFolder } from "../servers/_process.ts";
import { RabbitmqServer } from "../servers/rabbitmq.ts";
import { TcpProxy } from "../servers/tcp_proxy.ts";
import { childOf, comes, ControllerSite } from "./_controller_testing.ts";
import type { LoggedProcess } from "./_logged_process.ts";
import { buildWork, ScaledMesh, type ScaledMeshOptions, type Work } from "./_scaled_mesh.ts";
import { ControlPlane } from "./control_plane.ts";
import { Keda } from "./keda.ts";
import { until } from "./until.ts";

/** As fast as it goes: tests have not the time of a cluster. */
export const FAST = {
  pollingInterval: "1s",
  cooldownPeriod: "0s",
  advanced: { behavior: { scaleDown: { stabilizationWindowSeconds: 0 } } },
};

/** All that scales. */
export class KedaSite implements AsyncDisposable {
  readonly control: ControlPlane;
  readonly keda: Keda;
  readonly broker: RabbitmqServer;
  readonly controller: LoggedProcess;
  /** What the controller has been given, and what it has done. */
  readonly site: ControllerSite;
  /** The network before the management interface: KEDA's way to it, and nobody else's. */
  readonly management: TcpProxy;
  readonly #work: Work;

  private constructor(
    control: ControlPlane,
    { keda, broker, site, controller, management, work }: {
      readonly keda: Keda;
      readonly broker: RabbitmqServer;
      readonly site: ControllerSite;
      readonly controller: LoggedProcess;
      readonly management: TcpProxy;
      readonly work: Work;
    },
  ) {
    this.site = site;
    this.control = control;
    this.management = management;
    this.keda = keda;
    this.broker = broker;
    this.controller = controller;
    this.#work = work;
  }

  /** Starts it all. */
  static async start(): Promise<KedaSite> {
    const [control, broker, work] = await Promise.all([
      ControlPlane.start(),
      RabbitmqServer.start({ management: true, tls: true }),
      buildWork(await serverFolder("work")),
    ]);
    const keda = await Keda.start(control);
    const management = new TcpProxy({ port: Number(new URL(broker.management).port) });
    const { port, user, password, tlsPort, certificate } = broker;
    const site = await ControllerSite.make(control, {
      ...{ port, user, password, tlsPort, certificate },
      management: `http://127.0.0.1:${management.port}`,
    });
    const controller = await site.start("one");
    return new KedaSite(control, { keda, broker, site, controller, management, work });
  }

  /** Makes an actor in a namespace, with its pods. */
  mesh(
    namespace: string,
    spec: Readonly<Record<string, unknown>>,
    options: Pick<ScaledMeshOptions, "hosts" | "credentials" | "name"> = {},
  ): Promise<ScaledMesh> {
    const { broker, control: { client } } = this;
    return ScaledMesh.make({ client, namespace, broker, work: this.#work, spec, ...options });
  }

  /**
   * Resolves when another actor has come from 0 replicas to 1 and back, as its queue became longer and empty: whatever KEDA
   * wanted to do meanwhile, it has done.
   */
  async round(): Promise<void> {
    await using other = await this.mesh(await this.control.makeNamespace(), {
      limits: { timeout: "1s" },
      scaling: FAST,
    });
    await comes(other.client, other.actor, ["Ready", "True"]);
    await other.send(1, 0);
    await other.allCame();
    await other.pods.until((present) => present === 0);
  }

  /** Resolves when KEDA has looked at the queue of an actor so many times more. */
  async looks({ namespace }: ScaledMesh, count: number): Promise<void> {
    await this.keda.says(
      "operator",
      (line) => line.includes("ScaleTarget no change") && line.includes(namespace),
      count,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.controller.stop();
    await this.keda.stop();
    await Promise.all([this.control.stop(), this.management.close(), this.broker.stop()]);
  }
}

/** What is made for the actor of a mesh, by kind, as it is now. */
export function made(
  { client, namespace, actor }: ScaledMesh,
  kind: Parameters<typeof childOf>[2],
): Promise<KubeObject> {
  return client.get(childOf(namespace, actor.metadata.name ?? "", kind));
}

/** The autoscaler of an actor: it has the name of all that is made for it. */
export function autoscalerOf(
  { namespace, actor }: { readonly namespace: string; readonly actor: KubeObject },
) {
  const { name } = childOf(namespace, actor.metadata.name ?? "", "Deployment");
  return { apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler", name, namespace };
}

/** Resolves when the autoscaler has looked again, and wants so many replicas. */
export async function autoscaled(mesh: ScaledMesh, replicas: number): Promise<void> {
  const ref = autoscalerOf(mesh);
  const status = (object: KubeObject | undefined) =>
    object?.status as { currentReplicas?: number; desiredReplicas?: number } | undefined;
  await until(mesh.client, ref, (object) => {
    const { currentReplicas, desiredReplicas } = status(object) ?? {};
    return currentReplicas === replicas && desiredReplicas === replicas;
  });
}
