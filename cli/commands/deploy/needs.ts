/**
 * What whoever deploys has to be allowed.
 *
 * @module
 */

import type { KubeObject } from "@troupe/controller/kube";

/** One thing that has to be allowed. */
export interface Need {
  /** Such as `apps`; empty for the oldest kinds. */
  readonly group: string;
  /** Such as `deployments`. */
  readonly resource: string;
  readonly verb: string;
  /** Where; undefined is everywhere, or of what belongs to no namespace. */
  readonly namespace: string | undefined;
  /** Of which object alone. @default all of them */
  readonly name?: string;
}

/** A role, as far as it says what it allows. */
interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly verbs: readonly string[];
}

/** What it takes to give others a role: to be allowed that, or all that the role allows. */
export interface Grant {
  /** The role, for people. */
  readonly role: string;
  /** Suffices by itself. */
  readonly either: Need;
  /** Suffices together. */
  readonly or: readonly Need[];
}

/** All that has to be allowed. */
export interface Needs {
  readonly needs: readonly Need[];
  readonly grants: readonly Grant[];
}

/** The name of a kind in paths and roles. */
export function pluralOf(kind: string): string {
  const name = kind.toLowerCase();
  return name.endsWith("s") ? `${name}es` : name.endsWith("y") ? `${name.slice(0, -1)}ies` : `${name}s`;
}

/** The group of a version, such as `apps` of `apps/v1`. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
}

/** What is asked for. */
export interface Deed {
  /** Of the actors. */
  readonly namespace: string;
  /** What is to be applied, of the controller: none where somebody else installs it. */
  readonly installation: readonly KubeObject[];
  /** Whether the namespace of the actors is made. */
  readonly makesNamespace: boolean;
  /** Whether what is not wanted any more is removed. */
  readonly prune: boolean;
}

/** What has to be allowed in a namespace of whoever deploys actors, and looks after them. */
const OF_ACTORS: readonly Omit<Need, "namespace">[] = [
  ...["get", "list", "watch", "create", "patch"].map((verb) => ({
    group: "troupe.dev",
    resource: "actors",
    verb,
  })),
  ...["get", "list", "create", "patch", "delete"].map((verb) => ({
    group: "",
    resource: "configmaps",
    verb,
  })),
];

/** Kinds with pods that are waited for. */
const WAITED = ["Deployment", "StatefulSet"];
/** Kinds of which nothing is removed by a deployment. */
const STAYING = ["Namespace", "CustomResourceDefinition"];

/** What has to be allowed to do what is asked for. */
export function needsOf({ namespace, installation, makesNamespace, prune }: Deed): Needs {
  const needs: Need[] = OF_ACTORS.map((need) => ({ ...need, namespace }));
  if (prune) needs.push({ group: "troupe.dev", resource: "actors", verb: "delete", namespace });
  if (makesNamespace) {
    needs.push({ group: "", resource: "namespaces", verb: "create", namespace: undefined });
  }
  for (const { apiVersion, kind, metadata } of installation) {
    const more = [
      ...WAITED.includes(kind) ? ["list", "watch"] : [],
      ...prune && !STAYING.includes(kind) ? ["list", "delete"] : [],
    ];
    for (const verb of new Set(["get", "create", "patch", ...more])) {
      needs.push({
        group: groupOf(apiVersion),
        resource: pluralOf(kind),
        verb,
        namespace: metadata.namespace,
        // Whoever may make one by a name cannot be told before it is made.
        ...(["get", "patch"].includes(verb) && metadata.name !== undefined ? { name: metadata.name } : {}),
      });
    }
  }
  return { needs: unique(needs), grants: grantsOf(installation) };
}

/** Nobody gives others what they have not themselves, unless that is allowed by name. */
function grantsOf(installation: readonly KubeObject[]): Grant[] {
  const roles = new Map<string, Need[]>();
  for (const { kind, metadata, rules } of installation) {
    if (kind !== "Role" && kind !== "ClusterRole") continue;
    const needs = (rules as readonly Rule[] ?? []).flatMap(({ apiGroups = [], resources = [], verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) =>
          verbs.map((verb) => ({ group, resource, verb, namespace: metadata.namespace }))
        )
      )
    );
    roles.set(`${kind} ${metadata.name}`, needs);
  }
  return installation.flatMap((object): Grant[] => {
    const { kind, metadata: { name = "", namespace } } = object;
    const isBinding = kind === "RoleBinding" || kind === "ClusterRoleBinding";
    const ref = isBinding ? object.roleRef as { kind: string; name: string } : { kind, name };
    const or = roles.get(`${ref.kind} ${ref.name}`);
    if (or === undefined || (!isBinding && kind !== ref.kind)) return [];
    const group = "rbac.authorization.k8s.io";
    const verb = isBinding ? "bind" : "escalate";
    return [{
      role: `${ref.kind} ${ref.name}`,
      either: { group, resource: pluralOf(ref.kind), verb, namespace, name: ref.name },
      or,
    }];
  });
}

function unique(needs: readonly Need[]): Need[] {
  return [...new Map(needs.map((need) => [needText(need), need])).values()];
}

/** A permission in words, such as `patch deployments.apps in mesh`. */
export function needText(need: Need): string {
  const { verb, name } = need;
  return `${verb} ${placeText(need)}${name === undefined ? "" : ` (${name})`}`;
}

/** Permissions in words, a line for each kind of objects and namespace, such as `deployments.apps in mesh: get, patch`. */
export function needLines(needs: readonly Need[]): string[] {
  const verbs = new Map<string, Set<string>>();
  for (const need of needs) {
    const place = placeText(need);
    verbs.set(place, (verbs.get(place) ?? new Set()).add(need.verb));
  }
  return [...verbs].map(([place, each]) => `${place}: ${[...each].sort().join(", ")}`);
}

function placeText({ group, resource, namespace }: Need): string {
  return `${resource}${group && `.${group}`}${namespace === undefined ? "" : ` in ${namespace}`}`;
}
