/**
 * Names of a crew's objects, and where things are in its pods.
 *
 * @module
 */

import type { CREW } from "@troupe/host/actor_name";
import { meshName, type MeshPlace, transportAddress } from "../mesh_place.ts";
import type { ControllerSettings } from "../settings.ts";
import type { TransportSettings } from "../transport_settings.ts";
import type { PodLabels } from "./labels.ts";

/** One of the crew. */
export type CrewMember = typeof CREW[number];

/** One crew, and what it is made of. */
export interface Crew {
  readonly mesh: MeshPlace;
  readonly settings: ControllerSettings;
  /** Where its queues are, without who connects. */
  readonly address: string;
  readonly transport: TransportSettings;
  /** Where it is installed. */
  readonly namespace: string;
}

/** The identity of the pods of every crew. It may do nothing. */
export const CREW_ACCOUNT = "troupe-crew";
/** The folder of records, where they are in a file. */
export const DATA_FOLDER = "/var/lib/troupe";
/** The volume of that. */
export const DATA_VOLUME = "data";
/** The port of health and metrics of the first container of a pod; each further one has the next. */
export const FIRST_PORT = 9464;

/**
 * The crew of a mesh.
 *
 * @throws {TypeError} when the settings have no such transport.
 */
export function crewOf(mesh: MeshPlace, settings: ControllerSettings, namespace: string): Crew {
  const transport = settings.transports[mesh.transport];
  if (transport === undefined) throw new TypeError(`there is no transport ${mesh.transport}`);
  return { mesh, settings, transport, address: transportAddress(transport, mesh.namespace), namespace };
}

/** The name of what a crew has one of. */
export function crewName({ mesh }: Crew): string {
  return `troupe-crew-${meshName(mesh)}`;
}

/** The name of what is a member's own. */
export function memberName({ mesh }: Crew, member: CrewMember): string {
  return `troupe-${member}-${meshName(mesh)}`;
}

/** Labels of everything of a crew. */
export function crewLabels({ mesh }: Crew) {
  return { "app.kubernetes.io/name": "troupe-crew", "app.kubernetes.io/instance": meshName(mesh) };
}

/** Labels by which pods of a crew are found. @param component A member, or `crew` for all of them in one pod. */
export function crewPodLabels(crew: Crew, component: CrewMember | "crew"): PodLabels {
  return { ...crewLabels(crew), "app.kubernetes.io/component": component };
}
