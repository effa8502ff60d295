/**
 * The life of a pod on a node: its containers are run in the tree of the image until the pod is to go, and the API server is
 * told how they are, as a kubelet does.
 *
 * @module
 */

import { isKubeError, type KubeObject, refOf } from "@troupe/controller/kube";
import { join } from "@std/path";
import type { V1PodSpec } from "../../controller/build/kubernetes.ts";
import { Container } from "../image/_container.ts";
import { ContainerRun } from "./_container_run.ts";
import type { ControlPlane } from "./control_plane.ts";
import { needsOf } from "./_pod_needs.ts";

/** How much of a log a person is shown, in characters. */
const LOG_TAIL = 1_500;

/** Where pods are run. */
export interface PodSite {
  readonly control: ControlPlane;
  /** The tree of the image. */
  readonly tree: string;
  /** Where volumes are made. */
  readonly folder: string;
  /** Address of the cluster's name server. */
  readonly names: string;
  /** Called when something about the pod has changed. */
  readonly onChange: () => void;
}

/** A pod that is run. */
export class PodRun {
  readonly name: string;
  /** Of the node, for this pod alone. */
  readonly ip: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Resolves when it is gone, from here and from the API server. Rejects when it cannot be run as its spec says. */
  readonly over: Promise<void>;
  /** Whether its processes have ended, and the API server knows. */
  isGone = false;
  readonly #site: PodSite;
  readonly #pod: KubeObject;
  #containers: readonly ContainerRun[] = [];
  #stopped = false;
  #telling: Promise<void> = Promise.resolve();

  constructor(site: PodSite, pod: KubeObject, ip: string) {
    this.#site = site;
    this.#pod = pod;
    this.ip = ip;
    this.name = pod.metadata.name ?? "";
    this.labels = pod.metadata.labels ?? {};
    this.over = this.#live();
    // Whoever has the pod waits for it later.
    this.over.catch(() => site.onChange());
  }

  /** Whether all its containers are ready. */
  get ready(): boolean {
    return this.#containers.length > 0 && this.#containers.every(({ ready }) => ready);
  }

  /** Whether one of its containers was killed, since it did not end in the time that it has for that. */
  get overdue(): boolean {
    return this.#containers.some(({ overdue }) => overdue);
  }

  /** How often its containers were started again. */
  get restarts(): number {
    return this.#containers.reduce((sum, { restarts }) => sum + restarts, 0);
  }

  /** The ends of what its containers have said. */
  get tail(): string {
    return this.#containers.map(({ spec, text }) =>
      `--- ${this.name}, ${spec.name}\n${text.slice(-LOG_TAIL)}`
    )
      .join("\n");
  }

  /** One of its containers. */
  container(name: string): ContainerRun | undefined {
    return this.#containers.find(({ spec }) => spec.name === name);
  }

  /** Has its containers end, as the pod says. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    const { terminationGracePeriodSeconds = 30 } = this.#spec;
    for (const container of this.#containers) void container.stop(terminationGracePeriodSeconds * 1_000);
  }

  /** Kills its containers with SIGKILL. @param until They are not started again before. @default at once */
  async kill9(until?: Promise<unknown>): Promise<void> {
    await Promise.all(this.#containers.map((container) => container.kill9(until)));
  }

  /** Ends it, whatever it is at, and leaves the pod as it is. */
  async discard(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#containers.map((container) => container.discard()));
    await this.over.catch(() => {});
  }

  get #spec(): V1PodSpec {
    return this.#pod.spec as V1PodSpec;
  }

  async #live(): Promise<void> {
    const { control, ...site } = this.#site;
    const { spec, cluster } = await needsOf(control, this.#pod);
    const env = { KUBERNETES_SERVICE_HOST: "127.0.0.1", KUBERNETES_SERVICE_PORT: String(control.port) };
    const options = { ...site, cluster, env, ip: this.ip, hostname: this.name };
    const claims = join(site.folder, "claims", this.name);
    if (!this.#stopped) {
      this.#containers = spec.containers.map((container) =>
        new ContainerRun(container, {
          // The kubelet adds that environment to every container.
          start: () => Container.start(spec, container, { ...options, claims }),
          ip: this.ip,
          onChange: () => this.#changed(),
        })
      );
    }
    await Promise.all(this.#containers.map(({ over }) => over));
    await this.#telling;
    await this.#gone();
  }

  /** Tells the API server, one after the other. */
  #changed(): void {
    this.#site.onChange();
    this.#telling = this.#telling.then(() => this.#say());
    // It is waited for in the end.
    this.#telling.catch(() => {});
  }

  async #say(): Promise<void> {
    const now = new Date().toISOString().replace(/\.\d+/, "");
    const conditions = ["Initialized", "PodScheduled", "ContainersReady", "Ready"].map((type, index) => ({
      type,
      status: index < 2 || this.ready ? "True" : "False",
      lastTransitionTime: now,
    }));
    const containerStatuses = this.#containers.map(({ spec: { name, image }, ready, restarts, runs }) => ({
      ...{ name, image, imageID: "", ready, started: ready, restartCount: restarts },
      state: runs
        ? { running: { startedAt: now } }
        : { waiting: { reason: "CrashLoopBackOff", message: "it has ended" } },
    }));
    const status = {
      ...{ phase: "Running", startTime: now, podIP: this.ip, podIPs: [{ ip: this.ip }] },
      ...{ conditions, containerStatuses },
    };
    const { client } = this.#site.control;
    await unlessGone(client.merge(refOf(this.#pod), { status }, { subresource: "status" }));
  }

  /** Its processes have ended: the pod may go. */
  async #gone(): Promise<void> {
    const { namespace, name, uid } = this.#pod.metadata;
    const body = {
      ...{ apiVersion: "v1", kind: "DeleteOptions" },
      ...{ gracePeriodSeconds: 0, preconditions: { uid } },
    };
    const { requests } = this.#site.control.client;
    await unlessGone(requests.json("DELETE", `/api/v1/namespaces/${namespace}/pods/${name}`, { body }));
    this.isGone = true;
    this.#site.onChange();
  }
}

async function unlessGone(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!isKubeError(error, "troupe.KubeNotFound")) throw error;
  }
}
