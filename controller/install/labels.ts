/**
 * Names and labels of what is installed.
 *
 * @module
 */

import type { InstallMetadata } from "./objects.ts";

/** Where it is installed, unless told otherwise. */
export const SYSTEM_NAMESPACE = "troupe-system";

/**
 * The label by which everything is found that was installed, and nothing else: its value is the namespace of the
 * installation. What is found by it, and is not made any more, can be deleted. Volumes do not have it, as there are records
 * on them.
 */
export const INSTALLATION_LABEL = "troupe.dev/installation";

/** What of a pod's template changes when what its pods are told changes. */
export const HASH_ANNOTATION = "troupe.dev/settings-hash";

/** Labels by which pods are found. They never change: a Deployment could not be applied any more. */
export interface PodLabels {
  readonly "app.kubernetes.io/name": string;
  readonly "app.kubernetes.io/instance": string;
  readonly "app.kubernetes.io/component": string;
}

/** Labels of everything. @param namespace Of the installation. */
export function installationLabels(namespace: string): Record<string, string> {
  return {
    "app.kubernetes.io/part-of": "troupe",
    "app.kubernetes.io/managed-by": "troupe",
    [INSTALLATION_LABEL]: namespace,
  };
}

/** What an object of the installation's own namespace has. */
export function metadataIn(
  namespace: string,
  { name, labels = {} }: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>> | PodLabels;
  },
): InstallMetadata {
  return { name, namespace, labels: { ...labels, ...installationLabels(namespace) } };
}
