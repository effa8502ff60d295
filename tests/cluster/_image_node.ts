/**
 * A node that runs its pods: each of them in the tree of the image, as {@link ../image/_container.ts} runs a container.
 *
 * Everything about a pod is what the API server has of it, and it is told what becomes of the pod; kwok, which tells that of
 * the pods of other tests, leaves these alone ({@linkcode NODE_FLAGS}), and tells of the node.
 *
 * @module
 */

import { Informer, type KubeObject } from "@troupe/controller/kube";
import type { ControlPlaneOptions } from "./control_plane.ts";
import { PodRun, type PodSite } from "./_pod_run.ts";

/** The pods of this node. */
const OURS = "app.kubernetes.io/part-of=troupe";
/** What a control plane is started with, for such a node. */
export const NODE_FLAGS: NonNullable<ControlPlaneOptions["flags"]> = {
  "controller-manager": ["--controllers=statefulset-controller"],
  kwok: [`--disregard-status-with-label-selector=${OURS}`],
};
/** Addresses of this machine that nobody else uses, of pods: each has one of its own, and none gets that of another. */
const ADDRESSES = "127.79";

/** Runs the pods of a cluster until it is disposed. */
export class ImageNode implements AsyncDisposable {
  /** Every pod that there was, oldest first. */
  readonly all: PodRun[] = [];
  readonly #pods = new Map<string, PodRun>();
  readonly #waiting = new Set<() => void>();
  readonly #site: PodSite;
  readonly #end = new AbortController();
  readonly #following: Promise<void>;

  constructor(site: Omit<PodSite, "onChange">) {
    this.#site = { ...site, onChange: () => this.#tell() };
    const informer = new Informer({
      client: site.control.client,
      kind: { apiVersion: "v1", kind: "Pod" },
      labelSelector: OURS,
      onChange: ({ type, object }) => this.#change(object, type === "deleted"),
    });
    this.#following = informer.run(this.#end.signal);
  }

  /** The pods that are there, of an actor, or of the installation (`troupe-controller`, `troupe-x-sink-shop`). */
  of(name: string): PodRun[] {
    return [...this.#pods.values()].filter(({ name: pod, labels }) =>
      labels["app.kubernetes.io/component"] === "actor"
        ? labels["app.kubernetes.io/instance"] === name
        : pod.startsWith(`${name}-`)
    );
  }

  /** How many pods there are. */
  get size(): number {
    return this.#pods.size;
  }

  /** Resolves when something holds. @throws {Error} when it does not come to that, or when a pod cannot be run. */
  async until(
    holds: () => boolean,
    { what, patienceMs }: { what: string; patienceMs: number },
  ): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const check = () => {
      if (holds()) resolve();
    };
    const timer = setTimeout(
      () => reject(new Error(`it does not come to this: ${what}\n${this.tails()}`)),
      patienceMs,
    );
    this.#waiting.add(check);
    check();
    const failed = Promise.all([...this.#pods.values()].map(({ over }) => over)).then(() => promise);
    await Promise.race([promise, failed]).finally(() => {
      clearTimeout(timer);
      this.#waiting.delete(check);
    });
  }

  /** The ends of what the pods that are there have said. */
  tails(): string {
    return [...this.#pods.values()].map(({ tail }) => tail).join("\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#following;
    await Promise.all([...this.#pods.values()].map((pod) => pod.discard()));
  }

  #change(object: KubeObject, gone: boolean): void {
    const { uid = "", deletionTimestamp } = object.metadata as { uid?: string; deletionTimestamp?: string };
    const pod = this.#pods.get(uid);
    if (gone) this.#pods.delete(uid);
    if (gone || deletionTimestamp !== undefined) pod?.stop();
    else if (!pod && (object.spec as { nodeName?: string }).nodeName !== undefined) this.#run(uid, object);
    this.#tell();
  }

  #run(uid: string, object: KubeObject): void {
    const count = this.all.length + 1;
    const pod = new PodRun(this.#site, object, `${ADDRESSES}.${count >> 8}.${count & 255}`);
    this.#pods.set(uid, pod);
    this.all.push(pod);
  }

  #tell(): void {
    for (const check of this.#waiting) check();
  }
}
