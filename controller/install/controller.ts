/**
 * The pods of the controller, and what belongs to them.
 *
 * @module
 */

import { CONTROLLER_COMMAND } from "@troupe/host/image/commands";
import { createHash } from "node:crypto";
import { POD_IP } from "../build/environment.ts";
import type { V1Container, V1Volume, V1VolumeProjection } from "../build/kubernetes.ts";
import { rule, tcp, toNames, toPeer, toTransport } from "../build/egress.ts";
import { ask, CONTAINER_SECURITY } from "../build/pod_parts.ts";
import { at, type Mounted, SECRET_MODE } from "../build/volumes.ts";
import type { ControllerSettings } from "../settings.ts";
import { budget } from "./budget.ts";
import {
  BROKERS_FOLDER,
  CONTROLLER,
  CONTROLLER_LABELS,
  HEALTH_PORT,
  SETTINGS_FILE,
  SETTINGS_FOLDER,
} from "./controller_places.ts";
import { metadataIn } from "./labels.ts";
import type { InstallBudget, InstallDeployment, InstallPolicy } from "./objects.ts";
import { podTemplate } from "./pods.ts";
import { settingsText } from "./settings_config_map.ts";

/** It gives its lease back, and cuts calls short. */
const GRACE_SECONDS = 30;

/** Its objects, but for its identity and its settings. */
export function controllerObjects(
  settings: ControllerSettings,
  namespace: string,
): [InstallPolicy, InstallDeployment, ...InstallBudget[]] {
  const { replicas } = settings.controller;
  return [
    policy(settings, namespace),
    deployment(settings, namespace),
    ...budget(namespace, { name: CONTROLLER, labels: CONTROLLER_LABELS, replicas }),
  ];
}

function deployment(settings: ControllerSettings, namespace: string): InstallDeployment {
  const { controller } = settings;
  const mounted = mountsOf(settings);
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: metadataIn(namespace, { name: CONTROLLER, labels: CONTROLLER_LABELS }),
    spec: {
      replicas: controller.replicas,
      revisionHistoryLimit: 3,
      selector: { matchLabels: { ...CONTROLLER_LABELS } },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: podTemplate({
        labels: CONTROLLER_LABELS,
        hash: createHash("sha256").update(settingsText(settings)).digest("hex"),
        podTemplate: controller.podTemplate,
        account: CONTROLLER,
        token: true,
        graceSeconds: GRACE_SECONDS,
      }, {
        containers: [container(settings, mounted)],
        volumes: mounted.map(({ volume }) => volume),
      }),
    },
  };
}

function container(settings: ControllerSettings, mounted: readonly Mounted[]): V1Container {
  return {
    name: "controller",
    image: settings.image,
    imagePullPolicy: settings.imagePullPolicy,
    command: [...CONTROLLER_COMMAND],
    args: [
      ...["--settings", `${SETTINGS_FOLDER}/${SETTINGS_FILE}`],
      ...["--brokers", BROKERS_FOLDER],
      ...["--health-port", String(HEALTH_PORT)],
      ...["--health-host", "$(POD_IP)"],
    ],
    env: [POD_IP],
    ports: [{ name: "health", containerPort: HEALTH_PORT, protocol: "TCP" }],
    startupProbe: { ...ask("/livez", "health"), periodSeconds: 2, failureThreshold: 30 },
    livenessProbe: { ...ask("/livez", "health"), periodSeconds: 10, failureThreshold: 6 },
    readinessProbe: { ...ask("/readyz", "health"), periodSeconds: 5, failureThreshold: 2 },
    resources: settings.controller.resources as NonNullable<V1Container["resources"]>,
    securityContext: CONTAINER_SECURITY,
    terminationMessagePolicy: "FallbackToLogsOnError",
    volumeMounts: mounted.map(({ mount }) => mount),
  };
}

function mountsOf({ transports }: ControllerSettings): Mounted[] {
  const sources = Object.entries(transports).flatMap(
    ([transport, { credentials, tls }]): V1VolumeProjection[] => {
      const path = (file: string) => `${transport}/${file}`;
      return [
        {
          secret: {
            name: credentials.secret,
            items: [
              { key: credentials.username, path: path("username") },
              { key: credentials.password, path: path("password") },
            ],
          },
        },
        ...(tls === undefined
          ? []
          : [{ secret: { name: tls.secret, items: [{ key: tls.ca, path: path("ca.crt") }] } }]),
      ];
    },
  );
  const brokers: V1Volume = { name: "brokers", projected: { defaultMode: SECRET_MODE, sources } };
  return [
    at(SETTINGS_FOLDER, { name: "settings", configMap: { name: CONTROLLER } }),
    at(BROKERS_FOLDER, brokers),
  ];
}

function policy(settings: ControllerSettings, namespace: string): InstallPolicy {
  const { network: { scrapers }, controller: { apiServer }, transports } = settings;
  const ports = apiServer.ports.map(tcp);
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: metadataIn(namespace, { name: CONTROLLER, labels: CONTROLLER_LABELS }),
    spec: {
      podSelector: { matchLabels: { ...CONTROLLER_LABELS } },
      policyTypes: ["Ingress", "Egress"],
      ...(scrapers.length === 0
        ? {}
        : { ingress: [{ from: scrapers.map(toPeer), ports: [tcp(HEALTH_PORT)] }] }),
      egress: [
        ...toNames(settings),
        ...Object.values(transports).flatMap(toTransport),
        ...(apiServer.peers === undefined ? [{ ports }] : rule(apiServer.peers.map(toPeer), ports)),
      ],
    },
  };
}
