/**
 * How many pods may be taken away at once by who drains nodes.
 *
 * @module
 */

import { metadataIn, type PodLabels } from "./labels.ts";
import type { InstallBudget } from "./objects.ts";

/** One pod of several at a time; nothing for a single one, which could never be taken away. */
export function budget(
  namespace: string,
  { name, labels, replicas }: {
    readonly name: string;
    readonly labels: PodLabels;
    readonly replicas: number;
  },
): InstallBudget[] {
  if (replicas < 2) return [];
  return [{
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: metadataIn(namespace, { name, labels }),
    spec: {
      selector: { matchLabels: { ...labels } },
      maxUnavailable: 1,
      // Pods that do not work keep no node from being drained.
      unhealthyPodEvictionPolicy: "AlwaysAllow",
    },
  }];
}
