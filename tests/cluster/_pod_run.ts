/**
 * The life of a pod on a node: its container is run in the tree of the image, started again when it ends, asked whether it is
 * ready, and told to end when the pod is to go; and all of that the API server is told, as a kubelet does.
 *
 * @module
 */

import { isKubeError, type KubeObject, refOf } from "@troupe/controller/kube";
import type { V1Container, V1PodSpec } from "../../controller/build/kubernetes.ts";
import { Container } from "../image/_container.ts";
import type { ControlPlane } from "./control_plane.ts";
import { needsOf } from "./_pod_needs.ts";

/** How SIGTERM stands in a set of signals. */
const SIGTERM_BIT = 1n << 14n;
/** Pause between two looks whether a process listens for it, in milliseconds: nobody tells. */
const PROBE_MS = 20;
/** How long is waited before a container that has ended more than once is started again, in milliseconds. */
const BACK_OFF_MS = 10_000;
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
  /** How often its container was started again. */
  restarts = 0;
  /** Whether its container answered that it is ready, when it was last asked. */
  ready = false;
  /** Whether its processes have ended, and the API server knows. */
  isGone = false;
  /** Whether it was killed, since it did not end in the time that it has for that. */
  overdue = false;
  readonly #site: PodSite;
  readonly #pod: KubeObject;
  readonly #stopped = new AbortController();
  #container: Container | undefined;
  #held: Promise<unknown> = Promise.resolve();
  #text = "";

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

  /** Whether it is to go, or gone. */
  get isStopped(): boolean {
    return this.#stopped.signal.aborted;
  }

  /** What its containers have said. */
  get text(): string {
    return this.#text + (this.#container?.text ?? "");
  }

  /** The end of that. */
  get tail(): string {
    return `--- ${this.name}\n${this.text.slice(-LOG_TAIL)}`;
  }

  /** Has its container end, as the pod says; what it has from then on it has to end in. */
  stop(): void {
    if (this.isStopped) return;
    this.#stopped.abort();
    void this.#end();
  }

  /** Kills its container with SIGKILL. @param until It is not started again before. @default at once */
  async kill9(until: Promise<unknown> = Promise.resolve()): Promise<void> {
    const container = this.#container;
    this.#held = until;
    kill(container, "SIGKILL");
    await container?.end();
  }

  /** Ends it, whatever it is at, and leaves the pod as it is. */
  async discard(): Promise<void> {
    this.#stopped.abort();
    await this.#container?.[Symbol.asyncDispose]();
    await this.over.catch(() => {});
  }

  async #live(): Promise<void> {
    const { control, ...site } = this.#site;
    const { spec, cluster } = await needsOf(control, this.#pod);
    const [own, ...others] = spec.containers;
    if (!own || others.length > 0) throw new Error(`${this.name}: only a pod of one container is run here`);
    while (!this.isStopped) {
      const container = await Container.start(spec, own, {
        ...{ ...site, cluster, ip: this.ip, hostname: this.name },
        // The kubelet adds that to every container.
        env: { KUBERNETES_SERVICE_HOST: "127.0.0.1", KUBERNETES_SERVICE_PORT: String(control.port) },
      });
      this.#container = container;
      const ended = container.end();
      const asking = this.#ask(own, ended);
      await this.#say(spec, false);
      await ended;
      await asking;
      this.#text += container.text;
      this.#container = undefined;
      this.ready = false;
      this.#site.onChange();
      if (this.isStopped) break;
      this.restarts++;
      await this.#say(spec, false);
      await this.#held;
      if (this.restarts > 1) await pause(BACK_OFF_MS, this.#stopped.signal);
    }
    await this.#gone();
  }

  /** Asks it whether it is ready, again and again, and tells. */
  async #ask(
    { ports = [], startupProbe, readinessProbe }: V1Container,
    ended: Promise<unknown>,
  ): Promise<void> {
    const over = new AbortController();
    void ended.then(() => over.abort());
    const { path = "", port: name } = readinessProbe?.httpGet ?? {};
    const port = ports.find((each) => each.name === name)?.containerPort ?? 0;
    while (!over.signal.aborted) {
      const ready = await fetch(`http://${this.ip}:${port}${path}`, { signal: over.signal }).then(
        async ({ ok, body }) => {
          await body?.cancel();
          return ok;
        },
        () => false,
      );
      if (ready !== this.ready && !over.signal.aborted) {
        this.ready = ready;
        await this.#say(this.#pod.spec as V1PodSpec, ready);
        this.#site.onChange();
      }
      const { periodSeconds = 1 } = (ready ? readinessProbe : startupProbe) ?? {};
      await pause(periodSeconds * 1_000, over.signal);
    }
  }

  /** Tells the API server how it is. */
  async #say({ containers }: V1PodSpec, ready: boolean): Promise<void> {
    const now = new Date().toISOString().replace(/\.\d+/, "");
    const conditions = ["Initialized", "PodScheduled", "ContainersReady", "Ready"].map((type, index) => ({
      type,
      status: index < 2 || ready ? "True" : "False",
      lastTransitionTime: now,
    }));
    const state = this.#container
      ? { running: { startedAt: now } }
      : { waiting: { reason: "CrashLoopBackOff", message: "it has ended" } };
    const status = {
      phase: "Running",
      startTime: now,
      ...{ podIP: this.ip, podIPs: [{ ip: this.ip }], conditions },
      containerStatuses: containers.map(({ name, image }) => ({
        ...{ name, image, imageID: "", ready, started: ready, restartCount: this.restarts, state },
      })),
    };
    await this.#unlessGone(
      this.#site.control.client.merge(refOf(this.#pod), { status }, { subresource: "status" }),
    );
  }

  async #end(): Promise<void> {
    const container = this.#container;
    if (!container) return;
    const { terminationGracePeriodSeconds = 30 } = this.#pod.spec as V1PodSpec;
    const timer = setTimeout(() => {
      this.overdue = true;
      kill(container, "SIGKILL");
    }, terminationGracePeriodSeconds * 1_000);
    const ended = container.end().finally(() => clearTimeout(timer));
    let over = false;
    void ended.then(() => over = true);
    // The first process of a container does not notice a signal for which it does not listen: in its first moments, that is.
    while (!over && !catchesTerm(container)) await new Promise((resolve) => setTimeout(resolve, PROBE_MS));
    kill(container, "SIGTERM");
    await ended;
  }

  /** Its processes have ended: the pod may go. */
  async #gone(): Promise<void> {
    const { namespace, name, uid } = this.#pod.metadata;
    const body = {
      apiVersion: "v1",
      kind: "DeleteOptions",
      gracePeriodSeconds: 0,
      preconditions: { uid },
    };
    const { requests } = this.#site.control.client;
    await this.#unlessGone(
      requests.json("DELETE", `/api/v1/namespaces/${namespace}/pods/${name}`, { body }),
    );
    this.isGone = true;
    this.#site.onChange();
  }

  async #unlessGone(call: Promise<unknown>): Promise<void> {
    try {
      await call;
    } catch (error) {
      if (!isKubeError(error, "troupe.KubeNotFound")) throw error;
    }
  }
}

/** Whether the first process of a container listens for SIGTERM. */
function catchesTerm(container: Container): boolean {
  try {
    const caught = /^SigCgt:\s*(\S+)$/m.exec(Deno.readTextFileSync(`/proc/${container.pid}/status`))?.[1];
    return caught !== undefined && (BigInt(`0x${caught}`) & SIGTERM_BIT) !== 0n;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return false;
  }
}

/** Signals the first process of a container, if there is one. */
function kill(container: Container | undefined, signal: Deno.Signal): void {
  try {
    // Of the number 0, the system thinks that everybody is meant.
    if (container && container.pid > 0) container.kill(signal);
  } catch (error) {
    // It has ended.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    if (signal.aborted) done();
    else signal.addEventListener("abort", done);
  });
}
