/**
 * KEDA in a control plane for tests: its operator and its adapter, as processes under the account and the roles that it ships,
 * with ports and certificates of their own on loopback.
 *
 * The operator is KEDA's own program. The adapter, through which autoscalers learn how long queues are, and the webhooks are
 * made of KEDA's parts by `keda/main.go`, since KEDA's own programs listen on every interface. The kinds are those of KEDA's
 * module. Not as in a cluster: the API server reaches the adapter as `localhost`, and does not ask who vouches for it.
 *
 * @module
 */

import { encodeBase64 } from "@std/encoding/base64";
import { join } from "@std/path";
import { freePort, serverFolder, ServerProcess } from "../servers/_process.ts";
import {
  admission,
  KEDA_ACCOUNT,
  KEDA_NAMESPACE,
  kedaDefinitions,
  kedaRoles,
  METRICS_API,
  metricsApi,
} from "./_keda_objects.ts";
import { KEDA, KEDA_OPERATOR, needed } from "./binary.ts";
import type { ControlPlane } from "./control_plane.ts";
import { conditionOf, gone, until } from "./until.ts";

/** The parts. */
export type KedaPart = "operator" | "adapter" | "webhooks";

const BY_TEST = { fieldManager: "test", force: true };
const START_PATIENCE_MS = 60_000;
/** Pause between two questions whether it is ready, in milliseconds: nobody tells. */
const PROBE_MS = 50;
const LOG_TAIL = 3_000;

/** KEDA did not start. */
export class KedaError extends Error {
  override readonly name = "KedaError";
}

interface Site {
  readonly folder: string;
  readonly kubeconfig: string;
  readonly ports: Readonly<Record<"health" | "service" | "adapter" | "webhooks", number>>;
}

/** A running KEDA. */
export class Keda {
  readonly #control: ControlPlane;
  readonly #site: Site;
  readonly #programs: { readonly operator: string; readonly keda: string };
  readonly #parts = new Map<KedaPart, ServerProcess>();

  private constructor(
    control: ControlPlane,
    site: Site,
    programs: { readonly operator: string; readonly keda: string },
  ) {
    this.#control = control;
    this.#site = site;
    this.#programs = programs;
  }

  /** Makes the kinds alone; without them nothing of KEDA can be written. */
  static async installKinds({ client }: ControlPlane): Promise<void> {
    const definitions = await kedaDefinitions();
    await Promise.all(definitions.map((each) => client.apply(each, BY_TEST)));
    for (const { apiVersion, kind, metadata: { name = "" } } of definitions) {
      await until(
        client,
        { apiVersion, kind, name },
        (object) => conditionOf(object, "Established")?.status === "True",
      );
    }
  }

  /**
   * Installs and starts it; resolves when autoscalers can ask it.
   *
   * @throws {ProgramMissingError} when its programs are not on this machine.
   * @throws {KedaError} when it does not come to that, with the ends of its logs.
   */
  static async start(control: ControlPlane): Promise<Keda> {
    const programs = { operator: await needed(KEDA_OPERATOR), keda: await needed(KEDA) };
    const { client } = control;
    await Keda.installKinds(control);
    for (const object of await kedaRoles()) await client.apply(object, BY_TEST);
    const folder = await serverFolder("keda");
    const token = await control.token({ namespace: KEDA_NAMESPACE, name: KEDA_ACCOUNT });
    const site = {
      folder,
      kubeconfig: await control.kubeconfig({ token }, { namespace: KEDA_NAMESPACE }),
      ports: { health: freePort(), service: freePort(), adapter: freePort(), webhooks: freePort() },
    };
    const { cert, key } = await control.serverCertificate();
    const certificates = { "ca.crt": await control.authority(), "tls.crt": cert, "tls.key": key };
    for (const [name, text] of Object.entries(certificates)) {
      await Deno.writeTextFile(join(folder, name), text, { mode: 0o600 });
    }
    for (const object of metricsApi(site.ports.adapter)) await client.apply(object, BY_TEST);
    const keda = new Keda(control, site, programs);
    try {
      await Promise.all([keda.startPart("operator"), keda.startPart("adapter")]);
      return keda;
    } catch (cause) {
      const logs = await keda.logs();
      await keda.stop();
      throw new KedaError(`KEDA did not start: ${cause}; its logs end with:\n${logs}`, { cause });
    }
  }

  /** Removes its kinds, and with them all that is of them; it has to run for that, since it wants to be asked. */
  async removeKinds(): Promise<void> {
    const { client } = this.#control;
    for (const { apiVersion, kind, metadata: { name = "" } } of await kedaDefinitions()) {
      await client.delete({ apiVersion, kind, name });
      await gone(client, { apiVersion, kind, name });
    }
  }

  /** Starts a part, however it ended; resolves when it is ready. */
  async startPart(part: KedaPart): Promise<void> {
    await this.kill9(part);
    const { folder, kubeconfig } = this.#site;
    const command = part === "operator" ? this.#programs.operator : this.#programs.keda;
    const started = new ServerProcess(command, {
      args: this.#flags(part),
      env: {
        HOME: folder,
        KUBECONFIG: kubeconfig,
        POD_NAMESPACE: KEDA_NAMESPACE,
        KEDA_CLUSTER_OBJECT_NAMESPACE: KEDA_NAMESPACE,
        WATCH_NAMESPACE: "",
      },
      cwd: folder,
      log: this.#log(part),
    });
    this.#parts.set(part, started);
    const ready = {
      operator: this.#operatorReady,
      adapter: this.#adapterReady,
      webhooks: this.#webhooksReady,
    };
    const ended = new AbortController();
    await Promise.race([
      ready[part].call(this, ended.signal),
      started.ended.then(() => {
        throw new KedaError(`the ${part} has ended`);
      }),
    ]).finally(() => ended.abort());
  }

  /** Starts the webhooks, and has the API server ask them. */
  async startWebhooks(): Promise<void> {
    await this.startPart("webhooks");
    const authority = encodeBase64(new TextEncoder().encode(await this.#control.authority()));
    for (const object of await admission({ port: this.#site.ports.webhooks, authority })) {
      await this.#control.client.apply(object, BY_TEST);
    }
  }

  /** Kills a part with SIGKILL. */
  async kill9(part: KedaPart): Promise<void> {
    await this.#parts.get(part)?.kill9();
  }

  /** The ends of the logs of all parts. */
  async logs(): Promise<string> {
    let text = "";
    for (const part of this.#parts.keys()) {
      text += `--- ${part}\n${(await this.log(part)).slice(-LOG_TAIL)}\n`;
    }
    return text;
  }

  /** All that a part has written into its log. */
  async log(part: KedaPart): Promise<string> {
    return await Deno.readTextFile(this.#log(part)).catch(() => "");
  }

  /** Resolves when a part has written so many lines more into its log of which something holds. */
  async says(part: KedaPart, holds: (line: string) => boolean, count = 1): Promise<void> {
    const said = async () => (await this.log(part)).split("\n").filter(holds).length;
    using watcher = Deno.watchFs(this.#log(part));
    const wanted = await said() + count;
    for await (const _ of watcher) if (await said() >= wanted) return;
  }

  /** Ends it, and removes what it has written; what it has made in the cluster stays. */
  async stop(): Promise<void> {
    await Promise.all([...this.#parts.values()].map((part) => part.kill9()));
    await Deno.remove(this.#site.folder, { recursive: true });
  }

  #log(part: KedaPart): string {
    return join(this.#site.folder, `${part}.log`);
  }

  #flags(part: KedaPart): string[] {
    const { folder, kubeconfig, ports } = this.#site;
    const at = (name: string) => join(folder, name);
    switch (part) {
      case "operator":
        return [
          "--enable-prometheus-metrics=false",
          `--health-probe-bind-address=127.0.0.1:${ports.health}`,
          `--metrics-service-bind-address=127.0.0.1:${ports.service}`,
          `--cert-dir=${folder}`,
          "--zap-log-level=debug",
        ];
      case "adapter":
        return [
          "adapter",
          `--lister-kubeconfig=${kubeconfig}`,
          `--authentication-kubeconfig=${kubeconfig}`,
          `--authorization-kubeconfig=${kubeconfig}`,
          "--bind-address=127.0.0.1",
          `--secure-port=${ports.adapter}`,
          `--tls-cert-file=${at("tls.crt")}`,
          `--tls-private-key-file=${at("tls.key")}`,
          `--metrics-service-address=127.0.0.1:${ports.service}`,
          `--metrics-service-certificates=${folder}`,
        ];
      case "webhooks":
        return ["webhooks", `--port=${ports.webhooks}`, `--cert-dir=${folder}`];
    }
  }

  async #operatorReady(signal: AbortSignal): Promise<void> {
    await answers(async () => {
      const { ok, body } = await fetch(`http://127.0.0.1:${this.#site.ports.health}/readyz`, { signal });
      await body?.cancel();
      return ok;
    }, signal);
  }

  async #adapterReady(signal: AbortSignal): Promise<void> {
    const ref = { apiVersion: "apiregistration.k8s.io/v1", kind: "APIService", name: METRICS_API };
    const isThere = (object: unknown) =>
      conditionOf(object as Parameters<typeof conditionOf>[0], "Available")?.status === "True";
    await until(this.#control.client, ref, isThere, { patienceMs: START_PATIENCE_MS, signal });
  }

  async #webhooksReady(signal: AbortSignal): Promise<void> {
    await answers(async () => {
      (await Deno.connect({ hostname: "127.0.0.1", port: this.#site.ports.webhooks })).close();
      return true;
    }, signal);
  }
}

/** Asks until the answer is yes. */
async function answers(ask: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  const end = performance.now() + START_PATIENCE_MS;
  while (!signal.aborted) {
    try {
      if (await ask()) return;
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused || error instanceof TypeError)) throw error;
    }
    if (performance.now() > end) throw new KedaError("it does not answer");
    await new Promise((resolve) => setTimeout(resolve, PROBE_MS));
  }
}
