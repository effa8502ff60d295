/**
 * The cluster that is deployed to.
 *
 * @module
 */

import {
  isKubeError,
  KubeClient,
  type KubeErrorCode,
  loadKubeConfig,
  namespaceOf,
} from "@troupe/controller/kube";
import type { Teller } from "./tell.ts";

/** The oldest Kubernetes that is supported: older ones cannot check the rules of Actors. */
export const OLDEST = { major: 1, minor: 31 } as const;

/**
 * Whether a version is one of those. Some clusters add a sign to the minor one.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { isSupported } from "./cluster.ts";
 *
 * assertEquals(isSupported({ major: "1", minor: "31+" }), true);
 * assertEquals(isSupported({ major: "1", minor: "30" }), false);
 * assertEquals(isSupported({ major: "2", minor: "0" }), true);
 * ```
 */
export function isSupported({ major, minor }: { readonly major: string; readonly minor: string }): boolean {
  const [big, small] = [Number.parseInt(major), Number.parseInt(minor)];
  return big > OLDEST.major || (big === OLDEST.major && small >= OLDEST.minor);
}

/** Which cluster is meant. */
export interface ClusterOptions {
  /** Name of a context. @default the current one */
  readonly context?: string | undefined;
  /** A kubeconfig file. @default `KUBECONFIG`, else `~/.kube/config` */
  readonly kubeconfig?: string | undefined;
  /** Namespace of the actors. @default the context's */
  readonly namespace?: string | undefined;
}

/** A cluster. */
export interface Cluster extends AsyncDisposable {
  readonly client: KubeClient;
  /** Name of the context. */
  readonly context: string;
  /** URL of the API server. */
  readonly server: string;
  /** Namespace of the actors. */
  readonly namespace: string;
}

/**
 * Finds a cluster; no call is made yet.
 *
 * @throws {KubeError} `troupe.KubeConfig` when there is no configuration, or no such context.
 */
export async function findCluster({ context, kubeconfig, namespace }: ClusterOptions): Promise<Cluster> {
  const config = await loadKubeConfig({ file: kubeconfig, context });
  const client = new KubeClient(config);
  return {
    client,
    context: config.getCurrentContext(),
    server: config.getCurrentCluster()?.server ?? "",
    namespace: namespace ?? namespaceOf(config),
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}

const AWAY = [
  "does not answer",
  "See that the cluster runs and can be reached from here, or choose another with --context.",
] as const;

/** What it means that the first call fails, and what to do about it. */
const FAILURES: Partial<Record<KubeErrorCode, readonly [what: string, advice: string]>> = {
  "troupe.KubeUnreachable": AWAY,
  "troupe.KubeTimeout": AWAY,
  "troupe.KubeUnauthorized": [
    "does not know who you are",
    "Log in anew, or choose another context with --context.",
  ],
};

/** Calls to a cluster may be slow at first: a person has no use for more than this many milliseconds of silence. */
const FIRST_CALL_MS = 10_000;

/**
 * Says which cluster it is, and whether it is there and new enough.
 *
 * @throws {KubeError} when it does not answer.
 */
export async function checkCluster(
  { client, context, server }: Cluster,
  { teller, signal }: { readonly teller: Teller; readonly signal: AbortSignal },
): Promise<boolean> {
  try {
    const version = await client.version({ signal, limitMs: FIRST_CALL_MS });
    const fits = isSupported(version);
    const what = `context ${context}: ${server}, Kubernetes ${version.gitVersion}`;
    if (fits) teller.step({ state: "ok", text: what });
    else {
      const oldest = `${OLDEST.major}.${OLDEST.minor}`;
      teller.step({ state: "bad", text: what, advice: `It takes ${oldest} or later: upgrade the cluster.` });
    }
    return fits;
  } catch (error) {
    if (!isKubeError(error)) throw error;
    const [what, advice] = FAILURES[error.code] ?? [];
    if (what === undefined) throw error;
    teller.step({ state: "bad", text: `context ${context}: ${server} ${what}`, advice });
    throw error;
  }
}
