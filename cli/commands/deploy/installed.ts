/**
 * What `troupe deploy` has installed in a cluster beside actors.
 *
 * @module
 */

import { actorDefinition, DEFINITION_NAME } from "@troupe/controller/crd";
import { INSTALLATION_LABEL } from "@troupe/controller/install";
import { isKubeError, type Kind, type KubeClient, type KubeObject } from "@troupe/controller/kube";
import { ACTOR, isDeployed } from "./ours.ts";

/** Kinds of which there may be something: those in namespaces, in the order in which they go. */
const NAMESPACED: readonly Kind[] = [
  { apiVersion: "apps/v1", kind: "Deployment" },
  { apiVersion: "apps/v1", kind: "StatefulSet" },
  { apiVersion: "policy/v1", kind: "PodDisruptionBudget" },
  { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy" },
  { apiVersion: "v1", kind: "ConfigMap" },
  { apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding" },
  { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role" },
  { apiVersion: "v1", kind: "ServiceAccount" },
];
const OF_THE_CLUSTER: readonly Kind[] = [
  { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRoleBinding" },
  { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole" },
];

/**
 * What was installed, and by a deployment: what somebody else has applied is not among it, nor are namespaces, Secrets and
 * volumes, nor the definition of actors.
 *
 * @param namespace Of the installation.
 */
export async function installedObjects(client: KubeClient, namespace: string): Promise<KubeObject[]> {
  const labelSelector = `${INSTALLATION_LABEL}=${namespace}`;
  const found: KubeObject[] = [];
  for (const kind of NAMESPACED) found.push(...(await client.list(kind, { namespace, labelSelector })).items);
  for (const kind of OF_THE_CLUSTER) found.push(...(await client.list(kind, { labelSelector })).items);
  return found.filter(isDeployed);
}

/** All actors of a cluster; undefined when one may not look, or there is no such kind. */
export async function actorsAnywhere(client: KubeClient): Promise<readonly KubeObject[] | undefined> {
  try {
    return (await client.list(ACTOR)).items;
  } catch (error) {
    if (isKubeError(error, "troupe.KubeUnknownKind", "troupe.KubeNotFound")) return [];
    if (isKubeError(error, "troupe.KubeForbidden")) return undefined;
    throw error;
  }
}

/** The definition of actors, if a deployment has a part in it; undefined otherwise. */
export async function definitionThere(client: KubeClient): Promise<KubeObject | undefined> {
  const { apiVersion, kind } = actorDefinition();
  const there = await client.find({ apiVersion, kind, name: DEFINITION_NAME });
  return there !== undefined && isDeployed(there) ? there : undefined;
}
