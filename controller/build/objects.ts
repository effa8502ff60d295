/**
 * Objects as they are applied: only the fields that the controller has an opinion on.
 *
 * @module
 */

import type {
  V1DeploymentSpec,
  V1LabelSelector,
  V1NetworkPolicyPeer,
  V1NetworkPolicyPort,
  V1PodDisruptionBudgetSpec,
  V2HorizontalPodAutoscalerBehavior,
} from "./kubernetes.ts";

/** Who owns an object: it goes when that goes. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller: true;
  readonly blockOwnerDeletion: true;
}

/** What every object has. */
export interface Metadata {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Record<string, string>;
  readonly annotations?: Record<string, string>;
  readonly ownerReferences: OwnerReference[];
}

/** An object of a kind. */
export interface Applied<ApiVersion extends string, Kind extends string> {
  readonly apiVersion: ApiVersion;
  readonly kind: Kind;
  readonly metadata: Metadata;
}

/** The identity of pods. */
export interface ServiceAccount extends Applied<"v1", "ServiceAccount"> {
  readonly automountServiceAccountToken: boolean;
}

/** Texts by name. */
export interface ConfigMap extends Applied<"v1", "ConfigMap"> {
  readonly data: Record<string, string>;
}

/** Pods. How many there are is for others to say. */
export interface Deployment extends Applied<"apps/v1", "Deployment"> {
  readonly spec: Omit<V1DeploymentSpec, "replicas">;
}

/** Who may speak to whom. */
export interface NetworkPolicy extends Applied<"networking.k8s.io/v1", "NetworkPolicy"> {
  readonly spec: {
    readonly podSelector: V1LabelSelector;
    readonly policyTypes: readonly ("Ingress" | "Egress")[];
    /** The client calls `from` otherwise, and renames it on the way; here objects are as they travel. */
    readonly ingress?: readonly {
      readonly from: readonly V1NetworkPolicyPeer[];
      readonly ports: readonly V1NetworkPolicyPort[];
    }[];
    readonly egress: readonly {
      readonly to: readonly V1NetworkPolicyPeer[];
      readonly ports?: readonly V1NetworkPolicyPort[];
    }[];
  };
}

/** How many pods may be taken away at once by who drains nodes. */
export interface PodDisruptionBudget extends Applied<"policy/v1", "PodDisruptionBudget"> {
  readonly spec: V1PodDisruptionBudgetSpec;
}

/** One trigger of KEDA. */
export interface ScaleTrigger {
  readonly type: string;
  readonly name: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly metricType?: string;
  readonly useCachedMetrics?: boolean;
  readonly authenticationRef?: { readonly name: string };
}

/** KEDA's rules by which pods come and go. */
export interface ScaledObject extends Applied<"keda.sh/v1alpha1", "ScaledObject"> {
  readonly spec: {
    readonly scaleTargetRef: { readonly name: string };
    readonly minReplicaCount: number;
    readonly maxReplicaCount: number;
    readonly pollingInterval: number;
    readonly cooldownPeriod: number;
    readonly fallback?: {
      readonly failureThreshold: number;
      readonly replicas: number;
      readonly behavior: string;
    };
    readonly advanced: {
      readonly horizontalPodAutoscalerConfig: {
        readonly name: string;
        readonly behavior?: V2HorizontalPodAutoscalerBehavior;
      };
      readonly scalingModifiers?: {
        readonly formula: string;
        readonly target: string;
        readonly activationTarget: string;
        readonly metricType: string;
      };
    };
    readonly triggers: readonly ScaleTrigger[];
  };
}

/** A parameter of a trigger that stands elsewhere. */
export interface TargetRef {
  readonly parameter: string;
  readonly name: string;
  readonly key: string;
}

/** Where KEDA finds who connects. */
export interface TriggerAuthentication extends Applied<"keda.sh/v1alpha1", "TriggerAuthentication"> {
  readonly spec: {
    readonly secretTargetRef: readonly TargetRef[];
    readonly configMapTargetRef?: readonly TargetRef[];
  };
}

/** Whatever is made for an actor. */
export type BuiltObject =
  | ServiceAccount
  | ConfigMap
  | Deployment
  | NetworkPolicy
  | PodDisruptionBudget
  | ScaledObject
  | TriggerAuthentication;
