/**
 * What the controller may do in a cluster: what its code says that it does, and nothing else. It reads no Secret.
 *
 * @module
 */

import { DEFINITION_NAME } from "../crd/definition.ts";
import { PERMISSION as DEPLOYMENTS } from "./deployment.ts";
import { PERMISSION as BUDGETS } from "./disruption_budget.ts";
import { FIELD_MANAGER } from "./names.ts";
import { PERMISSION as POLICIES } from "./network_policy.ts";
import type { Permission } from "./permissions.ts";
import { PERMISSION as SCALED_OBJECTS } from "./scaled_object.ts";
import { PERMISSION as SERVICE_ACCOUNTS } from "./service_account.ts";
import { PERMISSION as CONFIG_MAPS } from "./spec_config_map.ts";
import { PERMISSION as AUTHENTICATIONS } from "./trigger_authentication.ts";

/** Kinds of which an actor may own an object; one that is not wanted any more is to be deleted. */
export const OWNED_KINDS = [
  { apiVersion: "v1", kind: "ServiceAccount" },
  { apiVersion: "v1", kind: "ConfigMap" },
  { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy" },
  { apiVersion: "apps/v1", kind: "Deployment" },
  { apiVersion: "policy/v1", kind: "PodDisruptionBudget" },
  { apiVersion: "keda.sh/v1alpha1", kind: "TriggerAuthentication" },
  { apiVersion: "keda.sh/v1alpha1", kind: "ScaledObject" },
] as const;

const [PLURAL = "", ...GROUP] = DEFINITION_NAME.split(".");
const TROUPE = GROUP.join(".");

/** What the controller has to be allowed in every namespace that has actors. */
export const PERMISSIONS: readonly Permission[] = [
  { group: TROUPE, resource: PLURAL, verbs: ["list", "patch", "watch"] },
  { group: TROUPE, resource: `${PLURAL}/status`, verbs: ["patch"] },
  // Clusters may ask for this of whoever names an owner that is not to be deleted before.
  { group: TROUPE, resource: `${PLURAL}/finalizers`, verbs: ["update"] },
  ...[SERVICE_ACCOUNTS, CONFIG_MAPS, POLICIES, DEPLOYMENTS, BUDGETS, AUTHENTICATIONS, SCALED_OBJECTS],
  // Why a pod did not start is told by pods.
  { group: "", resource: "pods", verbs: ["list", "watch"] },
  { group: "events.k8s.io", resource: "events", verbs: ["create", "patch"] },
];

/** What it has to be allowed in its own namespace: to agree with others on who acts. */
const OWN_PERMISSIONS: readonly Permission[] = [
  { group: "coordination.k8s.io", resource: "leases", verbs: ["create", "get", "update"] },
];

/** A rule of a role. */
interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** One object of who may do what. */
export interface RbacObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly rules?: readonly PolicyRule[];
  readonly roleRef?: { readonly apiGroup: string; readonly kind: string; readonly name: string };
  readonly subjects?: readonly { readonly kind: string; readonly name: string; readonly namespace: string }[];
}

/**
 * The identity of the controller, and its roles; and what else a cluster's own roles are to allow with actors: whoever may
 * view a namespace sees them, whoever may edit it changes them.
 *
 * @param namespace Where the controller runs.
 */
export function rbac(namespace: string): RbacObject[] {
  const name = FIELD_MANAGER;
  const object = (kind: string, rest: Partial<RbacObject>, place?: string): RbacObject => ({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind,
    metadata: {
      name,
      ...(place === undefined ? {} : { namespace: place }),
      labels: { "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "troupe" },
    },
    ...rest,
  });
  const subjects = [{ kind: "ServiceAccount", name, namespace }];
  const roleRef = (kind: string) => ({ apiGroup: "rbac.authorization.k8s.io", kind, name });
  return [
    { ...object("ServiceAccount", {}, namespace), apiVersion: "v1" },
    object("ClusterRole", { rules: PERMISSIONS.map(ruleOf) }),
    object("ClusterRoleBinding", { roleRef: roleRef("ClusterRole"), subjects }),
    object("Role", { rules: OWN_PERMISSIONS.map(ruleOf) }, namespace),
    object("RoleBinding", { roleRef: roleRef("Role"), subjects }, namespace),
    aggregated("view", ["get", "list", "watch"]),
    aggregated("edit", ["create", "delete", "deletecollection", "patch", "update"]),
  ];
}

function ruleOf({ group, resource, verbs }: Permission): PolicyRule {
  return { apiGroups: [group], resources: [resource], verbs: [...verbs].sort() };
}

function aggregated(role: string, verbs: readonly string[]): RbacObject {
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: {
      name: `troupe-actors-${role}`,
      labels: {
        "app.kubernetes.io/part-of": "troupe",
        [`rbac.authorization.k8s.io/aggregate-to-${role}`]: "true",
      },
    },
    rules: [ruleOf({ group: TROUPE, resource: PLURAL, verbs })],
  };
}
