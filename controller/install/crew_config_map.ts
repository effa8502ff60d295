/**
 * What a crew is told: where queues, records and objects are. It is the environment of its containers.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { objectsAddress, storeAddress } from "../mesh_place.ts";
import { withCa } from "../build/environment.ts";
import { type Crew, crewLabels, crewName, DATA_FOLDER } from "./crew_places.ts";
import { metadataIn } from "./labels.ts";
import type { InstallConfigMap } from "./objects.ts";

/** The ConfigMap. */
export function crewConfigMap(crew: Crew): InstallConfigMap {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: metadataIn(crew.namespace, { name: crewName(crew), labels: crewLabels(crew) }),
    data: dataOf(crew),
  };
}

/** What changes when what is told changes. */
export function crewHash(crew: Crew): string {
  return createHash("sha256").update(JSON.stringify(dataOf(crew))).digest("hex");
}

function dataOf(
  { settings: { env, store, objects }, mesh, address, transport }: Crew,
): Record<string, string> {
  const data = {
    ...env,
    TROUPE_TRANSPORT: withCa(address, transport),
    TROUPE_STORE: store === undefined ? `sqlite:${DATA_FOLDER}/crew.db` : storeAddress(store, mesh),
    ...(objects === undefined ? {} : { TROUPE_OBJECTS: objectsAddress(objects, mesh) }),
  };
  return Object.fromEntries(Object.entries(data).sort(([a], [b]) => a < b ? -1 : 1));
}
