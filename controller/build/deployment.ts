/**
 * The pods of an actor: the one image of the host, told which actor it is. How many there are, KEDA and the autoscaler say.
 *
 * The pods meet the *restricted* Pod Security Standard.
 *
 * @module
 */

import type { V1Container, V1PodSpec } from "./kubernetes.ts";
import type { Deployment } from "./objects.ts";
import { OWNED, type Permission } from "./permissions.ts";
import { environmentOf } from "./environment.ts";
import { CACHE_FOLDER, CONTAINER, METRICS_PORT, SPEC_FILE, SPEC_FOLDER } from "./places.ts";
import { labelsOf, metadataOf, type Plan, selectorOf } from "./plan.ts";
import { ask, CONTAINER_SECURITY, POD_SECURITY, wishesOf } from "./pod_parts.ts";
import { podResources } from "./pod_resources.ts";
import { specHash } from "./spec_config_map.ts";
import { volumesOf } from "./volumes.ts";

/** What the controller has to be allowed for it. */
export const PERMISSION: Permission = { group: "apps", resource: "deployments", verbs: OWNED };

/** What of a pod's template changes when the pods have to be made anew for something that it does not show. */
export const HASH_ANNOTATION = "troupe.dev/spec-hash";

/** Beside the longest hop, in seconds: what an ending host takes to publish, acknowledge and close. */
const ENDING_SECONDS = 30;

/** The Deployment of an actor. */
export function deployment(plan: Plan): Deployment {
  const { labels = {}, annotations = {} } = plan.actor.spec.podTemplate;
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: metadataOf(plan),
    spec: {
      revisionHistoryLimit: 3,
      selector: { matchLabels: selectorOf(plan) },
      // A new pod is ready before an old one goes: envelopes are worked off all the while.
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: 0 } },
      template: {
        metadata: {
          labels: { ...labels, ...labelsOf(plan) },
          annotations: { ...annotations, [HASH_ANNOTATION]: specHash(plan) },
        },
        spec: podSpec(plan),
      },
    },
  };
}

function podSpec(plan: Plan): V1PodSpec {
  const { actor: { spec: { limits, podTemplate } }, name } = plan;
  return {
    serviceAccountName: name,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: Math.ceil(limits.timeout / 1000) + ENDING_SECONDS,
    securityContext: POD_SECURITY,
    containers: [container(plan)],
    volumes: volumesOf(plan).map(({ volume }) => volume),
    ...wishesOf(podTemplate),
  };
}

function container(plan: Plan): V1Container {
  const { settings } = plan;
  return {
    name: CONTAINER,
    image: settings.image,
    imagePullPolicy: settings.imagePullPolicy,
    args: [
      `${SPEC_FOLDER}/${SPEC_FILE}`,
      ...["--cache", CACHE_FOLDER],
      ...["--metrics-port", String(METRICS_PORT)],
      ...["--metrics-host", "$(POD_IP)"],
      ...(settings.requireHardening ? ["--require-hardening"] : []),
    ],
    env: environmentOf(plan),
    ports: [{ name: "metrics", containerPort: METRICS_PORT, protocol: "TCP" }],
    // A host that starts has to fetch and transpile its component, on a node that may have other things to do.
    startupProbe: { ...ask("/healthz", "metrics"), periodSeconds: 2, failureThreshold: 60 },
    livenessProbe: { ...ask("/healthz", "metrics"), periodSeconds: 10, failureThreshold: 6 },
    readinessProbe: { ...ask("/readyz", "metrics"), periodSeconds: 5, failureThreshold: 2 },
    resources: podResources(plan),
    securityContext: CONTAINER_SECURITY,
    // What the host says last is what `kubectl describe` shows of a pod that ended.
    terminationMessagePolicy: "FallbackToLogsOnError",
    volumeMounts: volumesOf(plan).map(({ mount }) => mount),
  };
}
