/**
 * The namespace of an installation. No pod runs in it that does not meet the *restricted* Pod Security Standard.
 *
 * @module
 */

import { installationLabels } from "./labels.ts";
import type { InstallNamespace } from "./objects.ts";

/** The Namespace. */
export function namespaceObject(namespace: string): InstallNamespace {
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name: namespace,
      labels: {
        ...installationLabels(namespace),
        "pod-security.kubernetes.io/enforce": "restricted",
        "pod-security.kubernetes.io/warn": "restricted",
        "pod-security.kubernetes.io/audit": "restricted",
      },
    },
  };
}
