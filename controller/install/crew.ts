/**
 * The crew of a mesh: with a store, a Deployment for each member; without one, a pod that has all of them, and a volume.
 *
 * @module
 */

import { CREW } from "@troupe/host/actor_name";
import { writable } from "../build/volumes.ts";
import { sizeText } from "../units.ts";
import { budget } from "./budget.ts";
import { crewConfigMap, crewHash } from "./crew_config_map.ts";
import { crewContainer, crewFiles } from "./crew_container.ts";
import {
  type Crew,
  CREW_ACCOUNT,
  type CrewMember,
  crewName,
  crewPodLabels,
  DATA_FOLDER,
  DATA_VOLUME,
  FIRST_PORT,
  memberName,
} from "./crew_places.ts";
import { crewPolicy } from "./crew_policy.ts";
import { metadataIn, type PodLabels } from "./labels.ts";
import type {
  InstallDeployment,
  InstallObject,
  InstallServiceAccount,
  InstallStatefulSet,
} from "./objects.ts";
import { type PodOptions, podTemplate } from "./pods.ts";

/** A member that ends finishes what it has in hand, and gives the rest back. */
const GRACE_SECONDS = 60;

/** The identity of the pods of every crew. Its token is nowhere. */
export function crewAccount(namespace: string): InstallServiceAccount {
  return {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: metadataIn(namespace, {
      name: CREW_ACCOUNT,
      labels: { "app.kubernetes.io/name": CREW_ACCOUNT },
    }),
    automountServiceAccountToken: false,
  };
}

/** The objects of a crew. */
export function crewObjects(crew: Crew): InstallObject[] {
  const { settings, namespace } = crew;
  const { replicas } = settings.crew;
  return [
    crewConfigMap(crew),
    crewPolicy(crew),
    ...(settings.store === undefined ? [withVolume(crew)] : CREW.flatMap((member) => [
      deployment(crew, member),
      ...budget(namespace, { name: memberName(crew, member), labels: crewPodLabels(crew, member), replicas }),
    ])),
  ];
}

function podOptions(crew: Crew, labels: PodLabels): PodOptions {
  return {
    labels,
    hash: crewHash(crew),
    podTemplate: crew.settings.crew.podTemplate,
    account: CREW_ACCOUNT,
    token: false,
    graceSeconds: GRACE_SECONDS,
  };
}

function deployment(crew: Crew, member: CrewMember): InstallDeployment {
  const { settings, namespace } = crew;
  const labels = crewPodLabels(crew, member);
  const mounted = crewFiles(crew);
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: metadataIn(namespace, { name: memberName(crew, member), labels }),
    spec: {
      replicas: settings.crew.replicas,
      revisionHistoryLimit: 3,
      selector: { matchLabels: { ...labels } },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: podTemplate(podOptions(crew, labels), {
        containers: [crewContainer(crew, member, { port: FIRST_PORT, mounted })],
        volumes: mounted.map(({ volume }) => volume),
      }),
    },
  };
}

/** Several processes of one machine may use a file, so all members are in one pod; there is never a second one beside it. */
function withVolume(crew: Crew): InstallStatefulSet {
  const { settings: { crew: { storage } }, namespace } = crew;
  const name = crewName(crew);
  const labels = crewPodLabels(crew, "crew");
  const files = crewFiles(crew);
  const mounted = [...files, writable(DATA_FOLDER, { name: DATA_VOLUME })];
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: metadataIn(namespace, { name, labels }),
    spec: {
      replicas: 1,
      revisionHistoryLimit: 3,
      serviceName: name,
      selector: { matchLabels: { ...labels } },
      template: podTemplate(podOptions(crew, labels), {
        containers: CREW.map((member, i) => crewContainer(crew, member, { port: FIRST_PORT + i, mounted })),
        volumes: files.map(({ volume }) => volume),
      }),
      volumeClaimTemplates: [{
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name: DATA_VOLUME, labels: { ...labels, "app.kubernetes.io/part-of": "troupe" } },
        spec: {
          accessModes: ["ReadWriteOnce"],
          ...(storage.className === undefined ? {} : { storageClassName: storage.className }),
          resources: { requests: { storage: sizeText(storage.size) } },
        },
      }],
    },
  };
}
