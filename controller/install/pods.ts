/**
 * What the pods of an installation have in common.
 *
 * @module
 */

import type { V1PodSpec, V1PodTemplateSpec } from "../build/kubernetes.ts";
import { POD_SECURITY, wishesOf } from "../build/pod_parts.ts";
import type { PodTemplateResource } from "../pod_resource.ts";
import { HASH_ANNOTATION, type PodLabels } from "./labels.ts";

/** What is particular about them. */
export interface PodOptions {
  readonly labels: PodLabels;
  /** A hash of what they are told: when it changes, they are made anew. */
  readonly hash: string;
  readonly podTemplate: PodTemplateResource;
  /** Their ServiceAccount. */
  readonly account: string;
  /** Whether they speak to the API server. */
  readonly token: boolean;
  /** How long they have to end, in seconds. */
  readonly graceSeconds: number;
}

/** A template of pods. */
export function podTemplate(
  { labels, hash, podTemplate, account, token, graceSeconds }: PodOptions,
  spec: Pick<V1PodSpec, "containers" | "volumes">,
): V1PodTemplateSpec {
  const { topologySpreadConstraints: spread, ...wishes } = podTemplate;
  return {
    metadata: {
      labels: { ...podTemplate.labels, ...labels, "app.kubernetes.io/part-of": "troupe" },
      annotations: { ...podTemplate.annotations, [HASH_ANNOTATION]: hash },
    },
    spec: {
      serviceAccountName: account,
      automountServiceAccountToken: token,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: graceSeconds,
      securityContext: POD_SECURITY,
      ...spec,
      ...(spread === undefined ? { topologySpreadConstraints: spreadOf(labels) } : {}),
      // An empty list would be dropped by the API server, and so be a change whenever it is applied.
      ...wishesOf(spread?.length === 0 ? wishes : podTemplate),
    },
  };
}

/** One node, or one zone, that is lost takes not all of them, where there are others. */
function spreadOf(labels: PodLabels): NonNullable<V1PodSpec["topologySpreadConstraints"]> {
  return ["kubernetes.io/hostname", "topology.kubernetes.io/zone"].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: { ...labels } },
  }));
}
