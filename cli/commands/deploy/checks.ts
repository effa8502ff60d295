/**
 * Whether a cluster is fit for a mesh. Everything that is not is said at once.
 *
 * @module
 */

import { isKubeError, type KubeClient } from "@troupe/controller/kube";
import { checkCluster, type Cluster } from "./cluster.ts";
import { confirmed } from "./confirm.ts";
import { DeployError } from "./errors.ts";
import { checkKeda } from "./keda.ts";
import { checkReferences } from "./look.ts";
import { needsOf } from "./needs.ts";
import type { DeployOptions } from "./options.ts";
import { checkPermissions } from "./permissions.ts";
import { checkCrew, type PreparedMesh } from "./prepare.ts";
import { referencesOf } from "./references.ts";
import type { Teller } from "./tell.ts";

/** What is checked. */
export interface CheckOptions {
  readonly options: DeployOptions;
  readonly prepared: PreparedMesh;
  readonly teller: Teller;
  readonly signal: AbortSignal;
}

/**
 * Checks a cluster.
 *
 * @returns The namespaces that are to be made.
 * @throws {DeployError} `troupe.ClusterUnfit` when something is missing; what it is has been said.
 */
export async function checkAll(
  cluster: Cluster,
  { options, prepared, teller, signal }: CheckOptions,
): Promise<{ readonly newNamespaces: ReadonlySet<string>; readonly makesNamespace: boolean }> {
  const { client, namespace } = cluster;
  const { installation, settings, actors } = prepared;
  const telling = { teller, signal };
  const isNew = await checkCluster(cluster, telling);
  const there = await namespaceThere(client, namespace, signal);
  const makesNamespace = there === false && mayMake(namespace, options);
  const needs = needsOf({ namespace, installation, makesNamespace, prune: options.prune });
  const controller = installation.length > 0 ? options.systemNamespace : undefined;
  const missing = new Set(there === false ? [namespace] : []);
  if (controller !== undefined && await namespaceThere(client, controller, signal) === false) {
    missing.add(controller);
  }
  const references = referencesOf(settings, actors.map(({ manifest }) => manifest), {
    namespace,
    controller,
  });
  const fits = [
    isNew,
    await checkPermissions(client, needs, telling),
    await checkKeda(client, telling),
    sayNamespace(namespace, { there, makesNamespace, teller }),
    await checkReferences(client, references, { ...telling, missing }),
  ];
  checkCrew(prepared, namespace, teller);
  if (fits.includes(false)) {
    throw new DeployError(
      "troupe.ClusterUnfit",
      "the cluster is not ready for it, as said above; nothing was written",
    );
  }
  return { newNamespaces: missing, makesNamespace };
}

/** Undefined where it cannot be told. */
async function namespaceThere(
  client: KubeClient,
  name: string,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  try {
    return await client.find({ apiVersion: "v1", kind: "Namespace", name }, { signal }) !== undefined;
  } catch (error) {
    if (isKubeError(error, "troupe.KubeForbidden")) return undefined;
    throw error;
  }
}

function mayMake(namespace: string, { createNamespace, yes, diff }: DeployOptions): boolean {
  if (createNamespace || yes) return true;
  if (diff || !Deno.stdin.isTerminal()) return false;
  return confirmed(`There is no namespace ${namespace}. Shall it be made?`, { yes: false });
}

function sayNamespace(
  namespace: string,
  { there, makesNamespace, teller }: {
    readonly there: boolean | undefined;
    readonly makesNamespace: boolean;
    readonly teller: Teller;
  },
): boolean {
  if (there !== false) {
    const hidden = there === undefined ? " (you may not look whether it is there)" : "";
    teller.step({ state: "ok", text: `namespace ${namespace}${hidden}` });
    return true;
  }
  if (makesNamespace) {
    teller.step({ state: "ok", text: `namespace ${namespace}: it is made` });
    return true;
  }
  teller.step({
    state: "bad",
    text: `namespace ${namespace}: it is not there`,
    advice: `Make it with --create-namespace, or name another with --namespace.`,
  });
  return false;
}
