/**
 * A real control plane of Kubernetes for tests: on loopback, with ports, a folder, certificates and tokens of its own.
 *
 * It takes some seconds to start and 700 MB; tests of a file share one, each in a namespace of its own
 * ({@link ./cluster_tests.ts}). There is one node, which is ready, and runs nothing: a pod is said to run, and what it would do
 * a test does with a process of its own.
 *
 * @module
 */

import { KubeClient } from "@troupe/controller/kube";
import { join } from "@std/path";
import { z } from "zod";
import { freePort, serverFolder, ServerProcess } from "../servers/_process.ts";
import { type Credentials, kubeconfigText, makeCredentials } from "./_credentials.ts";
import { AUDIT_LOG, AUDIT_POLICY, flagsOf, type Part, PARTS_USER, type Site } from "./_flags.ts";
import { kwokConfig, NODE, NODE_OBJECT } from "./_kwok.ts";
import { CONTROL_PLANE, needed } from "./binary.ts";
import { conditionOf, until } from "./until.ts";

/** How long it may take to start, in milliseconds. */
const START_PATIENCE_MS = 120_000;
/** Pause between two questions whether it is ready, in milliseconds: nobody tells. */
const PROBE_MS = 50;
/** How much of a log a person is shown, in characters. */
const LOG_TAIL = 2_000;

/** A control plane that did not start. */
export class ControlPlaneError extends Error {
  override readonly name = "ControlPlaneError";
}

/** What a control plane is started with. */
export interface ControlPlaneOptions {
  /** Flags of a part beyond what it is always started with. @default none */
  readonly flags?: Partial<Record<Part, readonly string[]>>;
}

const AuditSchema = z.looseObject({
  verb: z.string(),
  user: z.looseObject({ username: z.string() }),
  userAgent: z.string().default(""),
  objectRef: z.looseObject({
    resource: z.string().default(""),
    subresource: z.string().optional(),
    namespace: z.string().optional(),
    name: z.string().optional(),
  }).optional(),
  requestURI: z.string(),
  responseStatus: z.looseObject({ code: z.number().default(0) }).default({ code: 0 }),
  requestReceivedTimestamp: z.string(),
});

/** A request that the API server has answered, as it has written it down. */
export type AuditedRequest = z.infer<typeof AuditSchema>;

/** A running control plane. */
export class ControlPlane {
  /** Port of the API server. */
  readonly port: number;
  /** A kubeconfig file of an administrator. */
  readonly admin: string;
  /** A client of that administrator, for as long as the control plane runs. */
  readonly client: KubeClient;
  readonly #site: Site;
  readonly #binary: string;
  readonly #options: ControlPlaneOptions;
  readonly #parts = new Map<Part, ServerProcess>();
  #written = 0;

  private constructor(site: Site, client: KubeClient, binary: string, options: ControlPlaneOptions) {
    this.#site = site;
    this.port = site.ports.api;
    this.admin = join(site.folder, "admin.kubeconfig");
    this.client = client;
    this.#binary = binary;
    this.#options = options;
  }

  /**
   * Starts one; resolves when the API server is ready, and its node.
   *
   * @throws {ProgramMissingError} when there is none on this machine.
   * @throws {ControlPlaneError} when it does not become so, with the ends of the logs.
   */
  static async start(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
    const binary = await needed(CONTROL_PLANE);
    const folder = await serverFolder("cluster");
    const ports = { etcd: freePort(), peer: freePort(), api: freePort(), kwok: freePort() };
    const server = `https://127.0.0.1:${ports.api}`;
    await writeFiles(folder, server);
    const client = await KubeClient.open({ file: join(folder, "admin.kubeconfig") });
    const control = new ControlPlane({ folder, ports }, client, binary, options);
    try {
      control.#spawn("etcd");
      await control.startApiServer();
      control.#spawn("controller-manager");
      control.#spawn("scheduler");
      control.#spawn("kwok");
      const ended = new AbortController();
      const ready = control.#nodeReady(ended.signal);
      await Promise.race([ready, control.#anyEnds()]).finally(() => ended.abort());
      return control;
    } catch (cause) {
      const logs = await control.logs();
      await control.stop();
      throw new ControlPlaneError(`it did not start: ${cause}; its logs end with:\n${logs}`, { cause });
    }
  }

  /** Process id of a part; 0 when it does not run. */
  pid(part: Part): number {
    return this.#parts.get(part)?.pid ?? 0;
  }

  /** Kills a part with SIGKILL. */
  async kill9(part: Part): Promise<void> {
    await this.#parts.get(part)?.kill9();
  }

  /** Starts the API server, however it ended; resolves when it says that it is ready. */
  async startApiServer(): Promise<void> {
    await this.kill9("apiserver");
    this.#spawn("apiserver");
    await this.#ready();
  }

  /** Starts another part again, however it ended. */
  async restart(part: Exclude<Part, "apiserver">): Promise<void> {
    await this.kill9(part);
    this.#spawn(part);
  }

  /** SIGSTOP: a part keeps its connections, and is silent. */
  freeze(part: Part): void {
    this.#parts.get(part)?.signal("SIGSTOP");
  }

  /** SIGCONT. */
  resume(part: Part): void {
    this.#parts.get(part)?.signal("SIGCONT");
  }

  /**
   * Writes a kubeconfig file.
   *
   * @param who `certificate` is an administrator with a certificate; else the token of whoever calls.
   * @param options `port`: of a proxy before the API server; `namespace`: the context's.
   * @returns Where it is.
   */
  async kubeconfig(
    who: "certificate" | { readonly token: string },
    { port = this.port, namespace }: { readonly port?: number; readonly namespace?: string } = {},
  ): Promise<string> {
    const { folder } = this.#site;
    const read = (name: string) => Deno.readTextFile(join(folder, name));
    const credentials: Credentials = who === "certificate"
      ? { certificate: await read("admin.pem"), key: await read("admin.key") }
      : who;
    const path = join(folder, `${++this.#written}.kubeconfig`);
    const server = `https://127.0.0.1:${port}`;
    const text = kubeconfigText({ server, authority: await this.authority(), credentials, namespace });
    await Deno.writeTextFile(path, text, { mode: 0o600 });
    return path;
  }

  /** The certificate of the authority that vouches for the API server, PEM. */
  async authority(): Promise<string> {
    return await Deno.readTextFile(join(this.#site.folder, "ca.pem"));
  }

  /** The API server's certificate and its key, PEM: for a proxy that ends its clients' TLS. */
  async serverCertificate(): Promise<{ readonly cert: string; readonly key: string }> {
    const read = (name: string) => Deno.readTextFile(join(this.#site.folder, name));
    return { cert: await read("server.pem"), key: await read("server.key") };
  }

  /** A kubeconfig file of the administrator that goes through a proxy before the API server. */
  async adminThrough(port: number): Promise<string> {
    const { folder } = this.#site;
    const [token = ""] = (await Deno.readTextFile(join(folder, "tokens.csv"))).split(",");
    return await this.kubeconfig({ token }, { port });
  }

  /** Makes a token of a ServiceAccount, which is there; it is valid for an hour. */
  async token(account: { readonly namespace: string; readonly name: string }): Promise<string> {
    const answer = await this.client.post({ apiVersion: "v1", kind: "ServiceAccount", ...account }, "token", {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      metadata: {},
      spec: { expirationSeconds: 3600 },
    });
    return z.looseObject({ status: z.looseObject({ token: z.string() }) }).parse(answer).status.token;
  }

  /** Makes a namespace, with a name of its own. */
  async makeNamespace(labels: Readonly<Record<string, string>> = {}): Promise<string> {
    const name = `test-${crypto.randomUUID().slice(0, 8)}`;
    await this.client.create({ apiVersion: "v1", kind: "Namespace", metadata: { name, labels } });
    // A pod cannot be made before.
    const account = { apiVersion: "v1", kind: "ServiceAccount", namespace: name, name: "default" };
    await until(this.client, account, (object) => object !== undefined);
    return name;
  }

  /** All requests that the API server has answered, but not those of the parts themselves; oldest first. */
  async requests(): Promise<AuditedRequest[]> {
    const text = await Deno.readTextFile(join(this.#site.folder, AUDIT_LOG));
    // What is after the last newline is being written.
    return text.split("\n").slice(0, -1).map((line) => AuditSchema.parse(JSON.parse(line)));
  }

  /** Waits until the requests so far are such that something holds. */
  async requestsUntil(holds: (requests: readonly AuditedRequest[]) => boolean): Promise<void> {
    using watcher = Deno.watchFs(join(this.#site.folder, AUDIT_LOG));
    if (holds(await this.requests())) return;
    for await (const _ of watcher) if (holds(await this.requests())) return;
  }

  /** The ends of the logs of all parts. */
  async logs(): Promise<string> {
    let text = "";
    for (const part of this.#parts.keys()) {
      const log = await Deno.readTextFile(this.#log(part)).catch(() => "");
      text += `--- ${part}\n${log.slice(-LOG_TAIL)}\n`;
    }
    return text;
  }

  /** Copies the logs into a folder that stays. @returns It. */
  async keepLogs(): Promise<string> {
    const kept = await Deno.makeTempDir({ prefix: "troupe_cluster_logs_" });
    const logs = [...this.#parts.keys()].map((part) => `${part}.log`);
    for (const name of [...logs, AUDIT_LOG]) {
      await Deno.copyFile(join(this.#site.folder, name), join(kept, name)).catch((error) => {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      });
    }
    return kept;
  }

  /** Ends it, and removes everything that it has written. */
  async stop(): Promise<void> {
    await this.client[Symbol.asyncDispose]();
    // The API server last but one, so that no part waits for it in vain, and etcd last.
    for (const part of ["kwok", "scheduler", "controller-manager", "apiserver", "etcd"] as const) {
      this.resume(part);
      // What they would tidy goes with their folder.
      await this.#parts.get(part)?.kill9();
    }
    await Deno.remove(this.#site.folder, { recursive: true });
  }

  #log(part: Part): string {
    return join(this.#site.folder, `${part}.log`);
  }

  #spawn(part: Part): void {
    const { folder } = this.#site;
    const started = new ServerProcess(this.#binary, {
      args: [part, ...flagsOf(part, this.#site), ...this.#options.flags?.[part] ?? []],
      env: { HOME: folder },
      cwd: folder,
      log: this.#log(part),
    });
    this.#parts.set(part, started);
  }

  /** Rejects when one of the parts ends. */
  async #anyEnds(): Promise<never> {
    const parts = [...this.#parts];
    const ended = await Promise.race(parts.map(([part, running]) => running.ended.then(() => part)));
    throw new ControlPlaneError(`${ended} has ended`);
  }

  async #ready(): Promise<void> {
    const end = performance.now() + START_PATIENCE_MS;
    for (;;) {
      try {
        await this.client.requests.text("GET", "/readyz", { limitMs: 5_000 });
        return;
      } catch (error) {
        const dead = (["etcd", "apiserver"] as const).find((part) => this.#parts.get(part)?.hasEnded);
        if (dead) throw new ControlPlaneError(`${dead} has ended`);
        if (performance.now() > end) {
          throw new ControlPlaneError(`the API server is not ready: ${error}`);
        }
        await new Promise((resolve) => setTimeout(resolve, PROBE_MS));
      }
    }
  }

  async #nodeReady(signal: AbortSignal): Promise<void> {
    await this.client.create(NODE_OBJECT);
    await until(
      this.client,
      { apiVersion: "v1", kind: "Node", name: NODE },
      (node) => conditionOf(node, "Ready")?.status === "True",
      { patienceMs: START_PATIENCE_MS, signal },
    );
  }
}

async function writeFiles(folder: string, server: string): Promise<void> {
  await makeCredentials(folder);
  const authority = await Deno.readTextFile(join(folder, "ca.pem"));
  const [admin, parts] = [crypto.randomUUID(), crypto.randomUUID()];
  const kubeconfig = (token: string) => kubeconfigText({ server, authority, credentials: { token } });
  const files = {
    "tokens.csv":
      `${admin},admin,admin,system:masters\n${parts},${PARTS_USER},${PARTS_USER},system:masters\n`,
    "admin.kubeconfig": kubeconfig(admin),
    "parts.kubeconfig": kubeconfig(parts),
    "audit_policy.json": AUDIT_POLICY,
    "kwok.yaml": kwokConfig(),
  };
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(join(folder, name), text, { mode: 0o600 });
  }
}
