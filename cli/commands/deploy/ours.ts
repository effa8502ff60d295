/**
 * How a mesh's objects are known again in a cluster.
 *
 * @module
 */

import type { KubeObject } from "@troupe/controller/kube";

/** In whose name objects are applied; the API server keeps account of its fields by it. */
export const DEPLOYER = "troupe-deploy";
/** On actors and components: the mesh that they are of. */
export const MESH_LABEL = "troupe.dev/mesh";
/** On a ConfigMap with a component: the actor that it was made for. Names of actors are values of labels. */
export const COMPONENT_LABEL = "troupe.dev/component-of";
/** The kind of actors. */
export const ACTOR = { apiVersion: "troupe.dev/v1alpha1", kind: "Actor" } as const;
/** The kind of what components lie in. */
export const CONFIG_MAP = { apiVersion: "v1", kind: "ConfigMap" } as const;

interface ManagedFields {
  readonly manager?: string;
  readonly operation?: string;
  readonly subresource?: string;
  readonly fieldsV1?: unknown;
}

/** The accounts that an API server keeps of who has set which fields of an object. */
export function accountsOf({ metadata }: Pick<KubeObject, "metadata">): readonly ManagedFields[] {
  return (metadata.managedFields ?? []) as readonly ManagedFields[];
}

/** What a deployer has set of an object, as the API server's account has it; empty when it has set nothing. */
export function setByDeployer(object: Pick<KubeObject, "metadata">): string {
  return JSON.stringify(
    accountsOf(object).filter(({ manager, operation }) => manager === DEPLOYER && operation === "Apply")
      .map(({ fieldsV1 }) => fieldsV1),
  );
}

/** Whether a deployer has made an object, or has a part in it. */
export function isDeployed(object: Pick<KubeObject, "metadata">): boolean {
  return accountsOf(object).some(({ manager }) => manager === DEPLOYER);
}

/**
 * Whether an object was deployed with a mesh. A label alone may be anybody's, and an account alone may be that of another
 * mesh.
 */
export function isOf(mesh: string, object: Pick<KubeObject, "metadata">): boolean {
  return object.metadata.labels?.[MESH_LABEL] === mesh && isDeployed(object);
}
