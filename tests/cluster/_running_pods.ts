/**
 * The pods of an actor as real host processes: one is started for each pod that kwok says to run, and told to end when the pod
 * goes, as a kubelet would do, with the pod's own time for that.
 *
 * A host is told what its pod is told: the spec that the controller has written into the actor's ConfigMap, and the transport
 * of the pod's environment. Not as in a cluster: the component lies in a file of this machine, transpiled components are in
 * one folder for all of them, and a pod is gone from the API server before its process has ended.
 *
 * @module
 */

import { objectName } from "@troupe/controller/build";
import { Informer, type KubeClient, type KubeObject } from "@troupe/controller/kube";
import { dirname, fromFileUrl, join } from "@std/path";
import { z } from "zod";
import { serverFolder, ServerProcess } from "../servers/_process.ts";

const ROOT = fromFileUrl(new URL("../..", import.meta.url));
/** What a host tells when it has begun to work. */
const RUNS = '"it runs"';

const PodShape = z.looseObject({
  metadata: z.looseObject({ name: z.string(), uid: z.string(), deletionTimestamp: z.string().optional() }),
  spec: z.looseObject({
    terminationGracePeriodSeconds: z.number(),
    containers: z.tuple([z.looseObject({
      env: z.array(z.looseObject({ name: z.string(), value: z.string().optional() })),
    })]),
  }),
  status: z.looseObject({ phase: z.string().optional() }).optional(),
});
type Pod = z.output<typeof PodShape>;
const ConfigMapShape = z.looseObject({ data: z.looseObject({ "actor.yaml": z.string() }) });

/** What the pods are run with. */
export interface RunningPodsOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly actor: string;
  /** File of the component. */
  readonly component: string;
  /** Folder for transpiled components. */
  readonly cache: string;
  /** Who connects to the broker. */
  readonly broker: { readonly user: string; readonly password: string };
  /** Whether hosts are run; else pods are counted only, and nobody takes from the queue. @default true */
  readonly hosts?: boolean | undefined;
}

interface Running {
  readonly process: ServerProcess;
  readonly log: string;
  readonly graceMs: number;
  timer?: ReturnType<typeof setTimeout>;
}

/** Runs the pods of an actor until it is disposed. */
export class RunningPods implements AsyncDisposable {
  /** How many pods there were, and how many at once. */
  readonly counts = { made: 0, most: 0 };
  /** Hosts that did not end in the time that their pods have for it. */
  readonly overdue: string[] = [];
  readonly #options: RunningPodsOptions;
  readonly #end = new AbortController();
  readonly #pods = new Map<string, Promise<Running>>();
  readonly #seen = new Set<string>();
  readonly #present = new Set<string>();
  readonly #waiting = new Set<() => void>();
  readonly #informer: Informer;
  readonly #following: Promise<void>;

  constructor(options: RunningPodsOptions) {
    this.#options = options;
    const { client, namespace, actor } = options;
    this.#informer = new Informer({
      client,
      kind: { apiVersion: "v1", kind: "Pod" },
      namespace,
      labelSelector: `app.kubernetes.io/instance=${actor}`,
      onChange: ({ type, object }) => this.#change(object, type === "deleted"),
    });
    this.#following = this.#informer.run(this.#end.signal);
  }

  /** How many pods there are now. */
  get present(): number {
    return this.#present.size;
  }

  /** Resolves when the number of pods is such that something holds. @throws {Error} when it does not come to that. */
  async until(
    holds: (present: number) => boolean,
    { patienceMs = 60_000 }: { readonly patienceMs?: number } = {},
  ): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const check = () => {
      if (holds(this.present)) resolve();
    };
    const timer = setTimeout(
      () => reject(new Error(`the number of pods does not come to be so: it is ${this.present}`)),
      patienceMs,
    );
    this.#waiting.add(check);
    check();
    await promise.finally(() => {
      clearTimeout(timer);
      this.#waiting.delete(check);
    });
  }

  /** Resolves when no process of a pod that is gone runs any more. */
  async drained(): Promise<void> {
    for (const [uid, running] of [...this.#pods]) {
      if (!this.#present.has(uid)) await (await running).process.ended;
    }
  }

  /** The ends of the logs of all hosts. */
  async logs(): Promise<string> {
    const logs = await Promise.all([...this.#pods.values()].map(async (running) => (await running).log));
    return (await Promise.all(logs.map((log) => Deno.readTextFile(log)))).map((text) => text.slice(-1_500))
      .join("---\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#following;
    for (const running of this.#pods.values()) {
      const { process, timer } = await running;
      clearTimeout(timer);
      await process.kill9();
    }
  }

  #change(object: KubeObject, gone: boolean): void {
    const pod = PodShape.parse(object);
    const { uid, deletionTimestamp } = pod.metadata;
    if (gone || deletionTimestamp !== undefined) {
      if (this.#present.delete(uid)) void this.#pods.get(uid)?.then((running) => this.#stop(pod, running));
    } else if (pod.status?.phase === "Running" && !this.#seen.has(uid)) {
      this.#seen.add(uid);
      this.#present.add(uid);
      this.counts.made++;
      this.counts.most = Math.max(this.counts.most, this.present);
      if (this.#options.hosts !== false) this.#pods.set(uid, this.#start(pod));
    }
    for (const check of this.#waiting) check();
  }

  async #start({ metadata: { name }, spec }: Pod): Promise<Running> {
    const { client, namespace, actor, component, cache, broker } = this.#options;
    const folder = await serverFolder("pod");
    const at = (path: string) => join(folder, path);
    const { data } = ConfigMapShape.parse(
      await client.get({ apiVersion: "v1", kind: "ConfigMap", name: objectName(actor), namespace }),
    );
    const files = { "etc/troupe/actor/actor.yaml": data["actor.yaml"], [`${name}.log`]: "" };
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(dirname(at(path)), { recursive: true });
      await Deno.writeTextFile(at(path), text);
    }
    await Deno.mkdir(at("etc/troupe/component"));
    await Deno.symlink(component, at("etc/troupe/component/component.wasm"));
    const [{ env }] = spec.containers;
    const home = Deno.env.get("HOME") ?? "";
    const process = new ServerProcess(Deno.execPath(), {
      args: [
        ...["run", "-A", "--no-check", "--cached-only", join(ROOT, "host/main.ts")],
        ...[at("etc/troupe/actor/actor.yaml"), "--cache", cache],
      ],
      env: {
        HOME: home,
        PATH: Deno.env.get("PATH") ?? "",
        DENO_DIR: Deno.env.get("DENO_DIR") ?? join(home, ".cache/deno"),
        TROUPE_TRANSPORT: env.find(({ name }) => name === "TROUPE_TRANSPORT")?.value ?? "",
        TROUPE_RABBITMQ_USER: broker.user,
        TROUPE_RABBITMQ_PASSWORD: broker.password,
        NO_COLOR: "1",
      },
      cwd: ROOT,
      log: at(`${name}.log`),
    });
    const running = {
      process,
      log: at(`${name}.log`),
      graceMs: spec.terminationGracePeriodSeconds * 1000,
    };
    await this.#runs(running);
    return running;
  }

  /** A host that is told to end before it runs just ends: what is to be shown is one that has work in hand. */
  async #runs({ process, log }: Running): Promise<void> {
    using watcher = Deno.watchFs(log);
    const says = (async () => {
      if ((await Deno.readTextFile(log)).includes(RUNS)) return;
      for await (const _ of watcher) if ((await Deno.readTextFile(log)).includes(RUNS)) return;
    })();
    await Promise.race([says, process.ended]);
  }

  #stop({ metadata: { name } }: Pod, running: Running): void {
    running.process.signal("SIGTERM");
    running.timer = setTimeout(() => {
      this.overdue.push(name);
      running.process.signal("SIGKILL");
    }, running.graceMs);
    void running.process.ended.then(() => clearTimeout(running.timer));
  }
}
