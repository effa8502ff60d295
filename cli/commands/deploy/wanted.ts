/**
 * What is to be in a cluster, in the order in which it has to come there. Pure.
 *
 * @module
 */

import type { ActorManifest } from "@troupe/controller/manifest";
import type { KubeObject } from "@troupe/controller/kube";
import { stringify } from "yaml";
import { MESH_LABEL } from "./ours.ts";

/** Kinds that others need, first; all others come before actors, in the order in which they are given. */
const FIRST = [
  "Namespace",
  "CustomResourceDefinition",
  "ServiceAccount",
  "ClusterRole",
  "Role",
  "ClusterRoleBinding",
  "RoleBinding",
  "ConfigMap",
];

/** The order in which objects are to be applied. */
export function inOrder(objects: readonly KubeObject[]): KubeObject[] {
  const rank = ({ kind }: KubeObject) => {
    if (kind === "Actor") return FIRST.length + 1;
    const at = FIRST.indexOf(kind);
    return at < 0 ? FIRST.length : at;
  };
  return objects.toSorted((a, b) => rank(a) - rank(b));
}

/** An actor as it is applied. */
export function actorObject(
  { apiVersion, kind, metadata, spec }: ActorManifest,
  { mesh, namespace, component }: {
    readonly mesh: string;
    readonly namespace: string;
    /** Where its component is, if that was a file. */
    readonly component: Readonly<Record<string, unknown>> | undefined;
  },
): KubeObject {
  const { name, labels, annotations } = metadata;
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      namespace,
      labels: { ...labels, [MESH_LABEL]: mesh },
      ...(annotations === undefined ? {} : { annotations }),
    },
    spec: { ...spec, component: component ?? spec.component },
  };
}

/** The namespace of actors, where it is to be made. */
export function namespaceObject(name: string): KubeObject {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name } };
}

/** Objects as YAML documents. */
export function asYaml(objects: readonly KubeObject[]): string {
  return objects.map((object) => `---\n${stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })}`)
    .join("");
}

/** An object in words, such as `Actor mesh/split`. */
export function nameOf({ kind, metadata: { name, namespace } }: KubeObject): string {
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}
