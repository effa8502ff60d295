/**
 * The container of a member of a crew.
 *
 * @module
 */

import { SINK } from "@troupe/host/actor_name";
import { CREW_COMMAND } from "@troupe/host/image/commands";
import { objectsKeys, POD_IP, storePassword, transportUser } from "../build/environment.ts";
import type { V1Container } from "../build/kubernetes.ts";
import { ask, CONTAINER_SECURITY } from "../build/pod_parts.ts";
import { type Mounted, storeFiles, transportFiles, writable } from "../build/volumes.ts";
import type { ControllerSettings } from "../settings.ts";
import { timeText } from "../units.ts";
import { type Crew, type CrewMember, crewName, DATA_FOLDER } from "./crew_places.ts";

/** What every member has mounted. */
export function crewFiles({ transport, settings }: Crew): Mounted[] {
  return [
    ...transportFiles(transport),
    ...storeFiles(settings),
    // Where SQLite puts what it sorts.
    ...(settings.store === undefined
      ? [writable("/tmp", { name: "tmp", emptyDir: { sizeLimit: "256Mi" } })]
      : []),
  ];
}

/** What a member may do of Deno's: with a store, nothing with files. */
function commandOf({ store }: ControllerSettings): string[] {
  if (store !== undefined) return [...CREW_COMMAND];
  // What comes behind the program is not Deno's.
  return CREW_COMMAND.toSpliced(-1, 0, `--allow-read=${DATA_FOLDER}`, `--allow-write=${DATA_FOLDER}`);
}

/** The container. @param options `port`: of health and metrics. `mounted`: what it finds. */
export function crewContainer(
  crew: Crew,
  member: CrewMember,
  { port, mounted }: { readonly port: number; readonly mounted: readonly Mounted[] },
): V1Container {
  const { settings, transport } = crew;
  const name = `${member.replace("x-", "")}-http`;
  return {
    name: member,
    image: settings.image,
    imagePullPolicy: settings.imagePullPolicy,
    command: commandOf(settings),
    args: [
      member,
      ...["--metrics-port", String(port)],
      ...["--metrics-host", "$(POD_IP)"],
      ...(member === SINK ? retention(settings) : []),
      // Hosts of actors do not see the file.
      ...(settings.store === undefined && settings.objects === undefined ? ["--no-claims"] : []),
    ],
    envFrom: [{ configMapRef: { name: crewName(crew) } }],
    env: [...transportUser(transport), ...storePassword(settings), ...objectsKeys(settings), POD_IP],
    ports: [{ name, containerPort: port, protocol: "TCP" }],
    startupProbe: { ...ask("/healthz", name), periodSeconds: 2, failureThreshold: 60 },
    livenessProbe: { ...ask("/healthz", name), periodSeconds: 10, failureThreshold: 6 },
    readinessProbe: { ...ask("/readyz", name), periodSeconds: 5, failureThreshold: 2 },
    resources: settings.crew.resources as NonNullable<V1Container["resources"]>,
    securityContext: CONTAINER_SECURITY,
    terminationMessagePolicy: "FallbackToLogsOnError",
    volumeMounts: mounted.map(({ mount }) => mount),
  };
}

function retention({ crew }: ControllerSettings): string[] {
  return ["--retention", timeText(crew.retention), "--keep-ids", timeText(crew.keepIds)];
}
