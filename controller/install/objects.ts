/**
 * Objects of an installation, as they are applied.
 *
 * @module
 */

import type { actorDefinition } from "../crd/definition.ts";
import type { V1DeploymentSpec, V1PodDisruptionBudgetSpec, V1StatefulSetSpec } from "../build/kubernetes.ts";
import type { NetworkPolicy } from "../build/objects.ts";
import type { RbacObject } from "../build/rbac.ts";

/** What every object has. */
export interface InstallMetadata {
  readonly name: string;
  /** Left out of objects that belong to no namespace. */
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An object of a kind. */
interface Of<ApiVersion extends string, Kind extends string> {
  readonly apiVersion: ApiVersion;
  readonly kind: Kind;
  readonly metadata: InstallMetadata;
}

/** Where everything is. */
export type InstallNamespace = Of<"v1", "Namespace">;

/** The definition of actors. */
export type InstallDefinition = ReturnType<typeof actorDefinition> & { readonly metadata: InstallMetadata };

/** Who may do what. */
export type InstallRole = RbacObject;

/** The identity of pods. */
export interface InstallServiceAccount extends Of<"v1", "ServiceAccount"> {
  readonly automountServiceAccountToken: boolean;
}

/** Texts by name. */
export interface InstallConfigMap extends Of<"v1", "ConfigMap"> {
  readonly data: Readonly<Record<string, string>>;
}

/** Whom pods may speak to. */
export interface InstallPolicy extends Of<"networking.k8s.io/v1", "NetworkPolicy"> {
  readonly spec: Omit<NetworkPolicy["spec"], "egress"> & {
    /** Without `to`, everybody. */
    readonly egress: readonly {
      readonly to?: NetworkPolicy["spec"]["egress"][number]["to"];
      readonly ports?: NonNullable<NetworkPolicy["spec"]["egress"][number]["ports"]>;
    }[];
  };
}

/** Pods of which it does not matter which is which. */
export interface InstallDeployment extends Of<"apps/v1", "Deployment"> {
  readonly spec: V1DeploymentSpec;
}

/** A pod with a volume of its own. */
export interface InstallStatefulSet extends Of<"apps/v1", "StatefulSet"> {
  readonly spec: V1StatefulSetSpec;
}

/** How many pods may be taken away at once by who drains nodes. */
export interface InstallBudget extends Of<"policy/v1", "PodDisruptionBudget"> {
  readonly spec: V1PodDisruptionBudgetSpec;
}

/** Whatever is installed beside actors. */
export type InstallObject =
  | InstallNamespace
  | InstallDefinition
  | InstallRole
  | InstallServiceAccount
  | InstallConfigMap
  | InstallPolicy
  | InstallDeployment
  | InstallStatefulSet
  | InstallBudget;
