/**
 * What the pods of this project have in common: they meet the *restricted* Pod Security Standard, and go where they are wanted.
 *
 * @module
 */

import type { PodTemplateResource } from "../pod_resource.ts";
import type { V1PodSpec, V1Probe, V1SecurityContext } from "./kubernetes.ts";
import { USER } from "./places.ts";

/** Who runs in a pod. */
export const POD_SECURITY: NonNullable<V1PodSpec["securityContext"]> = {
  runAsNonRoot: true,
  runAsUser: USER,
  runAsGroup: USER,
  fsGroup: USER,
  seccompProfile: { type: "RuntimeDefault" },
};

/** What a container may do. */
export const CONTAINER_SECURITY: V1SecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

/** A question to a container. @param port The name of its port. */
export function ask(path: string, port: string): V1Probe {
  return { httpGet: { path, port }, timeoutSeconds: 5 };
}

/** Where pods are wanted, and as what: the part of a `podTemplate` that is no metadata. */
export function wishesOf(
  wishes: PodTemplateResource,
): Partial<V1PodSpec> {
  const { nodeSelector, tolerations, affinity, topologySpreadConstraints } = wishes;
  const { priorityClassName, runtimeClassName, imagePullSecrets } = wishes;
  return {
    ...(nodeSelector === undefined ? {} : { nodeSelector }),
    ...(tolerations === undefined ? {} : { tolerations: tolerations.map(present) }),
    ...(affinity === undefined ? {} : { affinity: affinity as NonNullable<V1PodSpec["affinity"]> }),
    ...(topologySpreadConstraints === undefined ? {} : {
      topologySpreadConstraints: topologySpreadConstraints as unknown as NonNullable<
        V1PodSpec["topologySpreadConstraints"]
      >,
    }),
    ...(priorityClassName === undefined ? {} : { priorityClassName }),
    ...(runtimeClassName === undefined ? {} : { runtimeClassName }),
    ...(imagePullSecrets === undefined ? {} : { imagePullSecrets }),
  };
}

/** An object without what it has not. */
function present<T extends object>(given: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
