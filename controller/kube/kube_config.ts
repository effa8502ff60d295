/**
 * Which cluster, and as whom.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { Agent, type Dispatcher, ProxyAgent } from "undici";
import { KubeConfig, type RequestContext } from "./client_node.ts";
import { KubeError } from "./errors.ts";

/** How many connections there are at most, those of watches included; calls beyond wait for one. */
export const MOST_CONNECTIONS = 64;

/** Where the kubelet says of a pod in which namespace it is. */
const NAMESPACE_FILE = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";

/** What a cluster is found by. */
export interface KubeConfigOptions {
  /** A kubeconfig file. @default the files of `KUBECONFIG`, else `~/.kube/config`, else the account of the pod that it runs in */
  readonly file?: string | undefined;
  /** Name of a context in it. @default its current one */
  readonly context?: string | undefined;
  /** Folder in which a pod's files are looked for. @default the root, as pods have it */
  readonly podRoot?: string | undefined;
}

/**
 * Finds the cluster and proves who calls. Tokens and certificates that lie in files are read again when they have changed.
 *
 * Unlike the client's own, it keeps its connections: one set for all calls, until what they are made with changes. They are
 * HTTP/1.1, since over one shared HTTP/2 connection a call that is made anew goes down the same dead connection.
 */
export class KeptKubeConfig extends KubeConfig {
  #kept: { readonly made: string; readonly dispatcher: Dispatcher } | undefined;
  #closed = false;

  override createDispatcherOptions(
    ...[cluster, agent]: Parameters<KubeConfig["createDispatcherOptions"]>
  ): ReturnType<KubeConfig["createDispatcherOptions"]> {
    if (this.#closed) throw new Error("the client is closed");
    const options = super.createDispatcherOptions(cluster, agent);
    // A tunnel through SOCKS is made with what the client keeps to itself.
    if (options.type === "socks") return options;
    const made = textOf(options);
    if (this.#kept?.made !== made) {
      // Calls that are under way end on the old connections.
      void this.#kept?.dispatcher.close();
      this.#kept = { made, dispatcher: connections(options) };
    }
    // Nothing to be made by the client.
    return { type: "none" };
  }

  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    await super.applySecurityAuthentication(context);
    if (this.#kept && context.getDispatcher() === undefined) context.setDispatcher(this.#kept.dispatcher);
  }

  /** Ends the connections, also those in use; there are no others after that. */
  async close(): Promise<void> {
    this.#closed = true;
    const kept = this.#kept;
    this.#kept = undefined;
    await kept?.dispatcher.destroy();
  }
}

type DispatcherOptions = Exclude<ReturnType<KubeConfig["createDispatcherOptions"]>, { type: "socks" }>;

/** What connections are made with, as a text. It is compared at each call, so that certificates are not spelt out as numbers. */
function textOf(options: DispatcherOptions): string {
  const text = (value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value;
  const readable = (given: object) => Object.entries(given).map(([name, value]) => [name, text(value)]);
  return JSON.stringify(
    Object.entries(options).map(([name, value]) => [name, value instanceof Object ? readable(value) : value]),
  );
}

function connections(options: DispatcherOptions): Dispatcher {
  const common = { allowH2: false, connections: MOST_CONNECTIONS };
  if (options.type === "proxy") {
    const { uri, requestTls, connect } = options;
    return new ProxyAgent({
      ...common,
      uri,
      requestTls: given(requestTls),
      connect: given(connect),
    });
  }
  return new Agent({
    ...common,
    ...options.type === "agent" ? { connect: given(options.connect) } : {},
  });
}

/** The options that are set. */
function given<T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const set = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set) as { [K in keyof T]: Exclude<T[K], undefined> };
}

/**
 * Finds the cluster.
 *
 * @throws {KubeError} `troupe.KubeConfig` when there is no configuration, it cannot be read, or has no such context.
 */
export async function loadKubeConfig(options: KubeConfigOptions = {}): Promise<KeptKubeConfig> {
  const config = new KeptKubeConfig();
  const { file, context, podRoot = "" } = options;
  const what = file ?? (Deno.env.get("KUBECONFIG") || "~/.kube/config");
  try {
    if (file !== undefined) config.loadFromFile(file);
    else if (!await hasKubeconfig() && Deno.env.has("KUBERNETES_SERVICE_HOST")) {
      config.loadFromCluster(podRoot);
      // The client asks whether the file is there in a way for which Deno wants to let it know who it is.
      const namespace = await Deno.readTextFile(`${podRoot}${NAMESPACE_FILE}`);
      config.contexts = config.contexts.map((each) => ({ ...each, namespace: namespace.trim() }));
    } else config.loadFromDefault();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new KubeError("troupe.KubeConfig", `the kubeconfig ${what} cannot be used: ${why}`, { cause });
  }
  if (context !== undefined) config.setCurrentContext(context);
  if (config.getCurrentCluster() === null) {
    const known = config.getContexts().map(({ name }) => name).join(", ") || "none";
    throw new KubeError(
      "troupe.KubeConfig",
      `the kubeconfig ${what} has no cluster for the context "${config.getCurrentContext() ?? ""}"; ` +
        `its contexts are: ${known}. Choose one with --context`,
    );
  }
  return config;
}

/** The namespace of the current context; in a pod the pod's own. */
export function namespaceOf(config: KubeConfig): string {
  return config.getContextObject(config.getCurrentContext())?.namespace || "default";
}

async function hasKubeconfig(): Promise<boolean> {
  if (Deno.env.get("KUBECONFIG")) return true;
  const home = Deno.env.get("HOME");
  if (home === undefined) return false;
  return await Deno.stat(`${home}/.kube/config`).then(() => true, () => false);
}
